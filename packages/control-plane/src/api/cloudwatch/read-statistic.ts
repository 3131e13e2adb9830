import { type MetricStatistic, metricStatistic } from "../../metrics/metric-statistic.ts";
import { invalidValue } from "./api-error.ts";

/** @throws CloudWatchError InvalidParameterValue for what is no statistic */
export function requireStatistic(name: string, path: string): MetricStatistic {
  const found = metricStatistic(name);
  if (found === undefined) throw invalidValue(`The value ${name} for parameter ${path} is not supported.`);
  return found;
}
