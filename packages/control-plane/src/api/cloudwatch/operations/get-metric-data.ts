import type { MetricDataResult } from "@aws-sdk/client-cloudwatch";
import { byPeriod } from "../../../metrics/metric-point.ts";
import { CloudWatchError, invalidValue } from "../api-error.ts";
import type { Series } from "../metric-math.ts";
import type { CloudWatchContext, Operation } from "../operation.ts";
import { readToken, writeToken } from "../page.ts";
import { pointsOf } from "../points-of.ts";
import { type DataQuery, type MetricQuery, readQueries } from "../read-query.ts";
import { SeriesBook } from "../series-book.ts";

/** Source: CloudWatch API reference, GetMetricData. */
const mostQueries = 500;
const mostPoints = 100_800;

/**
 * The values of several metrics, one after another, so many in an answer. Others get their turn between two metrics.
 * Source: CloudWatch API reference, GetMetricData.
 */
export const getMetricData: Operation<"GetMetricData"> = async (input, context) => {
  const { MetricDataQueries = [], StartTime, EndTime, NextToken, ScanBy } = input;
  const { MaxDatapoints = mostPoints } = input;
  if (MetricDataQueries.length > mostQueries) {
    throw new CloudWatchError(
      "ValidationException",
      `The collection MetricDataQueries must not have a size greater than ${mostQueries}.`,
    );
  }
  if (MaxDatapoints < 1 || MaxDatapoints > mostPoints) {
    throw invalidValue(`The value ${MaxDatapoints} for parameter MaxDatapoints is invalid.`);
  }
  const skip = readToken(NextToken, "InvalidNextToken");
  const { caller, clock } = context;
  const range = { StartTime, EndTime, accountId: caller.accountId, now: clock.now() };
  const { byId, wanted } = readQueries(MetricDataQueries, range);
  const order = ScanBy === "TimestampAscending" ? "ascending" : "descending";
  const book = new SeriesBook({ byId, find: (query) => seriesOf(query, order, context) });
  const results: MetricDataResult[] = [];
  let [passed, room] = [0, MaxDatapoints];
  for (const query of wanted) {
    const all = await book.of(query);
    const from = Math.min(Math.max(skip - passed, 0), all.length);
    const found = all.slice(from, from + room);
    passed += all.length;
    room -= found.length;
    const isWhole = from + found.length === all.length;
    // What was answered whole on an earlier page is not named again.
    if (from < all.length || (all.length === 0 && (skip === 0 || passed > skip)))
      results.push(resultOf(query, found, isWhole));
    if (!isWhole) return { MetricDataResults: results, NextToken: writeToken(skip + MaxDatapoints), Messages: [] };
  }
  return { MetricDataResults: results, Messages: [] };
};

type Order = "ascending" | "descending";

function seriesOf({ metric, statistic, periods, unit }: MetricQuery, order: Order, context: CloudWatchContext): Series {
  const points = pointsOf(metric, { ...periods, unit }, context);
  // Values in different units are counted together here: an answer has one value for a time.
  const found = byPeriod(
    points.map((point) => ({ ...point, unit: "" })),
    periods,
  ).flatMap(({ at, tally }) => {
    const value = statistic(tally);
    return value === undefined ? [] : [[at, value] as const];
  });
  return order === "ascending" ? found : found.toReversed();
}

const resultOf = ({ id, label }: DataQuery, found: Series, isWhole: boolean): MetricDataResult => ({
  Id: id,
  Label: label,
  Timestamps: found.map(([at]) => new Date(at)),
  Values: found.map(([, value]) => value),
  StatusCode: isWhole ? "Complete" : "PartialData",
});
