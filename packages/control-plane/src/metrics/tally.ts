import { ValueCounts } from "./value-counts.ts";

/** What CloudWatch calls a statistic set. */
export interface StatisticSet {
  readonly sampleCount: number;
  readonly sum: number;
  readonly minimum: number;
  readonly maximum: number;
}

/** The statistics of a time, which values are added to. */
export class Tally implements StatisticSet {
  sampleCount = 0;
  sum = 0;
  minimum = Number.POSITIVE_INFINITY;
  maximum = Number.NEGATIVE_INFINITY;
  /** Undefined once anything came of which only the statistics are known: then there are no percentiles. */
  private counts: ValueCounts | undefined = new ValueCounts();

  static of(value: number, count = 1): Tally {
    const tally = new Tally();
    tally.add(value, count);
    return tally;
  }

  add(value: number, count = 1): void {
    this.addStatistics({ sampleCount: count, sum: value * count, minimum: value, maximum: value });
    this.counts?.add(value, count);
  }

  /** Values of which only this is known. Percentiles stay where they are all equal. Source: CloudWatch API reference, PutMetricData. */
  addSet(set: StatisticSet): void {
    this.addStatistics(set);
    if (set.minimum === set.maximum) this.counts?.add(set.minimum, set.sampleCount);
    else this.counts = undefined;
  }

  merge(other: Tally): void {
    this.addStatistics(other);
    if (other.counts === undefined) this.counts = undefined;
    else this.counts?.merge(other.counts);
  }

  /** How often each value occurred, lowest first, if that is known. Many values are rounded. */
  values(): readonly (readonly [value: number, count: number])[] | undefined {
    return this.counts?.sorted();
  }

  /** What beside the statistics is to be kept: null if it follows from them, nothing (no bytes) if it is not known. */
  countsToKeep(): Uint8Array | null {
    if (this.counts === undefined) return new Uint8Array();
    if (this.minimum === this.maximum) return null;
    return new Uint8Array(this.counts.toNumbers().buffer);
  }

  /** From what was kept. */
  static kept(set: StatisticSet, counts: Uint8Array | null): Tally {
    const tally = new Tally();
    tally.addStatistics(set);
    if (counts === null) tally.counts?.add(set.minimum, set.sampleCount);
    else tally.counts = counts.length === 0 ? undefined : ValueCounts.fromNumbers(new Float64Array(copyOf(counts)));
    return tally;
  }

  private addStatistics({ sampleCount, sum, minimum, maximum }: StatisticSet): void {
    this.sampleCount += sampleCount;
    this.sum += sum;
    this.minimum = Math.min(this.minimum, minimum);
    this.maximum = Math.max(this.maximum, maximum);
  }
}

/** The bytes in a buffer of their own, which starts where numbers may start. */
const copyOf = (bytes: Uint8Array): ArrayBuffer => new Uint8Array(bytes).buffer;
