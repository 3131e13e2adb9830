import type { MetricIdentity } from "../../metrics/metric-identity.ts";
import type { MetricPoint, Periods } from "../../metrics/metric-point.ts";
import { ecsNamespace, ecsPoints } from "./ecs-metrics.ts";
import type { CloudWatchContext } from "./operation.ts";

/** A metric's points by period, in order; those of several units apart unless one is asked for. */
export function pointsOf(
  metric: MetricIdentity,
  periods: Periods & { readonly unit?: string | undefined },
  { metrics, utilization, caller }: CloudWatchContext,
): readonly MetricPoint[] {
  if (metric.namespace === ecsNamespace) return ecsPoints(metric, periods, { place: caller, utilization });
  return metrics.query(metric, periods);
}
