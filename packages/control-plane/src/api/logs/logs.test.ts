import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DeleteLogGroupCommand,
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
  FilterLogEventsCommand,
  type FilterLogEventsCommandInput,
  GetLogEventsCommand,
  ListIntegrationsCommand,
  ListTagsForResourceCommand,
  PutLogEventsCommand,
  PutRetentionPolicyCommand,
  ResourceAlreadyExistsException,
  ResourceNotFoundException,
  TagResourceCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { MemoryLogStore } from "../../log-store/memory-log-store.ts";
import { clientOptions, startTestServer } from "../http/server.fixture.ts";
import type { RunningServer } from "../http/server.ts";
import { logsService } from "./service.ts";

// Through the real client, over HTTP. The test server's clock stands at the start of 2026.
const now = Date.UTC(2026, 0, 1);
const day = 86_400_000;
let logStore: MemoryLogStore;
let server: RunningServer;
let logs: CloudWatchLogsClient;
beforeEach(async () => {
  logStore = new MemoryLogStore();
  server = await startTestServer({ services: [logsService(logStore)] });
  logs = new CloudWatchLogsClient(clientOptions(server));
  await logs.send(new CreateLogGroupCommand({ logGroupName: "/app", tags: { team: "x" } }));
  await logs.send(new CreateLogStreamCommand({ logGroupName: "/app", logStreamName: "p/web/1" }));
});
afterEach(async () => {
  await server.close();
  await logStore.close();
});

const put = (messages: readonly string[], at = now, logStreamName = "p/web/1") =>
  logs.send(
    new PutLogEventsCommand({
      logGroupName: "/app",
      logStreamName,
      logEvents: messages.map((message, index) => ({ message, timestamp: at + index })),
    }),
  );
const putEvents = (...logEvents: { message: string; timestamp: number }[]) =>
  logs.send(new PutLogEventsCommand({ logGroupName: "/app", logStreamName: "p/web/1", logEvents }));
const said = (call: Promise<unknown>) =>
  call.then(
    () => "",
    (error: Error) => `${error.name}: ${error.message}`,
  );

describe("groups and streams", () => {
  test("are described as AWS does", async () => {
    const { logGroups } = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: "/a" }));
    const logGroupArn = "arn:aws:logs:us-east-1:000000000000:log-group:/app";
    expect(logGroups).toEqual([
      {
        logGroupName: "/app",
        arn: `${logGroupArn}:*`,
        logGroupArn,
        creationTime: now,
        metricFilterCount: 0,
        deletionProtectionEnabled: false,
        storedBytes: 0,
        logGroupClass: "STANDARD",
      },
    ]);
    await put(["hello"]);
    const { logStreams } = await logs.send(new DescribeLogStreamsCommand({ logGroupIdentifier: logGroupArn }));
    expect(logStreams).toMatchObject([
      {
        logStreamName: "p/web/1",
        arn: `${logGroupArn}:log-stream:p/web/1`,
        creationTime: now,
        firstEventTimestamp: now,
        lastEventTimestamp: now,
        lastIngestionTime: now,
      },
    ]);
  });

  test("there twice, or not there, are typed exceptions", async () => {
    await expect(logs.send(new CreateLogGroupCommand({ logGroupName: "/app" }))).rejects.toBeInstanceOf(
      ResourceAlreadyExistsException,
    );
    await expect(
      logs.send(new CreateLogStreamCommand({ logGroupName: "/app", logStreamName: "p/web/1" })),
    ).rejects.toBeInstanceOf(ResourceAlreadyExistsException);
    await expect(logs.send(new DescribeLogStreamsCommand({ logGroupName: "/no" }))).rejects.toBeInstanceOf(
      ResourceNotFoundException,
    );
    expect(await said(put(["x"], now, "nothing"))).toBe(
      "ResourceNotFoundException: The specified log stream does not exist.",
    );
    expect(await said(logs.send(new ListIntegrationsCommand({})))).toContain("docs/compatibility.md");
  });

  test("come in pages, streams by name or by their newest event", async () => {
    for (const name of ["b", "a", "c"])
      await logs.send(new CreateLogStreamCommand({ logGroupName: "/app", logStreamName: name }));
    await put(["x"], now + 5, "a");
    const names = async (more: object) =>
      (await logs.send(new DescribeLogStreamsCommand({ logGroupName: "/app", ...more }))).logStreams?.map(
        ({ logStreamName }) => logStreamName,
      );
    expect(await names({})).toEqual(["a", "b", "c", "p/web/1"]);
    expect(await names({ logStreamNamePrefix: "p/" })).toEqual(["p/web/1"]);
    expect((await names({ orderBy: "LastEventTime", descending: true }))?.[0]).toBe("a");
    const first = await logs.send(new DescribeLogStreamsCommand({ logGroupName: "/app", limit: 3 }));
    const second = await logs.send(
      new DescribeLogStreamsCommand({ logGroupName: "/app", limit: 3, nextToken: first.nextToken }),
    );
    expect([first.logStreams?.length, second.logStreams?.length, second.nextToken]).toEqual([3, 1, undefined]);
  });

  test("retention and tags", async () => {
    expect(
      await said(logs.send(new PutRetentionPolicyCommand({ logGroupName: "/app", retentionInDays: 2 }))),
    ).toContain("InvalidParameterException");
    await logs.send(new PutRetentionPolicyCommand({ logGroupName: "/app", retentionInDays: 7 }));
    const { logGroups } = await logs.send(new DescribeLogGroupsCommand({}));
    expect(logGroups?.[0]?.retentionInDays).toBe(7);
    const resourceArn = logGroups?.[0]?.logGroupArn ?? "";
    await logs.send(new TagResourceCommand({ resourceArn, tags: { stage: "dev" } }));
    expect((await logs.send(new ListTagsForResourceCommand({ resourceArn }))).tags).toEqual({
      team: "x",
      stage: "dev",
    });
    await logs.send(new DeleteLogGroupCommand({ logGroupName: "/app" }));
    expect((await logs.send(new DescribeLogGroupsCommand({}))).logGroups).toEqual([]);
  });
});

test("changes that come together do not undo each other", async () => {
  const resourceArn = "arn:aws:logs:us-east-1:000000000000:log-group:/app";
  await Promise.all([
    logs.send(new TagResourceCommand({ resourceArn, tags: { a: "1" } })),
    logs.send(new TagResourceCommand({ resourceArn, tags: { b: "2" } })),
    logs.send(new PutRetentionPolicyCommand({ logGroupName: "/app", retentionInDays: 3 })),
  ]);
  expect(logStore.group("/app")).toMatchObject({ tags: { team: "x", a: "1", b: "2" }, retentionDays: 3 });
  const twice = await Promise.allSettled(
    [1, 2].map(() => logs.send(new CreateLogGroupCommand({ logGroupName: "/twice" }))),
  );
  expect(twice.map(({ status }) => status).toSorted((a, b) => a.localeCompare(b))).toEqual(["fulfilled", "rejected"]);
});

describe("PutLogEvents", () => {
  test("counts what is too old or too new, and takes the rest", async () => {
    const answer = await putEvents(
      { message: "old", timestamp: now - 14 * day - 3_600_000 },
      { message: "edge", timestamp: now - 14 * day + 1 },
    );
    expect(answer.rejectedLogEventsInfo).toEqual({ tooOldLogEventEndIndex: 1 });
    const future = await putEvents(
      { message: "now", timestamp: now },
      { message: "far", timestamp: now + 3 * 3_600_000 },
    );
    expect(future.rejectedLogEventsInfo).toEqual({ tooNewLogEventStartIndex: 1 });
    const { events } = await logs.send(
      new GetLogEventsCommand({ logGroupName: "/app", logStreamName: "p/web/1", startFromHead: true }),
    );
    expect(events?.map(({ message }) => message)).toEqual(["edge", "now"]);
  });

  test.each<[string, () => Promise<unknown>, string]>([
    [
      "out of order",
      () => putEvents({ message: "b", timestamp: now }, { message: "a", timestamp: now - 1 }),
      "must be in chronological order",
    ],
    [
      "over 24 hours",
      () => putEvents({ message: "a", timestamp: now - day - 1 }, { message: "b", timestamp: now }),
      "cannot span more than 24 hours",
    ],
    ["an event over 1 MiB", () => put(["x".repeat(1_048_577)]), "Log event too large"],
    ["a batch over 1 MiB", () => put(Array(5).fill("x".repeat(250_000))), "Upload too large"],
  ])("refuses %s", async (_what, call, message) => {
    expect(await said(call())).toContain(message);
    expect((await logs.send(new FilterLogEventsCommand({ logGroupName: "/app" }))).events).toEqual([]);
  });
});

describe("GetLogEvents", () => {
  const get = (more: object) =>
    logs.send(new GetLogEventsCommand({ logGroupName: "/app", logStreamName: "p/web/1", ...more }));
  const messages = (answer: Awaited<ReturnType<typeof get>>) => answer.events?.map(({ message }) => message);

  test("reads on and back by its tokens; at either end the same token comes back", async () => {
    await put(["1", "2", "3", "4", "5"]);
    const first = await get({ startFromHead: true, limit: 2 });
    expect(messages(first)).toEqual(["1", "2"]);
    const second = await get({ nextToken: first.nextForwardToken, limit: 2 });
    const third = await get({ nextToken: second.nextForwardToken, limit: 2 });
    expect([messages(second), messages(third)]).toEqual([["3", "4"], ["5"]]);
    const end = await get({ nextToken: third.nextForwardToken });
    expect([messages(end), end.nextForwardToken]).toEqual([[], third.nextForwardToken]);
    await put(["6"], now + 10);
    expect(messages(await get({ nextToken: end.nextForwardToken }))).toEqual(["6"]);
    const fromEnd = await get({ nextToken: end.nextBackwardToken, limit: 2 });
    expect(messages(fromEnd)).toEqual(["4", "5"]);
    const back = await get({ nextToken: third.nextBackwardToken, limit: 3 });
    expect(messages(back)).toEqual(["2", "3", "4"]);
  });

  test("without startFromHead gives the newest, oldest first; endTime is exclusive", async () => {
    await put(["1", "2", "3"]);
    expect(messages(await get({ limit: 2 }))).toEqual(["2", "3"]);
    expect(messages(await get({ startFromHead: true, startTime: now + 1, endTime: now + 2 }))).toEqual(["2"]);
    expect(await said(get({ nextToken: "nonsense" }))).toContain("InvalidParameterException");
  });
});

describe("FilterLogEvents", () => {
  test("merges streams by time, filters, and pages past a thousand", async () => {
    await logs.send(new CreateLogStreamCommand({ logGroupName: "/app", logStreamName: "q/db/2" }));
    for (let at = 0; at < 1_200; at += 400)
      await put(
        Array.from({ length: 400 }, (_, index) => `web ${at + index}`),
        now + at,
      );
    await put(["db 1"], now + 600, "q/db/2");
    const filter = async (more: Partial<FilterLogEventsCommandInput>) =>
      await logs.send(new FilterLogEventsCommand({ logGroupName: "/app", ...more }));
    expect((await filter({ logStreamNamePrefix: "q/" })).events).toMatchObject([
      { logStreamName: "q/db/2", message: "db 1", timestamp: now + 600 },
    ]);
    expect((await filter({ filterPattern: '"web 1199"' })).events).toHaveLength(1);
    const seen: string[] = [];
    for (let nextToken: string | undefined; ; ) {
      const answer = await filter({ limit: 500, ...(nextToken === undefined ? {} : { nextToken }) });
      seen.push(...(answer.events ?? []).map(({ eventId = "" }) => eventId));
      nextToken = answer.nextToken;
      if (nextToken === undefined) break;
    }
    expect(new Set(seen).size).toBe(1_201);
    expect(seen).toHaveLength(1_201);
    expect(await said(filter({ filterPattern: "[a, b" }))).toContain(
      "InvalidParameterException: Invalid filter pattern",
    );
    expect(await said(filter({ logStreamNames: ["x"], logStreamNamePrefix: "y" }))).toContain(
      "InvalidParameterException",
    );
  });
});
