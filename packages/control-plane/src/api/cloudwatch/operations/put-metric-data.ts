import type { MetricDatum } from "@aws-sdk/client-cloudwatch";
import { CloudWatchError, invalidValue } from "../api-error.ts";
import type { Operation } from "../operation.ts";
import { readMetricDatum } from "../read-metric-data.ts";

/** Source: CloudWatch API reference, PutMetricData. */
const mostData = 1000;
const mostEntities = 2;

/** All of it, or nothing if any of it is wrong. What an entity says of its metrics is not kept. Source: CloudWatch API reference, PutMetricData. */
export const putMetricData: Operation<"PutMetricData"> = async (
  { Namespace: namespace = "", MetricData, EntityMetricData = [] },
  { clock, metrics },
) => {
  requireNamespace(namespace);
  if (MetricData === undefined && EntityMetricData.length === 0) {
    throw new CloudWatchError("MissingRequiredParameterException", "The parameter MetricData is required.");
  }
  if (EntityMetricData.length > mostEntities) {
    throw invalidValue(`The collection EntityMetricData must not have a size greater than ${mostEntities}.`);
  }
  const lists: readonly (readonly [string, readonly MetricDatum[]])[] = [
    ["MetricData", MetricData ?? []],
    ...EntityMetricData.map(
      ({ MetricData: data = [] }, index) => [`EntityMetricData.member.${index + 1}.MetricData`, data] as const,
    ),
  ];
  if (lists.reduce((sum, [, data]) => sum + data.length, 0) > mostData) {
    throw invalidValue(`The collection MetricData must not have a size greater than ${mostData}.`);
  }
  const now = clock.now();
  const measurements = lists.flatMap(([path, data]) =>
    data.map((datum, index) => readMetricDatum(datum, { namespace, path: `${path}.member.${index + 1}`, now })),
  );
  const refused = metrics.record(measurements);
  if (refused > 0) {
    const message = `${refused} of ${measurements.length} values are of new metrics, and there are as many metrics as there may be.`;
    throw new CloudWatchError("LimitExceededFault", message);
  }
  return {};
};

/** Source: CloudWatch API reference, PutMetricData, Namespace. */
function requireNamespace(namespace: string): void {
  if (namespace.startsWith("AWS/") || !/^[0-9A-Za-z.\-_/#:\s]+$/.test(namespace) || namespace.trim() === "") {
    throw invalidValue(`The value ${namespace} for parameter Namespace is invalid.`);
  }
}
