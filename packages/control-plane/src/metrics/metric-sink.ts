/** One measured value, as CloudWatch's MetricDatum has it. */
export interface MetricDatum {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  /** Epoch milliseconds. */
  readonly timestamp: number;
  readonly value: number;
  /** As CloudWatch names units, `Count` or `Bytes`; absent is `None`. */
  readonly unit?: string;
}

/** Where measured values go. Taking them never fails and is not waited for. */
export interface MetricSink {
  put(data: readonly MetricDatum[]): void;
}
