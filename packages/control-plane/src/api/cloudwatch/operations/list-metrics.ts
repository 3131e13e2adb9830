import type { DimensionFilter } from "@aws-sdk/client-cloudwatch";
import { type MetricIdentity, metricKey } from "../../../metrics/metric-identity.ts";
import { ecsMetrics } from "../ecs-metrics.ts";
import type { Operation } from "../operation.ts";
import { readToken, writeToken } from "../page.ts";
import { describeDimensions } from "../read-dimensions.ts";

/** Source: CloudWatch API reference, ListMetrics. */
const perPage = 500;
const hourMs = 3_600_000;
const [twoWeeks, threeHours] = [14 * 24 * hourMs, 3 * hourMs];

/** Metrics that values came for lately, in the order of their names. Source: CloudWatch API reference, ListMetrics. */
export const listMetrics: Operation<"ListMetrics"> = async (input, { metrics, utilization, clock, caller }) => {
  const { Namespace, MetricName, Dimensions = [], NextToken, RecentlyActive, OwningAccount } = input;
  const skip = readToken(NextToken, "InvalidParameterValueException");
  if (OwningAccount !== undefined && OwningAccount !== caller.accountId) return { Metrics: [] };
  const since = clock.now() - (RecentlyActive === undefined ? twoWeeks : threeHours);
  const found = [...metrics.metrics(), ...ecsMetrics(utilization)]
    .filter(
      (metric) =>
        metric.seenAt >= since &&
        (Namespace === undefined || metric.namespace === Namespace) &&
        (MetricName === undefined || metric.name === MetricName) &&
        Dimensions.every((dimension) => hasDimension(metric, dimension)),
    )
    .map((metric) => ({ metric, key: metricKey(metric) }))
    .toSorted((a, b) => (a.key < b.key ? -1 : 1));
  const page = found.slice(skip, skip + perPage);
  const owners = input.IncludeLinkedAccounts === true ? { OwningAccounts: page.map(() => caller.accountId) } : {};
  return {
    Metrics: page.map(({ metric: { namespace, name, dimensions } }) => ({
      Namespace: namespace,
      MetricName: name,
      Dimensions: describeDimensions(dimensions),
    })),
    ...owners,
    ...(found.length > skip + page.length ? { NextToken: writeToken(skip + page.length) } : {}),
  };
};

const hasDimension = ({ dimensions }: MetricIdentity, { Name = "", Value }: DimensionFilter): boolean =>
  Object.hasOwn(dimensions, Name) && (Value === undefined || dimensions[Name] === Value);
