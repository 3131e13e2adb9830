import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ManualClock } from "../platform/clock.ts";
import { silentLogger } from "../platform/logger.ts";
import { keepRetention } from "./keep-retention.ts";
import type { AppendedEvents, StoredLogEvent } from "./log-store.ts";
import { SqliteLogStore } from "./sqlite-log-store.ts";

const directory = mkdtempSync(join(tmpdir(), "hatoba-logs-"));
const path = join(directory, "logs.db");
let store: SqliteLogStore;
beforeEach(async () => {
  store = new SqliteLogStore(path);
  await store.createGroup({ name: "g", createdAt: 1, tags: {} });
  await store.createStream("g", "s", 2);
});
afterEach(async () => {
  await store.close();
  rmSync(directory, { recursive: true });
});
const texts = (events: readonly StoredLogEvent[]) => events.map(({ message }) => message);

test("what was acknowledged is there after a restart", async () => {
  await store.append("g", "s", [{ timestamp: 10, message: "one" }], 11);
  await store.updateGroup("g", (group) => ({ ...group, tags: { a: "b" }, retentionDays: 3 }));
  const before = [store.groups(), store.streams("g"), (await store.read({ group: "g", limit: 10 })).events];
  await store.close();
  store = new SqliteLogStore(path);
  expect([store.groups(), store.streams("g"), (await store.read({ group: "g", limit: 10 })).events]).toEqual(before);
  expect(store.stream("g", "s")).toMatchObject({
    firstEventAt: 10,
    lastEventAt: 10,
    lastIngestionAt: 11,
    storedBytes: 3,
  });
});

test("only one process has the file", () => {
  expect(() => new SqliteLogStore(path)).toThrow("in use");
});

test("events come by their times, those of one time in the order of their arrival", async () => {
  await Promise.all([
    store.append(
      "g",
      "s",
      [
        { timestamp: 5, message: "a" },
        { timestamp: 5, message: "b" },
      ],
      9,
    ),
    store.append(
      "g",
      "s",
      [
        { timestamp: 3, message: "c" },
        { timestamp: 5, message: "d" },
      ],
      9,
    ),
  ]);
  expect(texts((await store.read({ group: "g", limit: 10 })).events)).toEqual(["c", "a", "b", "d"]);
  expect(texts((await store.read({ group: "g", limit: 2, backwards: true })).events)).toEqual(["d", "b"]);
  expect(texts((await store.read({ group: "g", from: 4, to: 5, limit: 9 })).events)).toEqual([]);
});

test("pages in both directions give every event once, whatever the times and streams", async () => {
  const event = fc.record({ timestamp: fc.integer({ min: 0, max: 5 }), stream: fc.constantFrom("s", "t") });
  await store.createStream("g", "t", 2);
  let run = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(event, { maxLength: 30 }),
      fc.integer({ min: 1, max: 7 }),
      fc.boolean(),
      async (events, limit, backwards) => {
        const group = `g${++run}`;
        await store.createGroup({ name: group, createdAt: 1, tags: {} });
        await store.createStream(group, "s", 1);
        await store.createStream(group, "t", 1);
        for (const [at, { timestamp, stream }] of events.entries())
          await store.append(group, stream, [{ timestamp, message: String(at) }], 1);
        const expected = events
          .map(({ timestamp }, at) => ({ timestamp, at }))
          .toSorted((a, b) => a.timestamp - b.timestamp || a.at - b.at)
          .map(({ at }) => String(at));
        const seen: StoredLogEvent[] = [];
        for (;;) {
          const last = seen.at(-1);
          const { events: page } = await store.read({
            group,
            limit,
            backwards,
            ...(last === undefined ? {} : { beyond: last }),
          });
          seen.push(...page);
          if (page.length < limit) break;
        }
        expect(texts(seen)).toEqual(backwards ? expected.toReversed() : expected);
      },
    ),
    { numRuns: 40 },
  );
});

test("an append to a stream that goes in the same turn is not acknowledged as kept", async () => {
  const [, kept] = await Promise.all([
    store.deleteStream("g", "s"),
    store.append("g", "s", [{ timestamp: 1, message: "a" }], 1),
  ]);
  expect(kept).toBe(false);
});

describe("changes of one turn", () => {
  const fails = () =>
    store.updateGroup("g", () => {
      throw new Error("not this one");
    });

  test("are one flush: all of them are kept, or none, and memory says what the file says", async () => {
    const before = [store.groups(), store.streams("g")];
    const outcomes = await Promise.allSettled([
      store.append("g", "s", [{ timestamp: 1, message: "a" }], 1),
      store.createStream("g", "t", 1),
      store.createGroup({ name: "h", createdAt: 1, tags: {} }),
      store.deleteStream("g", "s"),
      fails(),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(Array(5).fill("rejected"));
    expect([store.groups(), store.streams("g")]).toEqual(before);
    expect((await store.read({ group: "g", limit: 9 })).events).toEqual([]);
    expect(await store.append("g", "s", [{ timestamp: 1, message: "b" }], 1)).toBe(true);
    await store.close();
    store = new SqliteLogStore(path);
    expect([store.groups(), store.streams("g").map(({ name }) => name)]).toEqual([before[0], ["s"]]);
    expect(texts((await store.read({ group: "g", limit: 9 })).events)).toEqual(["b"]);
  });

  test("are not seen before they are kept", async () => {
    const appended = store.append("g", "s", [{ timestamp: 1, message: "a" }], 1);
    expect((await store.read({ group: "g", limit: 9 })).events).toEqual([]);
    await appended;
    expect(texts((await store.read({ group: "g", limit: 9 })).events)).toEqual(["a"]);
  });
});

test("who watches hears of each append once it is kept, and of none that is not", async () => {
  const heard: AppendedEvents[] = [];
  const stop = store.watch((appended) => heard.push(appended));
  const append = (group: string, message: string) => store.append(group, "s", [{ timestamp: 1, message }], 2);
  const appended = append("g", "a");
  expect(heard).toEqual([]);
  await Promise.all([appended, append("none", "b"), store.append("g", "s", [], 2)]);
  stop();
  await append("g", "c");
  const { events } = await store.read({ group: "g", limit: 1 });
  expect(heard).toEqual([{ group: "g", stream: "s", events }]);
});

test("closing keeps what is under way, and refuses what comes after", async () => {
  const appended = store.append("g", "s", [{ timestamp: 1, message: "a" }], 1);
  const closed = store.close();
  await expect(store.append("g", "s", [{ timestamp: 2, message: "b" }], 1)).rejects.toThrow("closed");
  expect(await appended).toBe(true);
  await closed;
  store = new SqliteLogStore(path);
  expect(texts((await store.read({ group: "g", limit: 9 })).events)).toEqual(["a"]);
});

test("there may be more streams to read than a statement takes values", async () => {
  await Promise.all(Array.from({ length: 33_000 }, (_, at) => store.createStream("g", `t${at}`, 1)));
  await store.append("g", "t32999", [{ timestamp: 1, message: "a" }], 1);
  const streams = store.streams("g").map(({ name }) => name);
  expect(texts((await store.read({ group: "g", streams, limit: 9 })).events)).toEqual(["a"]);
});

describe("removing", () => {
  test("a stream takes its events with it, a group everything", async () => {
    await store.createStream("g", "t", 2);
    await store.append("g", "s", [{ timestamp: 1, message: "a" }], 1);
    await store.append("g", "t", [{ timestamp: 1, message: "b" }], 1);
    await store.deleteStream("g", "s");
    expect(texts((await store.read({ group: "g", limit: 9 })).events)).toEqual(["b"]);
    await store.deleteGroup("g");
    expect([store.groups(), store.streams("g"), (await store.read({ group: "g", limit: 9 })).events]).toEqual([
      [],
      [],
      [],
    ]);
  });

  test("retention removes what is older than its days, now and every hour", async () => {
    const clock = new ManualClock();
    const day = 86_400_000;
    await store.updateGroup("g", (group) => ({ ...group, retentionDays: 1 }));
    const append = (age: number, message: string) =>
      store.append("g", "s", [{ timestamp: clock.now() - age, message }], 1);
    await append(2 * day, "old");
    await append(day - 1_800_000, "soon");
    await append(0, "new");
    const stop = keepRetention({ logStore: store, clock, logger: silentLogger });
    expect(texts((await store.read({ group: "g", limit: 9 })).events)).toEqual(["soon", "new"]);
    clock.advance(3_600_000);
    expect(texts((await store.read({ group: "g", limit: 9 })).events)).toEqual(["new"]);
    stop();
    clock.advance(5 * day);
    expect(texts((await store.read({ group: "g", limit: 9 })).events)).toEqual(["new"]);
  });
});
