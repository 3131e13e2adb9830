import type { MetricDatum } from "../metrics/metric-sink.ts";
import type { MetricFilter } from "../model/log-filter.ts";
import type { FilterPattern } from "./pattern/filter-pattern.ts";

type Reader = (message: string) => string | undefined;

/** A metric filter, ready for events. */
export interface ReadyMetricFilter {
  readonly filter: MetricFilter;
  readonly pattern: FilterPattern;
  readonly value: Reader;
  readonly dimensions: readonly (readonly [name: string, value: Reader])[];
}

/** A filter refers to something that its pattern does not have. */
export class BadReference extends Error {
  override readonly name = "BadReference";
}

/** @throws BadReference @throws BadFilterPattern for a selector that cannot be read */
export function readyMetricFilter(filter: MetricFilter, pattern: FilterPattern): ReadyMetricFilter {
  const reader = (reference: string): Reader => {
    const found = pattern.reader(reference);
    if (found === undefined) throw new BadReference(reference);
    return found;
  };
  const { metricValue, dimensions = {} } = filter;
  return {
    filter,
    pattern,
    value: isNumber(metricValue) ? () => metricValue : reader(metricValue),
    dimensions: Object.entries(dimensions).map(([name, reference]) => [name, reader(reference)] as const),
  };
}

/** Whether a text is a number as metric filters write it. */
export const isNumber = (text: string): boolean => /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text.trim());

/**
 * What an event that matches says: nothing if the value is no number, or if a dimension is not there.
 * Source: CloudWatch Logs user guide, "Publishing numerical values found in log entries", "Publishing dimensions with metrics".
 */
export function metricDatum(
  { filter, value, dimensions }: ReadyMetricFilter,
  { message, timestamp }: { readonly message: string; readonly timestamp: number },
): MetricDatum | undefined {
  const text = value(message);
  if (text === undefined || !isNumber(text)) return undefined;
  const found = dimensions.map(([name, reader]) => [name, reader(message)] as const);
  if (found.some(([, each]) => each === undefined || each === "")) return undefined;
  return datumOf(filter, Number(text), timestamp, Object.fromEntries(found) as Record<string, string>);
}

export const datumOf = (
  { metricName, metricNamespace, unit }: MetricFilter,
  value: number,
  timestamp: number,
  dimensions: Readonly<Record<string, string>> = {},
): MetricDatum => ({
  namespace: metricNamespace,
  name: metricName,
  dimensions,
  timestamp,
  value,
  ...(unit === undefined || unit === "None" ? {} : { unit }),
});
