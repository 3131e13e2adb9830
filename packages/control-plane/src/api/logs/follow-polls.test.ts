import {
  CloudWatchLogsClient,
  FilterLogEventsCommand,
  type FilterLogEventsCommandInput,
} from "@aws-sdk/client-cloudwatch-logs";
import { afterEach, beforeEach, expect, test } from "vitest";
import { MemoryLogStore } from "../../log-store/memory-log-store.ts";
import { ManualClock } from "../../platform/clock.ts";
import { randomIds } from "../../platform/ids.ts";
import { silentLogger } from "../../platform/logger.ts";
import { defaultSettings } from "../../settings.ts";
import { MemoryStore } from "../../store/memory-store.ts";
import { clientOptions, startTestServer } from "../http/server.fixture.ts";
import type { RunningServer } from "../http/server.ts";
import { logsService } from "./service.ts";

// What version 2 of the AWS CLI calls for `aws logs tail --follow`: on while there is a token; where there is none it sleeps, and begins
// again with the time of the newest event, over the same connection.
const now = Date.UTC(2026, 0, 1);
let clock: ManualClock;
let logStore: MemoryLogStore;
let server: RunningServer;
let logs: CloudWatchLogsClient;
beforeEach(async () => {
  [clock, logStore] = [new ManualClock(now), new MemoryLogStore()];
  const shared = { store: new MemoryStore(), settings: defaultSettings, clock, ids: randomIds, logger: silentLogger };
  server = await startTestServer({
    services: [logsService(logStore)],
    context: (caller, details) => ({ ...shared, caller, ...details }),
  });
  logs = tailing();
  await logStore.createGroup({ name: "/app", createdAt: now, tags: {} });
  for (const stream of ["web", "api"]) await logStore.createStream("/app", stream, now);
});
afterEach(async () => {
  logs.destroy();
  await server.close();
  await logStore.close();
});

/** The CLI, run once: its connection is its own. */
function tailing(): CloudWatchLogsClient {
  const client = new CloudWatchLogsClient(clientOptions(server));
  client.middlewareStack.add(
    (next) => (args) => {
      (args.request as { readonly headers: Record<string, string> }).headers["user-agent"] =
        "aws-cli/2.31.0 md/awscrt#0.27.6 lang/python#3.13.7 md/prompt#off md/command#logs.tail";
      return next(args);
    },
    { step: "build", priority: "low" },
  );
  return client;
}
const append = (timestamp: number, message: string, stream = "web") =>
  logStore.append("/app", stream, [{ timestamp, message }], now);
const filter = async (input: Partial<FilterLogEventsCommandInput>, client = logs) => {
  const { events = [], nextToken } = await client.send(new FilterLogEventsCommand({ logGroupName: "/app", ...input }));
  return { messages: events.map(({ message }) => message), nextToken };
};

/** A pass that sees all there is, and then the one that is held; its token. */
async function followed(input: Partial<FilterLogEventsCommandInput> = {}, newest = now): Promise<string> {
  expect((await filter({ startTime: now - 600_000, ...input })).nextToken).toBeUndefined();
  const { nextToken = "" } = await filter({ ...input, startTime: newest });
  expect(nextToken).toMatch(/^w\//);
  return nextToken;
}

test("what comes is shown at once, also what is older than the newest", async () => {
  await append(now, "first");
  const poll = filter({ startTime: now, nextToken: await followed() });
  await append(now + 5, "second");
  const { messages, nextToken } = await poll;
  expect(messages).toEqual(["second"]);
  await append(now + 1, "late", "api");
  await append(now + 6, "third");
  expect((await filter({ startTime: now, nextToken })).messages).toEqual(["late", "third"]);
});

test("a group without events is followed too", async () => {
  const since = now - 600_000;
  const poll = filter({ startTime: since, nextToken: await followed({}, since) });
  await append(now, "first");
  expect((await poll).messages).toEqual(["first"]);
});

test("an answer that got lost is given again, with what came since", async () => {
  await append(now, "first");
  const nextToken = await followed();
  await append(now + 1, "second");
  const lost = await filter({ startTime: now, nextToken });
  await append(now + 2, "third");
  const again = await filter({ startTime: now, nextToken });
  expect([lost.messages, again.messages]).toEqual([["second"], ["second", "third"]]);
  await append(now + 3, "fourth");
  expect((await filter({ startTime: now, nextToken: again.nextToken })).messages).toEqual(["fourth"]);
});

test("a poll without news is answered empty, and goes on", async () => {
  await append(now, "first");
  const poll = filter({ startTime: now, nextToken: await followed() });
  // The poll has to be under way before the time passes.
  const passing = setInterval(() => clock.advance(500), 5);
  expect(await poll).toEqual({ messages: [], nextToken: expect.stringMatching(/^w\//) as string });
  clearInterval(passing);
});

test("patterns, streams and prefixes hold for what comes too", async () => {
  await append(now, "ERROR first", "api");
  const asked = { filterPattern: "ERROR", logStreamNamePrefix: "a" };
  const nextToken = await followed(asked);
  await append(now + 1, "ERROR elsewhere");
  await append(now + 1, "INFO", "api");
  await append(now + 1, "ERROR second", "api");
  expect((await filter({ ...asked, startTime: now, nextToken })).messages).toEqual(["ERROR second"]);
});

test("a follower who is too slow, or forgotten, begins anew and misses nothing", async () => {
  await append(now, "first");
  const nextToken = await followed();
  for (let at = 0; at < 12; at++) await append(now + 1 + at, "x".repeat(100_000));
  expect(await filter({ startTime: now, nextToken })).toEqual({ messages: [], nextToken: undefined });
  const page = await filter({ startTime: now });
  expect(page.messages).toHaveLength(11);
  // It was told apart before, so its last page is held again.
  const last = await filter({ startTime: now, nextToken: page.nextToken });
  expect([last.messages.length, last.nextToken]).toEqual([2, expect.stringMatching(/^w\//)]);
  clock.advance(60_000);
  expect(await filter({ startTime: now, nextToken: last.nextToken })).toEqual({ messages: [], nextToken: undefined });
});

test("nobody else is kept waiting", async () => {
  await append(now, "first");
  const others = [tailing(), tailing(), tailing(), new CloudWatchLogsClient(clientOptions(server))];
  const [since, twice, other, plain] = others as [CloudWatchLogsClient, ...CloudWatchLogsClient[]];
  // `--since` with the very millisecond of an event, without `--follow`.
  expect(await filter({ startTime: now }, since)).toEqual({ messages: ["first"], nextToken: undefined });
  for (const startTime of [now - 2, now - 1]) expect((await filter({ startTime }, twice)).nextToken).toBeUndefined();
  await filter({ startTime: now - 1 }, other);
  expect((await filter({ startTime: now, filterPattern: "first" }, other)).nextToken).toBeUndefined();
  expect((await filter({ startTime: now, endTime: now + 1 }, other)).nextToken).toBeUndefined();
  for (let times = 0; times < 2; times++) expect((await filter({ startTime: now }, plain)).nextToken).toBeUndefined();
  for (const client of others) client.destroy();
});

test("of too many followers the last are answered as AWS answers", { timeout: 30_000 }, async () => {
  await append(now, "first");
  for (let at = 0; at < 200; at++) await followed();
  await filter({ startTime: now });
  expect(await filter({ startTime: now })).toEqual({ messages: ["first"], nextToken: undefined });
});
