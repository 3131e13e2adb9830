import { afterEach, beforeEach, expect, test } from "vitest";
import { ManualClock } from "../platform/clock.ts";
import { silentLogger } from "../platform/logger.ts";
import { keepRetention } from "./keep-retention.ts";
import type { LogStore } from "./log-store.ts";
import { SqliteLogStore } from "./sqlite-log-store.ts";

const dayMs = 86_400_000;
const hourMs = 3_600_000;
let store: SqliteLogStore;
let clock: ManualClock;
beforeEach(() => {
  store = new SqliteLogStore(":memory:");
  clock = new ManualClock();
});
afterEach(() => store.close());

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
  keepRetention({ logStore: store, clock, logger: silentLogger });
  expect([await left("a"), await left("b"), await left("c")]).toEqual([[dayMs, 0], [2 * dayMs], [4_000 * dayMs]]);
});

test("many events go piece by piece, soon one after another", async () => {
  await group("a", 1, Array(12_000).fill(2 * dayMs));
  keepRetention({ logStore: store, clock, logger: silentLogger });
  expect(await left("a")).toHaveLength(7_000);
  clock.advance(100);
  clock.advance(100);
  expect(await left("a")).toEqual([]);
});

test("a retention that is set later counts within the hour", async () => {
  await group("a", undefined, [2 * dayMs]);
  keepRetention({ logStore: store, clock, logger: silentLogger });
  await store.updateGroup("a", (current) => ({ ...current, retentionDays: 1 }));
  expect(await left("a")).toHaveLength(1);
  clock.advance(hourMs);
  expect(await left("a")).toEqual([]);
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
  keepRetention({ logStore, clock, logger: silentLogger });
  expect(await left("a")).toHaveLength(1);
  clock.advance(hourMs);
  expect(await left("a")).toEqual([]);
});
