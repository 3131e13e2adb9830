import * as sdk from "@aws-sdk/client-cloudwatch-logs";
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { MemoryLogStore } from "../../log-store/memory-log-store.ts";
import { clientOptions, startTestServer } from "../http/server.fixture.ts";
import type { RunningServer } from "../http/server.ts";
import { logsService } from "./service.ts";

// Limits, rejections, names and tokens, through the real client. The test server's clock stands at the start of 2026.
// Source: CloudWatch Logs API reference, the operation each test names.
const now = Date.UTC(2026, 0, 1);
const dayMs = 86_400_000;
const arn = "arn:aws:logs:us-east-1:000000000000:log-group:/app";
const app = { logGroupName: "/app", logStreamName: "s" };
let logStore: MemoryLogStore;
let server: RunningServer;
let logs: sdk.CloudWatchLogsClient;
beforeAll(async () => {
  logStore = new MemoryLogStore();
  server = await startTestServer({ services: [logsService(logStore)] });
  logs = new sdk.CloudWatchLogsClient(clientOptions(server));
});
afterAll(async () => {
  logs.destroy();
  await server.close();
  await logStore.close();
});
beforeEach(async () => {
  await logs.send(new sdk.CreateLogGroupCommand({ logGroupName: "/app" }));
  await logs.send(new sdk.CreateLogStreamCommand(app));
});
afterEach(async () => {
  for (const { name } of logStore.groups()) await logStore.deleteGroup(name);
});

const put = (...logEvents: readonly { readonly timestamp: number; readonly message: string }[]) =>
  logs.send(new sdk.PutLogEventsCommand({ ...app, logEvents: [...logEvents] }));
const event = (timestamp: number, message = "x") => ({ timestamp, message });
const kept = async () =>
  (await logStore.read({ group: "/app", limit: 20_000 })).events.map(({ timestamp }) => timestamp);
const said = (call: Promise<unknown>) =>
  call.then(
    () => "nothing",
    (error: Error) => `${error.name}: ${error.message}`,
  );

describe("PutLogEvents", () => {
  test.each<[string, number, object | undefined]>([
    ["just not too old", now - 14 * dayMs, undefined],
    ["too old", now - 14 * dayMs - 1, { tooOldLogEventEndIndex: 1 }],
    ["just not too new", now + 7_200_000, undefined],
    ["too new", now + 7_200_001, { tooNewLogEventStartIndex: 0 }],
  ])("an event %s", async (_case, timestamp, rejectedLogEventsInfo) => {
    expect((await put(event(timestamp))).rejectedLogEventsInfo).toEqual(rejectedLogEventsInfo);
    expect(await kept()).toEqual(rejectedLogEventsInfo === undefined ? [timestamp] : []);
  });

  test("events older than their group keeps them are counted, and not kept", async () => {
    await logs.send(new sdk.PutRetentionPolicyCommand({ logGroupName: "/app", retentionInDays: 1 }));
    const answer = await put(event(now - dayMs - 2), event(now - dayMs - 1), event(now - dayMs), event(now));
    expect(answer.rejectedLogEventsInfo).toEqual({ expiredLogEventEndIndex: 2 });
    expect(await kept()).toEqual([now - dayMs, now]);
  });

  test("what is rejected on both sides does not make the batch too long", async () => {
    const answer = await put(event(now - 15 * dayMs), event(now), event(now + dayMs));
    expect(answer.rejectedLogEventsInfo).toEqual({ tooOldLogEventEndIndex: 1, tooNewLogEventStartIndex: 2 });
    expect(await kept()).toEqual([now]);
  });

  test("a span of 24 hours is taken, and the largest batch by bytes: UTF-8, and 26 for each event", async () => {
    await put(event(now - dayMs), event(now));
    await put(event(now, "€".repeat(174_762)), event(now, "é".repeat(262_119))); // 524,286 + 524,238 + 52
    expect(await kept()).toHaveLength(4);
    expect(await said(put(event(now, "€".repeat(174_762)), event(now, `${"é".repeat(262_119)}!`)))).toBe(
      "InvalidParameterException: Upload too large: 1048577 bytes exceeds limit of 1048576",
    );
  });

  test("10,000 events are taken, one more is not", async () => {
    await put(...Array<ReturnType<typeof event>>(10_000).fill(event(now)));
    expect(await kept()).toHaveLength(10_000);
    expect(await said(put(...Array<ReturnType<typeof event>>(10_001).fill(event(now))))).toMatch(
      /^InvalidParameterException: .*less than or equal to 10000/,
    );
  });

  test.each<[string, Partial<sdk.PutLogEventsCommandInput>]>([
    ["no events", { logEvents: [] }],
    ["an empty message", { logEvents: [event(now, "")] }],
    ["a time before 1970", { logEvents: [event(-1)] }],
    ["a name that cannot be a group's", { logGroupName: "a b", logEvents: [event(now)] }],
    ["a name that cannot be a stream's", { logStreamName: "a:b", logEvents: [event(now)] }],
  ])("refuses %s", async (_case, input) => {
    expect(await said(logs.send(new sdk.PutLogEventsCommand({ ...app, logEvents: [], ...input })))).toMatch(
      /^InvalidParameterException: 1 validation error detected/,
    );
    expect(await kept()).toEqual([]);
  });
});

describe("names and ARNs", () => {
  test.each([["/app"], [arn]])("%s names the group", async (logGroupIdentifier) => {
    await put(event(now));
    const found = await logs.send(new sdk.FilterLogEventsCommand({ logGroupIdentifier }));
    expect(found.events).toHaveLength(1);
    const streams = await logs.send(new sdk.DescribeLogStreamsCommand({ logGroupIdentifier }));
    expect(streams.logStreams?.[0]?.arn).toBe(`${arn}:log-stream:s`);
  });

  test.each<[object, string]>([
    [{}, "InvalidParameterException"],
    [{ logGroupName: "/app", logGroupIdentifier: arn }, "InvalidParameterException"],
    [{ logGroupIdentifier: "arn:aws:ecs:us-east-1:000000000000:cluster/x" }, "InvalidParameterException"],
    [{ logGroupIdentifier: `${arn}:*` }, "InvalidParameterException"],
    [{ logGroupIdentifier: `${arn}2` }, "ResourceNotFoundException"],
    [{ logGroupIdentifier: arn.replace("us-east-1", "eu-west-1") }, "ResourceNotFoundException"],
    [{ logGroupIdentifier: arn.replace("000000000000", "111111111111") }, "ResourceNotFoundException"],
  ])("%j: %s", async (input, name) => {
    expect(await said(logs.send(new sdk.FilterLogEventsCommand(input)))).toMatch(new RegExp(`^${name}`));
  });
});

describe("groups and streams", () => {
  test("what is deleted is gone, and may be made again", async () => {
    await put(event(now));
    await logs.send(new sdk.DeleteLogStreamCommand(app));
    await expect(logs.send(new sdk.DeleteLogStreamCommand(app))).rejects.toBeInstanceOf(sdk.ResourceNotFoundException);
    await logs.send(new sdk.CreateLogStreamCommand(app));
    expect(await kept()).toEqual([]);
    await put(event(now));
    await logs.send(new sdk.DeleteLogGroupCommand({ logGroupName: "/app" }));
    for (const call of [
      new sdk.DeleteLogGroupCommand({ logGroupName: "/app" }),
      new sdk.PutRetentionPolicyCommand({ logGroupName: "/app", retentionInDays: 1 }),
      new sdk.DeleteRetentionPolicyCommand({ logGroupName: "/app" }),
    ])
      await expect(logs.send(call as sdk.DeleteLogGroupCommand)).rejects.toBeInstanceOf(sdk.ResourceNotFoundException);
    await logs.send(new sdk.CreateLogGroupCommand({ logGroupName: "/app" }));
    await logs.send(new sdk.CreateLogStreamCommand(app));
    expect(await kept()).toEqual([]);
  });

  test.each<[string, Partial<sdk.CreateLogGroupCommandInput>]>([
    ["a key", { kmsKeyId: "arn:aws:kms:us-east-1:000000000000:key/1" }],
    ["another class", { logGroupClass: "INFREQUENT_ACCESS" }],
    ["a tag of AWS's own", { tags: { "aws:x": "y" } }],
    ["a name with a blank", { logGroupName: "a b" }],
    ["a name that is too long", { logGroupName: "a".repeat(513) }],
  ])("a group with %s is refused, not made without", async (_case, input) => {
    const call = logs.send(new sdk.CreateLogGroupCommand({ logGroupName: "new", ...input }));
    await expect(call).rejects.toBeInstanceOf(sdk.InvalidParameterException);
    expect(logStore.groups()).toHaveLength(1);
  });

  test("groups are found by prefix, by a part, by name, and in pages", async () => {
    for (const logGroupName of ["/app/b", "/app/a", "other"])
      await logs.send(new sdk.CreateLogGroupCommand({ logGroupName }));
    const names = async (input: sdk.DescribeLogGroupsCommandInput) =>
      (await logs.send(new sdk.DescribeLogGroupsCommand(input))).logGroups?.map((group) => group.logGroupName);
    expect(await names({ logGroupNamePrefix: "/app/" })).toEqual(["/app/a", "/app/b"]);
    expect(await names({ logGroupNamePattern: "the" })).toEqual(["other"]);
    expect(await names({ logGroupIdentifiers: [arn, "other"] })).toEqual(["/app", "other"]);
    expect(await said(names({ logGroupNamePrefix: "a", logGroupNamePattern: "bcd" }))).toContain("mutually exclusive");
    const paginated: string[] = [];
    for await (const { logGroups = [] } of sdk.paginateDescribeLogGroups({ client: logs, pageSize: 3 }, {}))
      paginated.push(...logGroups.map(({ logGroupName = "" }) => logGroupName));
    expect(paginated).toEqual(["/app", "/app/a", "/app/b", "other"]);
    expect(await said(names({ nextToken: "n" }))).toMatch(/^InvalidParameterException/);
  });

  test.each([
    [{ orderBy: "LogStreamName" as const }, ["a", "b", "c", "d", "s"]],
    [{ orderBy: "LogStreamName" as const, descending: true }, ["s", "d", "c", "b", "a"]],
    [{ orderBy: "LastEventTime" as const }, ["c", "a", "b", "d", "s"]],
    [{ orderBy: "LastEventTime" as const, descending: true }, ["s", "d", "b", "a", "c"]],
  ])("streams ordered by %j are paged while some of them go", async (order, expected) => {
    for (const name of ["d", "c", "b", "a"]) await logStore.createStream("/app", name, now);
    await logStore.append("/app", "c", [event(now - 1)], now);
    const seen: string[] = [];
    for (let nextToken: string | undefined; ; ) {
      const answer = await logs.send(
        new sdk.DescribeLogStreamsCommand({
          logGroupName: "/app",
          limit: 2,
          ...order,
          ...(nextToken && { nextToken }),
        }),
      );
      const names = (answer.logStreams ?? []).map(({ logStreamName = "" }) => logStreamName);
      seen.push(...names);
      nextToken = answer.nextToken;
      if (nextToken === undefined) break;
      await logStore.deleteStream("/app", names.at(-1) ?? ""); // the very one that the token stands on
    }
    expect(seen).toEqual(expected);
  });
});

describe("retention and tags", () => {
  test("retention ends when it is deleted", async () => {
    const retention = async () =>
      (await logs.send(new sdk.DescribeLogGroupsCommand({}))).logGroups?.[0]?.retentionInDays;
    await logs.send(new sdk.PutRetentionPolicyCommand({ logGroupName: "/app", retentionInDays: 3653 }));
    expect(await retention()).toBe(3653);
    await logs.send(new sdk.DeleteRetentionPolicyCommand({ logGroupName: "/app" }));
    expect(await retention()).toBeUndefined();
  });

  test("tags by ARN and, the older way, by name are the same ones", async () => {
    await logs.send(new sdk.TagResourceCommand({ resourceArn: arn, tags: { a: "1", b: "2" } }));
    await logs.send(new sdk.TagLogGroupCommand({ logGroupName: "/app", tags: { b: "3", c: "4" } }));
    await logs.send(new sdk.UntagResourceCommand({ resourceArn: arn, tagKeys: ["a", "none"] }));
    expect((await logs.send(new sdk.ListTagsLogGroupCommand({ logGroupName: "/app" }))).tags).toEqual({
      b: "3",
      c: "4",
    });
    await logs.send(new sdk.UntagLogGroupCommand({ logGroupName: "/app", tags: ["c"] }));
    expect((await logs.send(new sdk.ListTagsForResourceCommand({ resourceArn: arn }))).tags).toEqual({ b: "3" });
  });

  test("fifty tags are the most, and none of AWS's own", async () => {
    const tags = Object.fromEntries(Array.from({ length: 50 }, (_, at) => [`k${at}`, ""]));
    await logs.send(new sdk.TagResourceCommand({ resourceArn: arn, tags }));
    const tag = (key: string) =>
      said(logs.send(new sdk.TagResourceCommand({ resourceArn: arn, tags: { [key]: "v" } })));
    expect(await tag("k0")).toBe("nothing"); // it is there already
    expect(await tag("k50")).toContain("at most 50 tags");
    expect(await tag("AWS:x")).toContain("reserved");
    expect(Object.keys(logStore.group("/app")?.tags ?? {})).toHaveLength(50);
  });
});

describe("GetLogEvents", () => {
  const get = (input: Partial<sdk.GetLogEventsCommandInput>) =>
    logs.send(new sdk.GetLogEventsCommand({ ...app, ...input }));

  test("reading on from the head gives everything once, and back from there everything once more", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 12 }),
        fc.integer({ min: 1, max: 5 }),
        fc.boolean(),
        async (times, limit, startFromHead) => {
          await logStore.deleteStream("/app", "s");
          await logStore.createStream("/app", "s", now);
          for (const [at, time] of times.entries())
            await logStore.append("/app", "s", [event(now + time, `${at}`)], now);
          const all = await logStore.read({ group: "/app", limit: 100 });
          const expected = all.events.map(({ message }) => message);
          const walk = async (direction: "Forward" | "Backward", from: sdk.GetLogEventsCommandOutput) => {
            const seen: string[] = [];
            for (let answer = from; ; ) {
              const token = answer[`next${direction}Token`];
              answer = await get({ limit, ...(token === undefined ? {} : { nextToken: token }) });
              const messages = (answer.events ?? []).map(({ message = "" }) => message);
              if (messages.length === 0) {
                expect(answer[`next${direction}Token`]).toBe(token);
                return { seen, end: answer };
              }
              if (direction === "Forward") seen.push(...messages);
              else seen.unshift(...messages);
            }
          };
          const first = await get({ limit, startFromHead });
          const start = (first.events ?? []).map(({ message = "" }) => message);
          const there = await walk(startFromHead ? "Forward" : "Backward", first);
          expect(startFromHead ? [...start, ...there.seen] : [...there.seen, ...start]).toEqual(expected);
          const back = await walk(startFromHead ? "Backward" : "Forward", there.end);
          expect(back.seen).toEqual(expected);
        },
      ),
      { numRuns: 25 },
    );
  });

  test.each([[true], [false]])(
    "an empty stream has tokens too: what comes later is read with them",
    async (startFromHead) => {
      const { events, nextForwardToken } = await get({ startFromHead });
      expect(events).toEqual([]);
      await put(event(now, "later"));
      expect((await get({ nextToken: nextForwardToken })).events?.map(({ message }) => message)).toEqual(["later"]);
    },
  );

  test.each([
    [true, "nextForwardToken"],
    [false, "nextBackwardToken"],
  ] as const)("a page without events that is not the end has another token than the one given", async (head, token) => {
    await put(event(now, "first"), event(now + 9, "last"));
    const first = await get({ startFromHead: head, limit: 1 });
    // As far as a search comes among the events of other streams.
    const far = { events: [], next: { timestamp: now + 5, sequence: head ? -1 : 1e9 } };
    vi.spyOn(logStore, "read").mockResolvedValueOnce(far);
    const empty = await get({ nextToken: first[token], limit: 1 });
    expect([empty.events, empty[token] === first[token]]).toEqual([[], false]);
    const { events } = await get({ nextToken: empty[token], limit: 1 });
    expect(events?.map(({ message }) => message)).toEqual([head ? "last" : "first"]);
  });

  test("an answer carries 1 MiB at the most; the rest comes with the token", async () => {
    const line = "x".repeat(400_000);
    for (const timestamp of [1, 2, 3]) await put(event(now + timestamp, line));
    const first = await get({ startFromHead: true });
    expect(first.events?.map(({ timestamp }) => timestamp)).toEqual([now + 1, now + 2]);
    const second = await get({ nextToken: first.nextForwardToken });
    expect(second.events?.map(({ timestamp }) => timestamp)).toEqual([now + 3]);
    expect((await get({})).events?.map(({ timestamp }) => timestamp)).toEqual([now + 2, now + 3]);
  });
});

test("a group that is protected stays until it no longer is", async () => {
  await logs.send(new sdk.CreateLogGroupCommand({ logGroupName: "kept", deletionProtectionEnabled: true }));
  const remove = () => said(logs.send(new sdk.DeleteLogGroupCommand({ logGroupName: "kept" })));
  expect(await remove()).toMatch(/^InvalidOperationException: .*deletion protection/);
  const described = async () =>
    (await logs.send(new sdk.DescribeLogGroupsCommand({ logGroupNamePrefix: "kept" }))).logGroups?.[0];
  expect((await described())?.deletionProtectionEnabled).toBe(true);
  await logs.send(
    new sdk.PutLogGroupDeletionProtectionCommand({ logGroupIdentifier: "kept", deletionProtectionEnabled: false }),
  );
  expect(await remove()).toBe("nothing");
  expect(await described()).toBeUndefined();
});

test("groups are listed by patterns of their names, and by tags", async () => {
  for (const [logGroupName, tags] of [
    ["/ecs/web", { team: "a" }],
    ["/ecs/api", { team: "b" }],
    ["web", { team: "d" }],
  ] as const)
    await logs.send(new sdk.CreateLogGroupCommand({ logGroupName, tags }));
  const listed = async (input: sdk.ListLogGroupsCommandInput) =>
    (await logs.send(new sdk.ListLogGroupsCommand(input))).logGroups?.map(({ logGroupName }) => logGroupName);
  expect(await listed({ logGroupNamePattern: "web" })).toEqual(["/ecs/web", "web"]);
  expect(await listed({ logGroupNamePattern: "^/ecs|^/app" })).toEqual(["/app", "/ecs/api", "/ecs/web"]);
  expect(await listed({ logGroupTags: [{ key: "team", values: ["b", "c"] }] })).toEqual(["/ecs/api"]);
});

describe("FilterLogEvents", () => {
  const filter = (input: Partial<sdk.FilterLogEventsCommandInput>) =>
    logs.send(new sdk.FilterLogEventsCommand({ logGroupName: "/app", ...input }));

  test("both times count, start and end", async () => {
    await put(event(now), event(now + 1), event(now + 2), event(now + 3));
    const { events } = await filter({ startTime: now + 1, endTime: now + 2 });
    expect(events?.map(({ timestamp }) => timestamp)).toEqual([now + 1, now + 2]);
    expect((await filter({ startTime: now + 2, endTime: now + 1 })).events).toEqual([]);
  });

  test("from the end, if so asked, page by page", async () => {
    await put(event(now), event(now + 1), event(now + 2), event(now + 3), event(now + 4));
    const pages = sdk.paginateFilterLogEvents(
      { client: logs },
      { logGroupName: "/app", startFromHead: false, limit: 2 },
    );
    const seen: (number | undefined)[] = [];
    for await (const { events = [] } of pages) seen.push(...events.map(({ timestamp }) => timestamp));
    expect(seen).toEqual([now + 4, now + 3, now + 2, now + 1, now]);
  });

  test("a rare match is found among many, however long the lines, each once", async () => {
    for (let batch = 0; batch < 8; batch++) {
      const lines = Array.from({ length: 5 }, (_, at) =>
        event(now + batch, `${at === 3 ? "rare" : "usual"} ${"x".repeat(200_000)}`),
      );
      await put(...lines);
    }
    await put(...Array.from({ length: 3_000 }, (_, at) => event(now + 100, at % 1_000 === 0 ? "rare" : "usual")));
    const seen: string[] = [];
    for await (const { events = [] } of sdk.paginateFilterLogEvents(
      { client: logs },
      { logGroupName: "/app", filterPattern: "rare" },
    ))
      seen.push(...events.map(({ eventId = "" }) => eventId));
    expect([seen.length, new Set(seen).size]).toEqual([11, 11]);
  });

  test("a stream that is not there is told so; a prefix without streams finds nothing", async () => {
    await put(event(now));
    await expect(filter({ logStreamNames: ["s", "none"] })).rejects.toBeInstanceOf(sdk.ResourceNotFoundException);
    expect((await filter({ logStreamNamePrefix: "none" })).events).toEqual([]);
    expect((await filter({ logStreamNames: ["s", "s"] })).events).toHaveLength(1);
  });
});
