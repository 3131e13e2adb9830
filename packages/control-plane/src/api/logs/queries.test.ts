import * as sdk from "@aws-sdk/client-cloudwatch-logs";
import { afterEach, beforeEach, expect, test } from "vitest";
import { MemoryLogStore } from "../../log-store/memory-log-store.ts";
import { clientOptions, startTestServer } from "../http/server.fixture.ts";
import type { RunningServer } from "../http/server.ts";
import { logsService } from "./service.ts";

// Logs Insights through the real client; the language itself is tested beside it.
const now = Date.UTC(2026, 0, 1);
const logGroupName = "/app";
let logStore: MemoryLogStore;
let server: RunningServer;
let logs: sdk.CloudWatchLogsClient;
beforeEach(async () => {
  logStore = new MemoryLogStore();
  server = await startTestServer({ services: [logsService(logStore)] });
  logs = new sdk.CloudWatchLogsClient(clientOptions(server));
  await logStore.createGroup({ name: logGroupName, createdAt: now, tags: {} });
  await logStore.createStream(logGroupName, "s", now);
  const messages = ['{"level":"INFO","ms":1}', '{"level":"ERROR","ms":2}', "plain"];
  await logStore.append(
    logGroupName,
    "s",
    messages.map((message, at) => ({ timestamp: now + at, message })),
    now,
  );
});
afterEach(async () => {
  logs.destroy();
  await server.close();
  await logStore.close();
});
const said = (call: Promise<unknown>) =>
  call.then(
    () => "nothing",
    (error: Error) => `${error.name}: ${error.message}`,
  );

const range = { startTime: now / 1000 - 60, endTime: now / 1000 };
const start = (more: Partial<sdk.StartQueryCommandInput> = {}) =>
  logs.send(new sdk.StartQueryCommand({ logGroupName, queryString: "fields @message", ...range, ...more }));
async function results(queryId: string | undefined) {
  for (;;) {
    const found = await logs.send(new sdk.GetQueryResultsCommand({ queryId }));
    if (found.status !== "Running" && found.status !== "Scheduled") return found;
  }
}

test("a query runs, and its results lead to the events themselves", async () => {
  const { queryId } = await start({ queryString: 'fields @message | filter level = "ERROR"' });
  const found = await results(queryId);
  expect(found).toMatchObject({
    status: "Complete",
    queryLanguage: "CWLI",
    statistics: { recordsMatched: 1, recordsScanned: 3, bytesScanned: 52, logGroupsScanned: 1 },
  });
  const [row = []] = found.results ?? [];
  expect(row.map(({ field }) => field)).toEqual(["@message", "@ptr"]);
  const { logRecord } = await logs.send(new sdk.GetLogRecordCommand({ logRecordPointer: row[1]?.value }));
  expect(logRecord).toMatchObject({ level: "ERROR", ms: "2", "@logStream": "s", "@timestamp": String(now + 1) });
});

test("queries are listed, and stopped once", async () => {
  const { queryId } = await start();
  await results(queryId);
  const { queries } = await logs.send(new sdk.DescribeQueriesCommand({ logGroupName, status: "Complete" }));
  expect(queries).toEqual([
    {
      queryLanguage: "CWLI",
      queryId,
      queryString: "fields @message",
      status: "Complete",
      createTime: now,
      logGroupName,
    },
  ]);
  expect(await said(logs.send(new sdk.StopQueryCommand({ queryId })))).toMatch(/^InvalidParameterException/);
  const groups = await logs.send(new sdk.ListLogGroupsForQueryCommand({ queryId }));
  expect(groups.logGroupIdentifiers).toEqual([`arn:aws:logs:us-east-1:000000000000:log-group:${logGroupName}`]);
});

test("what is wrong with a query is said, with its place", async () => {
  const failure: unknown = await start({ queryString: "fields a | filter b >" }).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(sdk.MalformedQueryException);
  expect(failure).toMatchObject({
    queryCompileError: { location: { startCharOffset: 21, endCharOffset: 22 }, message: expect.any(String) as string },
  });
});

test.each<[string, Partial<sdk.StartQueryCommandInput>, string]>([
  ["a group that is not there", { logGroupName: "none" }, "ResourceNotFoundException"],
  ["no group", { logGroupName: undefined }, "InvalidParameterException"],
  ["groups in two ways", { logGroupNames: ["/app"] }, "InvalidParameterException"],
  ["a time that ends before it starts", { endTime: 1 }, "InvalidParameterException"],
  ["another language", { queryLanguage: "SQL" }, "InvalidParameterException"],
])("%s is refused", async (_case, input, expected) => {
  expect(await said(start(input))).toContain(expected);
});

test("the fields of a group are those of its newest events", async () => {
  const { logGroupFields } = await logs.send(new sdk.GetLogGroupFieldsCommand({ logGroupName, time: now / 1000 }));
  expect(logGroupFields).toEqual([
    { name: "@timestamp", percent: 100 },
    { name: "@ingestionTime", percent: 100 },
    { name: "@message", percent: 100 },
    { name: "@logStream", percent: 100 },
    { name: "@log", percent: 100 },
    { name: "level", percent: 67 },
    { name: "ms", percent: 67 },
  ]);
});

test("results come in pages of ten thousand rows at the most, or of as many as are asked for", async () => {
  const { queryId } = await start({ queryString: "fields @message | sort @timestamp asc" });
  await results(queryId);
  const get = (more: Partial<sdk.GetQueryResultsCommandInput>) =>
    logs.send(new sdk.GetQueryResultsCommand({ queryId, ...more }));
  const first = await get({ maxItems: 2 });
  expect(first.results?.map(([field]) => field?.value)).toEqual([
    '{"level":"INFO","ms":1}',
    '{"level":"ERROR","ms":2}',
  ]);
  const second = await get({ maxItems: 2, nextToken: first.nextToken });
  expect(second.results?.map(([field]) => field?.value)).toEqual(["plain"]);
  expect(second.nextToken).toBeUndefined();
  for (const nextToken of ["r/9", "x"])
    expect(await said(get({ nextToken }))).toBe("InvalidParameterException: The specified nextToken is invalid.");
});
