import type { MetricDataQuery } from "@aws-sdk/client-cloudwatch";
import type { MetricIdentity } from "../../metrics/metric-identity.ts";
import type { Periods } from "../../metrics/metric-point.ts";
import type { MetricStatistic } from "../../metrics/metric-statistic.ts";
import { CloudWatchError, invalidValue } from "./api-error.ts";
import { type Expression, idsIn, parseExpression } from "./metric-math.ts";
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

/** Metric math over other queries of the call. */
export interface ExpressionQuery {
  readonly id: string;
  readonly label: string;
  readonly expression: Expression;
}
export type DataQuery = MetricQuery | ExpressionQuery;

export interface QueryRange {
  readonly StartTime: Date | undefined;
  readonly EndTime: Date | undefined;
  readonly accountId: string;
  readonly now: number;
}

const invalid = (message: string) => new CloudWatchError("ValidationException", message);

/**
 * All queries by their ids, and those whose data is wanted. Source: CloudWatch API reference, GetMetricData and MetricDataQuery.
 * @throws CloudWatchError ValidationException, InvalidParameterValue
 */
export function readQueries(
  given: readonly MetricDataQuery[],
  range: QueryRange,
): { readonly byId: ReadonlyMap<string, DataQuery>; readonly wanted: readonly DataQuery[] } {
  const byId = new Map<string, DataQuery>();
  const wanted: DataQuery[] = [];
  for (const [index, query] of given.entries()) {
    const path = `MetricDataQueries.member.${index + 1}`;
    const { Id = "", ReturnData = true } = query;
    if (!/^[a-z][a-zA-Z0-9_]*$/.test(Id)) {
      throw invalid(
        `The value '${Id}' for parameter ${path}.Id is not matching the expected pattern ^[a-z][a-zA-Z0-9_]*$.`,
      );
    }
    if (byId.has(Id)) throw invalid("The values for parameter Id in parameter MetricDataQueries are not unique.");
    const read = readQuery(query, path, range);
    byId.set(Id, read);
    if (ReturnData) wanted.push(read);
  }
  const settled = new Set<string>();
  for (const query of byId.values()) requireSettled(query, { byId, settled, within: [] });
  return { byId, wanted };
}

/** @throws CloudWatchError ValidationException for an expression that refers to what is not there, or to itself */
function requireSettled(
  query: DataQuery,
  {
    byId,
    settled,
    within,
  }: {
    readonly byId: ReadonlyMap<string, DataQuery>;
    readonly settled: Set<string>;
    readonly within: readonly string[];
  },
): void {
  const { id } = query;
  if (within.includes(id)) throw invalid(`Error in expression '${id}' [It refers to itself]`);
  if (settled.has(id) || !("expression" in query)) return;
  for (const other of idsIn(query.expression)) {
    const found = byId.get(other);
    if (found === undefined) throw invalid(`Error in expression '${id}' [Unknown query id: ${other}]`);
    requireSettled(found, { byId, settled, within: [...within, id] });
  }
  settled.add(id);
}

function readQuery(query: MetricDataQuery, path: string, range: QueryRange): DataQuery {
  const { Id: id = "", Label, MetricStat, Expression, AccountId = range.accountId } = query;
  if (Expression !== undefined && MetricStat !== undefined) {
    throw invalid(
      `The parameters ${path}.Expression and ${path}.MetricStat are mutually exclusive and you have specified both.`,
    );
  }
  if (Expression !== undefined) return { id, label: Label ?? id, expression: requireExpression(Expression, path) };
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

function requireExpression(text: string, path: string): Expression {
  const expression = parseExpression(text);
  if (expression === undefined) {
    throw invalid(
      `Hatoba has + - * / and parentheses of metric math, and no Metrics Insights: ${path}.Expression cannot be answered. docs/compatibility.md lists what there is.`,
    );
  }
  if (idsIn(expression).length === 0)
    throw invalid(`${path}.Expression refers to no other query and is no time series.`);
  return expression;
}
