import { clusterArn, type Place, parseArn, serviceArn } from "@hatoba/contract";
import type { MetricIdentity } from "../../metrics/metric-identity.ts";
import { byPeriod, type MetricPoint, type Periods } from "../../metrics/metric-point.ts";
import { Tally } from "../../metrics/tally.ts";
import {
  type UtilizationMetric,
  type UtilizationMetrics,
  utilizationMetrics,
} from "../../metrics/utilization-metrics.ts";

/** The namespace of what the house measures itself. */
export const ecsNamespace = "AWS/ECS";
const unit = "Percent";

/** The points of `CPUUtilization` or `MemoryUtilization`, by `ClusterName` or `ClusterName` and `ServiceName`. */
export function ecsPoints(
  { name, dimensions }: MetricIdentity,
  periods: Periods & { readonly unit?: string | undefined },
  { place, utilization }: { readonly place: Place; readonly utilization: Pick<UtilizationMetrics, "query"> },
): readonly MetricPoint[] {
  const arn = arnOf(dimensions, place);
  if (arn === undefined || !isUtilization(name) || (periods.unit ?? unit) !== unit) return [];
  const minutes = utilization.query(arn, name, periods.from, periods.to);
  return byPeriod(
    minutes.map(({ at, ...set }) => ({ at, unit, tally: tallyOf(set) })),
    periods,
  );
}

/** The metrics of services and clusters that were measured lately, and when last, epoch milliseconds. */
export function ecsMetrics(
  utilization: Pick<UtilizationMetrics, "measured">,
): readonly (MetricIdentity & { readonly seenAt: number })[] {
  return [...utilization.measured()].flatMap(({ arn, lastAt }) => {
    const dimensions = dimensionsOf(arn);
    if (dimensions === undefined) return [];
    return utilizationMetrics.map((name) => ({ namespace: ecsNamespace, name, dimensions, seenAt: lastAt }));
  });
}

const isUtilization = (name: string): name is UtilizationMetric => utilizationMetrics.some((each) => each === name);

function arnOf(dimensions: MetricIdentity["dimensions"], place: Place): string | undefined {
  const { ClusterName, ServiceName, ...others } = dimensions;
  if (ClusterName === undefined || Object.keys(others).length > 0) return undefined;
  return ServiceName === undefined ? clusterArn(place, ClusterName) : serviceArn(place, ClusterName, ServiceName);
}

function dimensionsOf(arn: string): Record<string, string> | undefined {
  const [type, cluster, service] = parseArn(arn)?.resource.split("/") ?? [];
  if (cluster === undefined) return undefined;
  if (type === "cluster") return { ClusterName: cluster };
  return service === undefined ? undefined : { ClusterName: cluster, ServiceName: service };
}

function tallyOf(set: Parameters<Tally["addSet"]>[0]): Tally {
  const tally = new Tally();
  tally.addSet(set);
  return tally;
}
