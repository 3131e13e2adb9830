import type { MetricDataQuery } from "@aws-sdk/client-cloudwatch";
import type { MetricIdentity } from "../../metrics/metric-identity.ts";
import type { Periods } from "../../metrics/metric-point.ts";
import type { MetricStatistic } from "../../metrics/metric-statistic.ts";
import { CloudWatchError, invalidValue } from "./api-error.ts";
import { readDimensions } from "./read-dimensions.ts";
import { requireStatistic } from "./read-statistic.ts";
import { readTimeRange } from "./time-range.ts";

/** One metric, as GetMetricData was asked for it. */
export interface MetricQuery {
  readonly id: string;
  readonly label: string;
  readonly metric: MetricIdentity;
  readonly statistic: MetricStatistic;
  readonly periods: Periods;
  readonly unit: string | undefined;
}

export interface QueryRange {
  readonly StartTime: Date | undefined;
  readonly EndTime: Date | undefined;
  readonly accountId: string;
  readonly now: number;
}

const invalid = (message: string) => new CloudWatchError("ValidationException", message);

/**
 * The queries whose data is wanted. Source: CloudWatch API reference, GetMetricData and MetricDataQuery.
 * @throws CloudWatchError ValidationException, InvalidParameterValue; for an expression always
 */
export function readQueries(given: readonly MetricDataQuery[], range: QueryRange): readonly MetricQuery[] {
  const ids = new Set<string>();
  return given.flatMap((query, index) => {
    const path = `MetricDataQueries.member.${index + 1}`;
    const { Id = "", ReturnData = true } = query;
    if (!/^[a-z][a-zA-Z0-9_]*$/.test(Id))
      throw invalid(
        `The value '${Id}' for parameter ${path}.Id is not matching the expected pattern ^[a-z][a-zA-Z0-9_]*$.`,
      );
    if (ids.has(Id)) throw invalid(`The values for parameter Id in parameter MetricDataQueries are not unique.`);
    ids.add(Id);
    const read = readQuery(query, path, range);
    return ReturnData ? [read] : [];
  });
}

function readQuery(query: MetricDataQuery, path: string, range: QueryRange): MetricQuery {
  const { Id: id = "", Label, MetricStat, Expression, AccountId = range.accountId } = query;
  if (Expression !== undefined && MetricStat !== undefined) {
    throw invalid(
      `The parameters ${path}.Expression and ${path}.MetricStat are mutually exclusive and you have specified both.`,
    );
  }
  if (Expression !== undefined) {
    throw invalid(
      `Hatoba has no metric math and no Metrics Insights: ${path}.Expression cannot be answered. docs/compatibility.md lists what there is.`,
    );
  }
  if (MetricStat === undefined) {
    throw invalid(`At least one of the parameters ${path}.Expression or ${path}.MetricStat must be specified.`);
  }
  if (AccountId !== range.accountId)
    throw invalidValue(`The value ${AccountId} for parameter ${path}.AccountId is invalid.`);
  const {
    Metric: { Namespace: namespace = "", MetricName: name = "", Dimensions } = {},
    Period = 0,
    Stat = "",
    Unit,
  } = MetricStat;
  if (namespace === "") throw missing(`${path}.MetricStat.Metric.Namespace`);
  if (name === "") throw missing(`${path}.MetricStat.Metric.MetricName`);
  return {
    id,
    label: Label ?? name,
    metric: { namespace, name, dimensions: readDimensions(Dimensions, `${path}.MetricStat.Metric.Dimensions`) },
    statistic: requireStatistic(Stat, `${path}.MetricStat.Stat`),
    periods: readTimeRange(range, { period: Period, now: range.now, periodPath: `${path}.MetricStat.Period` }),
    unit: Unit,
  };
}

const missing = (path: string) =>
  new CloudWatchError("MissingRequiredParameterException", `The parameter ${path} is required.`);
