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
// again with the time of the newest event.
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
  logs = new CloudWatchLogsClient(clientOptions(server));
  logs.middlewareStack.add(
    (next) => (args) => {
      (args.request as { readonly headers: Record<string, string> }).headers["user-agent"] =
        "aws-cli/2.31.0 md/awscrt#0.27.6 lang/python#3.13.7 md/prompt#off md/command#logs.tail";
      return next(args);
    },
    { step: "build", priority: "low" },
  );
  await logStore.createGroup({ name: "/app", createdAt: now, tags: {} });
  for (const stream of ["web", "api"]) await logStore.createStream("/app", stream, now);
});
afterEach(async () => {
  logs.destroy();
  await server.close();
  await logStore.close();
});

const append = (timestamp: number, message: string, stream = "web") =>
  logStore.append("/app", stream, [{ timestamp, message }], now);
const filter = async (input: Partial<FilterLogEventsCommandInput>, client = logs) => {
  const { events = [], nextToken } = await client.send(new FilterLogEventsCommand({ logGroupName: "/app", ...input }));
  return { messages: events.map(({ message }) => message), nextToken };
};

test("what comes is shown at once, also what is older than the newest", async () => {
  await append(now, "first");
  expect(await filter({ startTime: now - 600_000 })).toEqual({ messages: ["first"], nextToken: undefined });
  const again = await filter({ startTime: now });
  expect(again).toEqual({ messages: ["first"], nextToken: expect.stringMatching(/^w\//) as string });
  const { nextToken } = again;
  const poll = filter({ startTime: now, nextToken });
  await append(now + 5, "second");
  expect(await poll).toEqual({ messages: ["second"], nextToken });
  await append(now + 1, "late", "api");
  await append(now + 6, "third");
  expect(await filter({ startTime: now, nextToken })).toEqual({ messages: ["late", "third"], nextToken });
});

test("a poll without news is answered empty, and goes on", async () => {
  await append(now, "first");
  const { nextToken } = await filter({ startTime: now });
  const poll = filter({ startTime: now, nextToken });
  // The poll has to be under way before the time passes.
  const passing = setInterval(() => clock.advance(500), 5);
  expect(await poll).toEqual({ messages: [], nextToken });
  clearInterval(passing);
});

test("patterns, streams and prefixes hold for what comes too", async () => {
  await append(now, "ERROR first", "api");
  const asked = { startTime: now, filterPattern: "ERROR", logStreamNamePrefix: "a" };
  const { nextToken } = await filter(asked);
  await append(now + 1, "ERROR elsewhere");
  await append(now + 1, "INFO", "api");
  await append(now + 1, "ERROR second", "api");
  expect((await filter({ ...asked, nextToken })).messages).toEqual(["ERROR second"]);
});

test("a follower who is too slow, or forgotten, begins anew and misses nothing", async () => {
  await append(now, "first");
  const { nextToken } = await filter({ startTime: now });
  for (let at = 0; at < 12; at++) await append(now + 1 + at, "x".repeat(100_000));
  expect(await filter({ startTime: now, nextToken })).toEqual({ messages: [], nextToken: undefined });
  expect((await filter({ startTime: now })).messages).toHaveLength(11); // a page of it
  const other = await filter({ startTime: now + 12 });
  clock.advance(60_000);
  expect(await filter({ startTime: now + 12, nextToken: other.nextToken })).toEqual({
    messages: [],
    nextToken: undefined,
  });
});

test("nobody else is kept waiting", async () => {
  await append(now, "first");
  expect((await filter({ startTime: now - 1 })).nextToken).toBeUndefined();
  expect((await filter({ startTime: now, endTime: now + 1 })).nextToken).toBeUndefined();
  const plain = new CloudWatchLogsClient(clientOptions(server));
  expect((await filter({ startTime: now }, plain)).nextToken).toBeUndefined();
  plain.destroy();
});
