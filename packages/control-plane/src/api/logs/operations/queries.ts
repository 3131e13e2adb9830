import type * as sdk from "@aws-sdk/client-cloudwatch-logs";
import { BadQuery } from "../../../log-queries/language/bad-query.ts";
import { type KnownQuery, TooManyQueries } from "../../../log-queries/query-runner.ts";
import { LogsError } from "../api-error.ts";
import { groupArn, groupNameOf, requireGroup } from "../identifiers.ts";
import type { LogsContext, Operation } from "../operation.ts";
import { page } from "../page.ts";

/** Rows of a result, groups of a query, rows of an answer. Source: CloudWatch Logs API reference, StartQuery and GetQueryResults. */
const limits = { usual: 10_000, groups: 50, page: 10_000 } as const;

const invalid = (message: string) => new LogsError("InvalidParameterException", message);

/** Begins a query of Logs Insights. Source: CloudWatch Logs API reference, StartQuery. */
export const startQuery: Operation<"StartQuery"> = async (input, context) => {
  const { queries, ids, caller } = context;
  const { startTime = 0, endTime = 0, queryString = "", limit = limits.usual, queryLanguage = "CWLI" } = input;
  if (queryLanguage !== "CWLI") throw invalid("Hatoba has the query language CWLI only.");
  const named = namedGroups(input, context);
  if (endTime < startTime) throw invalid("endTime is before startTime.");
  const queryId = ids.uuid();
  const range = { groups: named, from: startTime * 1000, to: (endTime + 1) * 1000 };
  try {
    queries.start(
      { id: queryId, queryString, groups: named, range, limit },
      { ...context, accountId: caller.accountId },
    );
  } catch (error) {
    throw describeFailure(error);
  }
  return { queryId };
};

function describeFailure(error: unknown): unknown {
  if (error instanceof TooManyQueries) {
    return new LogsError("LimitExceededException", "Account maximum query concurrency exceeded.", { cause: error });
  }
  if (!(error instanceof BadQuery)) return error;
  const { message, start, end } = error;
  const location = { startCharOffset: start, endCharOffset: end };
  return new LogsError("MalformedQueryException", `${message} at character ${start}`, {
    cause: error,
    members: { queryCompileError: { location, message } },
  });
}

/** The names of the groups; each has to be there. */
function namedGroups(input: sdk.StartQueryRequest, { logStore, caller }: LogsContext): readonly string[] {
  const ways = [input.logGroupName && [input.logGroupName], input.logGroupNames, input.logGroupIdentifiers];
  const given = ways.filter((way) => way !== undefined && way.length > 0) as string[][];
  const [identifiers, ...more] = given;
  if (identifiers === undefined || more.length > 0) {
    throw invalid("Exactly one of logGroupName, logGroupNames or logGroupIdentifiers must be specified.");
  }
  if (identifiers.length > limits.groups) throw invalid(`A query has at most ${limits.groups} log groups.`);
  const names = identifiers.map((identifier) => groupNameOf(identifier, caller));
  return [...new Set(names.map((name) => requireGroup(logStore, name).name))];
}

function requireQuery({ queries }: LogsContext, id: string | undefined): KnownQuery {
  const known = queries.get(id ?? "");
  if (known === undefined) throw new LogsError("ResourceNotFoundException", `Query ${id} does not exist.`);
  return known;
}

/**
 * What a query found, or has found so far, ten thousand rows at a time at the most. While it is under way there is no token: rows may still
 * come. Source: CloudWatch Logs API reference, GetQueryResults.
 */
export const getQueryResults: Operation<"GetQueryResults"> = async ({ queryId, nextToken, maxItems }, context) => {
  const { query } = requireQuery(context, queryId);
  const start = nextToken === undefined ? 0 : placeIn(nextToken, query.results.length);
  const end = start + Math.max(1, Math.min(maxItems ?? limits.page, limits.page));
  const isMore = end < query.results.length && query.status === "Complete";
  const { recordsMatched, recordsScanned, bytesScanned } = query.statistics;
  return {
    queryLanguage: "CWLI",
    results: query.results.slice(start, end).map((row) => row.map((field) => ({ ...field }))),
    statistics: {
      recordsMatched,
      recordsScanned,
      bytesScanned,
      estimatedRecordsSkipped: 0,
      estimatedBytesSkipped: 0,
      logGroupsScanned: query.range.groups.length,
    },
    status: query.status,
    ...(isMore ? { nextToken: `r/${end}` } : {}),
  };
};

function placeIn(token: string, rows: number): number {
  const [, place] = /^r\/(\d{1,6})$/.exec(token) ?? [];
  if (place === undefined || Number(place) > rows) throw invalid("The specified nextToken is invalid.");
  return Number(place);
}

/** Source: CloudWatch Logs API reference, StopQuery. */
export const stopQuery: Operation<"StopQuery"> = async ({ queryId }, context) => {
  const { query } = requireQuery(context, queryId);
  if (query.stop()) return { success: true };
  throw invalid(`Query has ended: it is ${query.status}.`);
};

/** Source: CloudWatch Logs API reference, DescribeQueries. */
export const describeQueries: Operation<"DescribeQueries"> = async (input, { queries }) => {
  const { logGroupName, status, maxResults, nextToken, queryLanguage = "CWLI" } = input;
  const known = queries
    .list()
    .filter(({ groups }) => logGroupName === undefined || groups.includes(logGroupName))
    .filter(({ query }) => queryLanguage === "CWLI" && (status === undefined || query.status === status));
  const keyOf = ({ createdAt, id }: KnownQuery) => `${String(createdAt).padStart(16, "0")} ${id}`;
  const ordered = known.toSorted((a, b) => (keyOf(a) < keyOf(b) ? 1 : -1));
  const found = page(ordered, keyOf, { nextToken, limit: maxResults, most: 1_000, descending: true });
  return {
    queries: found.items.map(({ id, queryString, groups, createdAt, query }) => ({
      queryLanguage: "CWLI" as const,
      queryId: id,
      queryString,
      status: query.status,
      createTime: createdAt,
      ...(groups[0] === undefined ? {} : { logGroupName: groups[0] }),
    })),
    ...(found.nextToken === undefined ? {} : { nextToken: found.nextToken }),
  };
};

/** Source: CloudWatch Logs API reference, ListLogGroupsForQuery. */
export const listLogGroupsForQuery: Operation<"ListLogGroupsForQuery"> = async (input, context) => {
  const { query } = requireQuery(context, input.queryId);
  const names = query.range.groups.toSorted();
  const found = page(names, (name) => name, { nextToken: input.nextToken, limit: input.maxResults, most: 500 });
  return {
    logGroupIdentifiers: found.items.map((name) => groupArn(context.caller, name)),
    ...(found.nextToken === undefined ? {} : { nextToken: found.nextToken }),
  };
};
