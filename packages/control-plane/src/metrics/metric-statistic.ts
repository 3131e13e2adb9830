import type { Tally } from "./tally.ts";

/** Reads one number off what was measured; undefined where that is not known, as percentiles of statistic sets. */
export type MetricStatistic = (tally: Tally) => number | undefined;

const basic: Readonly<Record<string, MetricStatistic>> = {
  SampleCount: ({ sampleCount }) => sampleCount,
  Average: ({ sum, sampleCount }) => sum / sampleCount,
  Sum: ({ sum }) => sum,
  Minimum: ({ minimum }) => minimum,
  Maximum: ({ maximum }) => maximum,
};

type Values = readonly (readonly [value: number, count: number])[];
/** Between which values one looks: ranks are from 0 (lowest) to 1, values as they are. Absent is all. */
interface Range {
  readonly by: "rank" | "value";
  readonly from: number | undefined;
  readonly to: number | undefined;
}
type Ranged = "TM" | "WM" | "TC" | "TS" | "PR";

/**
 * A statistic by its name: `Average`, `p99.9`, `tm90`, `TM(10%:90%)`, `PR(:300)`, `IQM` and their like. Undefined for what is none.
 * Source: CloudWatch user guide, "CloudWatch statistics definitions".
 */
export function metricStatistic(name: string): MetricStatistic | undefined {
  if (Object.hasOwn(basic, name)) return basic[name];
  const percentile = /^p(\d{1,3}(?:\.\d{1,10})?)$/i.exec(name)?.[1];
  if (percentile !== undefined)
    return isPercent(percentile) ? ofValues((values) => atRank(values, share(percentile))) : undefined;
  if (/^IQM$/i.test(name)) return ranged("TM", { by: "rank", from: 0.25, to: 0.75 });
  const [, short, upTo = ""] = /^(tm|wm|tc|ts)(\d{1,3}(?:\.\d{1,10})?)$/i.exec(name) ?? [];
  if (short !== undefined) {
    return isPercent(upTo)
      ? ranged(short.toUpperCase() as Ranged, { by: "rank", from: 0, to: share(upTo) })
      : undefined;
  }
  const [, long, from = "", to = ""] = /^(TM|WM|TC|TS|PR)\(([^:()]*):([^:()]*)\)$/i.exec(name) ?? [];
  const range = long === undefined ? undefined : readRange(from, to);
  if (long === undefined || range === undefined) return undefined;
  const kind = long.toUpperCase() as Ranged;
  return kind === "PR" && range.by === "rank" ? undefined : ranged(kind, range);
}

const share = (percent: string) => Number(percent) / 100;
const isPercent = (text: string) => Number(text) <= 100;

/** Both ends in per cent, or both as values; one of them may be left out. */
function readRange(from: string, to: string): Range | undefined {
  const given = [from, to].filter((end) => end !== "");
  if (given.length === 0) return undefined;
  const percents = given.filter((end) => end.endsWith("%"));
  if (percents.length !== 0 && percents.length !== given.length) return undefined;
  const by = percents.length === 0 ? "value" : "rank";
  const read = (end: string) => (by === "rank" ? share(end.slice(0, -1)) : Number(end));
  if (given.some((end) => !/^-?\d+(\.\d+)?%?$/.test(end) || (by === "rank" && (read(end) < 0 || read(end) > 1))))
    return undefined;
  const range = { by, from: from === "" ? undefined : read(from), to: to === "" ? undefined : read(to) } as const;
  return range.from !== undefined && range.to !== undefined && range.from > range.to ? undefined : range;
}

const ofValues =
  (read: (values: Values) => number | undefined): MetricStatistic =>
  (tally) => {
    const values = tally.values();
    return values === undefined || values.length === 0 ? undefined : read(values);
  };

const countOf = (values: Values) => values.reduce((sum, [, count]) => sum + count, 0);
const sumOf = (values: Values) => values.reduce((sum, [value, count]) => sum + value * count, 0);

/** The lowest value that so many of all are not above. */
function atRank(values: Values, rank: number): number | undefined {
  const wanted = rank * countOf(values);
  let below = 0;
  for (const [value, count] of values) {
    below += count;
    if (below >= wanted) return value;
  }
  return values.at(-1)?.[0];
}

/** What of the values is in the range; counts may become fractions at its ends. */
function within(values: Values, { by, from, to }: Range): Values {
  if (by === "value") return values.filter(([value]) => value > (from ?? -Infinity) && value <= (to ?? Infinity));
  const all = countOf(values);
  const [first, last] = [(from ?? 0) * all, (to ?? 1) * all];
  let below = 0;
  return values.flatMap(([value, count]) => {
    const kept = Math.min(below + count, last) - Math.max(below, first);
    below += count;
    return kept > 0 ? [[value, kept] as const] : [];
  });
}

const ranged = (kind: Ranged, range: Range): MetricStatistic =>
  ofValues((values) => {
    const kept = within(values, range);
    const count = countOf(kept);
    switch (kind) {
      case "TC":
        return count;
      case "TS":
        return sumOf(kept);
      case "PR":
        return (count / countOf(values)) * 100;
      case "TM":
        return count === 0 ? undefined : sumOf(kept) / count;
      case "WM":
        return winsorizedMean(values, range);
    }
  });

/** The mean, with what is outside the range moved to its ends. */
function winsorizedMean(values: Values, { by, from, to }: Range): number {
  const lowest = by === "value" ? from : from === undefined ? undefined : atRank(values, from);
  const highest = by === "value" ? to : to === undefined ? undefined : atRank(values, to);
  const moved = values.map(
    ([value, count]) => [Math.min(Math.max(value, lowest ?? -Infinity), highest ?? Infinity), count] as const,
  );
  return sumOf(moved) / countOf(values);
}
