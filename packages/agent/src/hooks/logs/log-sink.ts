/** A stream of a log group. */
export interface LogTarget {
  readonly group: string;
  readonly stream: string;
  /** Whether the agent may make the group if it is missing. */
  readonly createGroup: boolean;
}

/** `timestamp` in epoch milliseconds. */
export interface LogEvent {
  readonly timestamp: number;
  readonly message: string;
}

/**
 * Says of a batch that comes again that it does: `number` grows with each batch of a source, and a batch keeps its delivery, its events
 * too, until it is done with.
 */
export interface LogDelivery {
  readonly source: string;
  readonly number: number;
}

/** Where log lines go: CloudWatch Logs, as far as the agent needs it. Every method may reject with LogSinkError. */
export interface LogSink {
  /** Makes the stream, and its group where that is allowed; what is there already is fine. */
  prepare(target: LogTarget): Promise<void>;
  /** Whether the group is there. */
  hasGroup(group: string): Promise<boolean>;
  /** Appends all of the events, once however often they come. @param events a batch within the limits of log-batches.ts. */
  put(target: LogTarget, events: readonly LogEvent[], delivery: LogDelivery): Promise<void>;
}

/**
 * `missing`: the group or the stream is not there. `denied`: the caller may not do this. `refused`: these events will never be
 * taken. `unavailable`: nobody answered, or not now; the events may have been taken all the same.
 */
export type SinkTrouble = "missing" | "denied" | "refused" | "unavailable";

export class LogSinkError extends Error {
  override readonly name = "LogSinkError";
  readonly trouble: SinkTrouble;
  /** The error code of the service, or `NetworkError`. */
  readonly code: string;
  constructor(trouble: SinkTrouble, code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.trouble = trouble;
    this.code = code;
  }
}
