/** What a metric is known by: each combination of dimensions is a metric of its own. */
export interface MetricIdentity {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

/** Dimensions by name, in one order whatever order they were given in. */
export const sortedDimensions = (dimensions: MetricIdentity["dimensions"]): readonly (readonly [string, string])[] =>
  Object.entries(dimensions).toSorted(([a], [b]) => (a < b ? -1 : 1));

/** The same text for the same metric. */
export const metricKey = ({ namespace, name, dimensions }: MetricIdentity): string =>
  JSON.stringify([namespace, name, ...sortedDimensions(dimensions)]);
