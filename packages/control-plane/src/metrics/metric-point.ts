import { Tally } from "./tally.ts";

/** What is known of a metric in one unit for the time that begins at `at`, epoch milliseconds. */
export interface MetricPoint {
  readonly at: number;
  readonly unit: string;
  readonly tally: Tally;
}

/** Which time is asked for, epoch milliseconds; it is cut into periods from its beginning on. */
export interface Periods {
  readonly from: number;
  /** Excluded. */
  readonly to: number;
  readonly periodMs: number;
}

/** Points as points of whole periods, in order; those of several units apart. Periods without values are left out. */
export function byPeriod(points: Iterable<MetricPoint>, { from, to, periodMs }: Periods): readonly MetricPoint[] {
  const found = new Map<string, MetricPoint>();
  for (const { at, unit, tally } of points) {
    if (at < from || at >= to) continue;
    const start = from + Math.floor((at - from) / periodMs) * periodMs;
    const key = `${start} ${unit}`;
    const known = found.get(key) ?? { at: start, unit, tally: new Tally() };
    known.tally.merge(tally);
    found.set(key, known);
  }
  return [...found.values()].toSorted((a, b) => a.at - b.at || (a.unit < b.unit ? -1 : 1));
}
