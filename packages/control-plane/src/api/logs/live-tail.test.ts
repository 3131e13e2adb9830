import * as sdk from "@aws-sdk/client-cloudwatch-logs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { MemoryLogStore } from "../../log-store/memory-log-store.ts";
import { ManualClock } from "../../platform/clock.ts";
import { randomIds } from "../../platform/ids.ts";
import { silentLogger } from "../../platform/logger.ts";
import { defaultSettings } from "../../settings.ts";
import { MemoryStore } from "../../store/memory-store.ts";
import { clientOptions, startTestServer } from "../http/server.fixture.ts";
import type { RunningServer } from "../http/server.ts";
import { AppendedFeed } from "./appended-feed.ts";
import { evenly, LiveTail, tailLimits } from "./live-tail.ts";
import { logsService } from "./service.ts";

// Source: CloudWatch Logs API reference, StartLiveTail, through the real client.
const now = Date.UTC(2026, 0, 1);
const arn = (group: string) => `arn:aws:logs:us-east-1:000000000000:log-group:${group}`;
let clock: ManualClock;
let logStore: MemoryLogStore;
let server: RunningServer;
let logs: sdk.CloudWatchLogsClient;
beforeEach(async () => {
  [clock, logStore] = [new ManualClock(now), new MemoryLogStore()];
  const shared = { store: new MemoryStore(), settings: defaultSettings, clock, ids: randomIds, logger: silentLogger };
  server = await startTestServer({
    services: [logsService(logStore)],
    context: (caller, details) => ({ ...shared, caller, ...details }),
  });
  // The real client puts `stream-` before the name of the host, which an address does not bear.
  logs = new sdk.CloudWatchLogsClient({ ...clientOptions(server), disableHostPrefix: true });
  for (const group of ["/app", "/other"]) {
    await logStore.createGroup({ name: group, createdAt: now, tags: {} });
    for (const stream of ["web/1", "api/1"]) await logStore.createStream(group, stream, now);
  }
});
afterEach(async () => {
  logs.destroy();
  await server.close();
  await logStore.close();
});

const append = (group: string, stream: string, ...messages: readonly string[]) =>
  logStore.append(
    group,
    stream,
    messages.map((message) => ({ timestamp: now, message })),
    now,
  );

/** The session's start, and its further events one by one. */
async function tail(input: Partial<sdk.StartLiveTailCommandInput> = {}) {
  const { responseStream } = await logs.send(
    new sdk.StartLiveTailCommand({ logGroupIdentifiers: [arn("/app")], ...input }),
  );
  const events = (responseStream as AsyncIterable<sdk.StartLiveTailResponseStream>)[Symbol.asyncIterator]();
  const next = async () => (await events.next()).value as sdk.StartLiveTailResponseStream;
  const start = (await next()).sessionStart;
  const texts = async () => (await next()).sessionUpdate?.sessionResults?.map(({ message }) => message);
  return { start, next, texts, end: () => events.return?.() };
}

describe("StartLiveTail", () => {
  test("says what it shows, and shows an event as soon as it is there", async () => {
    const { start, next, end } = await tail({ logEventFilterPattern: "ERROR" });
    expect(start).toEqual({
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      sessionId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      logGroupIdentifiers: [arn("/app")],
      logStreamNames: [],
      logStreamNamePrefixes: [],
      logEventFilterPattern: "ERROR",
    });
    const update = next();
    await append("/other", "web/1", "ERROR elsewhere");
    await append("/app", "web/1", "INFO", "ERROR one");
    expect((await update).sessionUpdate).toEqual({
      sessionMetadata: { sampled: false },
      sessionResults: [
        {
          logStreamName: "web/1",
          logGroupIdentifier: "000000000000:/app",
          message: "ERROR one",
          timestamp: now,
          ingestionTime: now,
        },
      ],
    });
    await end();
  });

  test.each<[string, Partial<sdk.StartLiveTailCommandInput>, string]>([
    ["prefixes", { logStreamNamePrefixes: ["web"] }, "from web"],
    ["names", { logStreamNames: ["api/1"] }, "from api"],
    ["further groups", { logGroupIdentifiers: [arn("/app"), arn("/other")] }, "from other"],
  ])("by %s", async (_case, input, expected) => {
    const { texts, end } = await tail(input);
    const update = texts();
    if (expected !== "from other") await append("/other", "web/1", "not this");
    else await append("/other", "web/1", expected);
    await append("/app", "web/1", "from web");
    await append("/app", "api/1", "from api");
    expect((await update)?.[0]).toBe(expected);
    await end();
  });

  test.each<[string, Partial<sdk.StartLiveTailCommandInput>, new (...given: never[]) => Error]>([
    ["a name", { logGroupIdentifiers: ["/app"] }, sdk.InvalidParameterException],
    ["an asterisk", { logGroupIdentifiers: [`${arn("/app")}:*`] }, sdk.InvalidParameterException],
    ["a group", { logGroupIdentifiers: [arn("/none")] }, sdk.ResourceNotFoundException],
    ["a pattern", { logEventFilterPattern: '"open' }, sdk.InvalidParameterException],
    [
      "streams of two groups",
      { logGroupIdentifiers: [arn("/app"), arn("/other")], logStreamNames: ["web/1"] },
      sdk.InvalidParameterException,
    ],
    ["names and prefixes", { logStreamNames: ["a"], logStreamNamePrefixes: ["b"] }, sdk.InvalidParameterException],
  ])("%s that does not fit is refused", async (_case, input, exception) => {
    await expect(tail(input)).rejects.toBeInstanceOf(exception);
  });

  test("ends after three hours with the exception that says so", async () => {
    const { next } = await tail();
    clock.advance(tailLimits.sessionMs);
    await append("/app", "web/1", "one more update");
    await next();
    await expect(next()).rejects.toBeInstanceOf(sdk.SessionTimeoutException);
  });

  test("does not hold up the end of the server", async () => {
    const { next } = await tail();
    const broken = next().catch((error: unknown) => error);
    await server.close();
    await broken;
  });
});

describe("updates", () => {
  const settled = async () => {
    for (let turns = 0; turns < 5; turns++) await new Promise((resolve) => setImmediate(resolve));
  };
  const tailed = () =>
    new LiveTail(
      { feed: new AppendedFeed({ logStore }), clock, logger: silentLogger },
      { groups: new Set(["/app"]), matches: () => true },
    );
  const numbers = (count: number) => Array.from({ length: count }, (_, at) => String(at));
  /** All events have been seen once the turns after it have passed. */
  const seen = async (...messages: readonly string[]) => {
    await append("/app", "web/1", ...messages);
    for (let turns = 0; turns < 50; turns++) await settled();
  };

  test("come each second without events, and with them no closer than some milliseconds", async () => {
    const live = tailed();
    const empty = live.next();
    clock.advance(1_000);
    expect(await empty).toEqual({ events: [], sampled: false });
    await append("/app", "web/1", "a");
    let update: unknown;
    void live.next().then((found) => {
      update = found;
    });
    await settled();
    expect(update).toBeUndefined();
    await append("/app", "web/1", "b");
    await settled();
    clock.advance(tailLimits.atLeastApartMs);
    await settled();
    expect(update).toMatchObject({ events: [{ message: "a" }, { message: "b" }], sampled: false });
    live.close();
  });

  test("have five hundred events a second at the most, spread over all there were", async () => {
    const live = tailed();
    await seen(...numbers(5_000));
    const { events, sampled } = await live.next();
    expect([events.length, sampled]).toEqual([500, true]);
    expect(Number(events.at(-1)?.message)).toBeGreaterThan(4_900);
    // Those of the next second wait for it, and are all there.
    await seen(...numbers(500));
    let second: Awaited<ReturnType<LiveTail["next"]>> | undefined;
    void live.next().then((found) => {
      second = found;
    });
    clock.advance(tailLimits.atLeastApartMs);
    await settled();
    expect(second).toBeUndefined();
    clock.advance(tailLimits.everyMs);
    await settled();
    expect([second?.events.length, second?.sampled]).toEqual([500, false]);
    live.close();
  });

  test("hold no more than they may for a reader who is slow", async () => {
    const live = tailed();
    for (let times = 0; times < 20; times++) await seen("x".repeat(300_000));
    const { events, sampled } = await live.next();
    expect(events.reduce((sum, { message }) => sum + message.length, 0)).toBeLessThanOrEqual(tailLimits.bytes);
    expect([events.length > 2, sampled]).toEqual([true, true]);
    live.close();
  });

  test("evenly", () => {
    expect(evenly([1, 2, 3], 5)).toEqual([1, 2, 3]);
    expect(evenly([1, 2, 3, 4, 5, 6], 3)).toEqual([1, 3, 5]);
  });
});
