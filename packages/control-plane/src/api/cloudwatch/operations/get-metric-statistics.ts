import type { Datapoint } from "@aws-sdk/client-cloudwatch";
import type { MetricPoint } from "../../../metrics/metric-point.ts";
import { CloudWatchError, invalidCombination } from "../api-error.ts";
import type { Operation } from "../operation.ts";
import { pointsOf } from "../points-of.ts";
import { readDimensions } from "../read-dimensions.ts";
import { requireStatistic } from "../read-statistic.ts";
import { readTimeRange } from "../time-range.ts";

/** Source: CloudWatch API reference, GetMetricStatistics. */
const mostPoints = 1440;

/** The statistics of one metric, oldest first. Source: CloudWatch API reference, GetMetricStatistics. */
export const getMetricStatistics: Operation<"GetMetricStatistics"> = async (input, context) => {
  const { Namespace: namespace = "", MetricName: name = "", Dimensions, Period = 60, Unit } = input;
  const { Statistics = [], ExtendedStatistics = [] } = input;
  if (Statistics.length > 0 && ExtendedStatistics.length > 0) {
    throw invalidCombination(
      "The parameters Statistics and ExtendedStatistics are mutually exclusive and you have specified both.",
    );
  }
  if (Statistics.length === 0 && ExtendedStatistics.length === 0) {
    const message = "Must specify either Statistics or ExtendedStatistics.";
    throw new CloudWatchError("MissingRequiredParameterException", message);
  }
  const extended = ExtendedStatistics.map((each) => [each, requireStatistic(each, "ExtendedStatistics")] as const);
  const { StartTime, EndTime } = input;
  const periods = readTimeRange({ StartTime, EndTime }, { period: Period, now: context.clock.now() });
  const asked = Math.ceil((periods.to - periods.from) / periods.periodMs);
  if (asked > mostPoints) {
    throw invalidCombination(
      `You have requested up to ${asked.toLocaleString("en-US")} datapoints, which exceeds the limit of 1,440. You may reduce the datapoints requested by increasing Period, or decreasing the time range.`,
    );
  }
  const dimensions = readDimensions(Dimensions);
  const points = pointsOf({ namespace, name, dimensions }, { ...periods, unit: Unit }, context);
  const basic = Statistics.map((each) => [each, requireStatistic(each, "Statistics")] as const);
  return {
    Label: name,
    Datapoints: points.flatMap((point) => {
      const found = valuesOf(extended, point);
      if (extended.length > 0 && Object.keys(found).length === 0) return [];
      return {
        Timestamp: new Date(point.at),
        ...valuesOf(basic, point),
        Unit: point.unit as NonNullable<Datapoint["Unit"]>,
        ...(extended.length > 0 ? { ExtendedStatistics: found } : {}),
      };
    }),
  };
};

/** By the names that were asked for; what is not known is left out. */
function valuesOf(
  statistics: readonly (readonly [name: string, read: ReturnType<typeof requireStatistic>])[],
  { tally }: MetricPoint,
): Record<string, number> {
  return Object.fromEntries(
    statistics.flatMap(([name, read]) => {
      const value = read(tally);
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
}
