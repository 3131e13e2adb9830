import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ManualClock } from "../platform/clock.ts";
import { silentLogger } from "../platform/logger.ts";
import type { BlockLogStore } from "./block-log-store.ts";
import { keepRetention } from "./keep-retention.ts";
import { LogStoreFixture } from "./log-store.fixture.ts";
import type { LogStore } from "./log-store.ts";

const dayMs = 86_400_000;
const hourMs = 3_600_000;
let fixture: LogStoreFixture;
let store: BlockLogStore;
let clock: ManualClock;
beforeEach(() => {
  fixture = new LogStoreFixture();
  store = fixture.store;
  clock = new ManualClock();
});
afterEach(() => fixture.end());

async function group(name: string, retentionDays: number | undefined, ages: readonly number[]): Promise<void> {
  await store.createGroup({ name, createdAt: 1, tags: {}, ...(retentionDays === undefined ? {} : { retentionDays }) });
  await store.createStream(name, "s", 1);
  const events = ages.map((age) => ({ timestamp: clock.now() - age, message: String(age) }));
  await store.append(name, "s", events, 1);
}
const left = async (name: string) =>
  (await store.read({ group: name, limit: 20_000 })).events.map(({ message }) => Number(message));

test("each group keeps its own days, to the millisecond; one without retention keeps everything", async () => {
  await group("a", 1, [2 * dayMs, dayMs + 1, dayMs, 0]);
  await group("b", 3, [4 * dayMs, 2 * dayMs]);
  await group("c", undefined, [4_000 * dayMs]);
  await keepRetention({ logStore: store, clock, logger: silentLogger })();
  expect([await left("a"), await left("b"), await left("c")]).toEqual([[dayMs, 0], [2 * dayMs], [4_000 * dayMs]]);
});

test("days that are too old take up no room any more, whether a restart comes between or not", async () => {
  await group("a", 2, [4 * dayMs, 3 * dayMs, dayMs, 0]);
  await store.seal();
  const files = () => readdirSync(join(fixture.directory, "segments/1"));
  expect(files()).toHaveLength(4);
  const stop = keepRetention({ logStore: store, clock, logger: silentLogger });
  await stop();
  expect(files()).toHaveLength(2);
  store = await fixture.reopen();
  expect(await left("a")).toEqual([dayMs, 0]);
});

test("a retention that is set later counts within the hour", async () => {
  await group("a", undefined, [2 * dayMs]);
  const stop = keepRetention({ logStore: store, clock, logger: silentLogger });
  await store.updateGroup("a", (current) => ({ ...current, retentionDays: 1 }));
  expect(await left("a")).toHaveLength(1);
  clock.advance(hourMs);
  await stop();
  expect(await left("a")).toEqual([]);
  clock.advance(hourMs);
});

test("a failure is for the log; the next hour tries again", async () => {
  await group("a", 1, [2 * dayMs]);
  let failures = 1;
  const logStore = {
    groups: () => store.groups(),
    expire: (...about: Parameters<LogStore["expire"]>) => {
      if (failures-- > 0) throw new Error("disk I/O error");
      return store.expire(...about);
    },
  } as LogStore;
  const stop = keepRetention({ logStore, clock, logger: silentLogger });
  expect(await left("a")).toHaveLength(1);
  clock.advance(hourMs);
  await stop();
  expect(await left("a")).toEqual([]);
});
