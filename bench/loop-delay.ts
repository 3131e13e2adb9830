import type { Histogram } from "node:perf_hooks";

/** How late an event loop was, in milliseconds. */
export interface LoopDelay {
  readonly p50: number;
  readonly p99: number;
  readonly longest: number;
}

/** @param perMs what the histogram counts in a millisecond */
export const figuresOf = (histogram: Histogram, perMs: number): LoopDelay => ({
  p50: histogram.percentile(50) / perMs,
  p99: histogram.percentile(99) / perMs,
  longest: histogram.max / perMs,
});
