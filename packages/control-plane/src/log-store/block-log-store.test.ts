import { globSync, mkdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { BlockLogStore } from "./block-log-store.ts";
import { checkLogStore } from "./log-store.conformance.ts";
import { directSealer, LogStoreFixture } from "./log-store.fixture.ts";
import type { LogPosition, LogQuery } from "./log-store.ts";
import { seal } from "./seal/seal-work.ts";

let fixture: LogStoreFixture;
checkLogStore("blocks on disk", {
  open: async () => {
    fixture = new LogStoreFixture();
    return fixture.store;
  },
  settle: (store) => (store as BlockLogStore).seal(),
  end: () => fixture.end(),
});

describe("a folder of blocks", () => {
  beforeEach(async () => {
    fixture = new LogStoreFixture();
    await fixture.store.createGroup({ name: "g", createdAt: 1, tags: {} });
    await fixture.store.createStream("g", "s", 2);
  });
  afterEach(() => fixture.end());
  const put = (message: string, timestamp = 1, stream = "s") =>
    fixture.store.append("g", stream, [{ timestamp, message }], 1);
  const all = async (group = "g") =>
    (await fixture.store.read({ group, limit: 100_000 })).events.map(({ message }) => message);
  const files = (pattern: string) => globSync(pattern, { cwd: fixture.directory });
  const newestJournal = () => join(fixture.directory, files("journal/*").toSorted().at(-1) ?? "");

  test("what was acknowledged is there after a restart", async () => {
    await put("one", 10);
    await fixture.store.seal();
    await fixture.store.append("g", "s", [{ timestamp: 20, message: "two" }], 11, { source: "x", number: 3 });
    await fixture.store.updateGroup("g", (group) => ({ ...group, tags: { a: "b" }, retentionDays: 3 }));
    const state = async () => {
      const { store } = fixture;
      return [store.groups(), store.streams("g"), (await store.read({ group: "g", limit: 9 })).events];
    };
    const before = await state();
    await fixture.reopen();
    expect(await state()).toEqual(before);
    await fixture.store.append("g", "s", [{ timestamp: 20, message: "two" }], 11, { source: "x", number: 3 });
    expect(await all()).toEqual(["one", "two"]);
  });

  test("only one process has the folder", () => {
    const { directory } = fixture;
    expect(fixture.store).toBeDefined();
    class Second extends LogStoreFixture {
      override readonly directory = directory;
    }
    expect(() => new Second().store).toThrow("in use");
  });

  test("an append that was cut short is not there, all before it is", async () => {
    await put("whole");
    const whole = statSync(newestJournal()).size;
    await put("cut short");
    await fixture.store.close();
    truncateSync(newestJournal(), statSync(newestJournal()).size - 1);
    await fixture.reopen();
    expect(await all()).toEqual(["whole"]);
    expect(fixture.store.bytes).toBeGreaterThanOrEqual(whole);
    await put("more");
    await fixture.reopen();
    expect(await all()).toEqual(["whole", "more"]);
  });

  test("a segment that was written and did not count any more is no second copy", async () => {
    await put("a");
    await fixture.store.close();
    seal({
      from: { journal: newestJournal() },
      keep: [{ groupId: 1, floors: [], goneStreams: [] }],
      directory: join(fixture.directory, "segments"),
      nextId: 1,
    });
    mkdirSync(join(fixture.directory, "segments/7"));
    writeFileSync(join(fixture.directory, "segments/7/half"), "");
    expect(files("segments/*/*")).toHaveLength(2);
    await fixture.reopen();
    expect(await all()).toEqual(["a"]);
    await fixture.store.seal();
    expect(await all()).toEqual(["a"]);
    expect(files("segments/*/*")).toHaveLength(1);
  });

  test("when nothing can be written any more that is told once, and nothing is acknowledged", async () => {
    rmSync(join(fixture.directory, "journal"), { recursive: true });
    await expect(put("a")).rejects.toThrow("ENOENT");
    await expect(put("b")).rejects.toThrow("cannot write any more");
    await expect(fixture.store.createStream("g", "t", 1)).rejects.toThrow("cannot write any more");
    expect(fixture.failures).toHaveLength(1);
    expect(await all()).toEqual([]);
  });

  test("closing keeps what is under way, and refuses what comes after", async () => {
    const appended = put("a");
    const closed = fixture.store.close();
    await expect(put("b")).rejects.toThrow("closed");
    expect(await appended).toBe(true);
    await closed;
    await fixture.reopen();
    expect(await all()).toEqual(["a"]);
  });

  test("there may be many streams to read", async () => {
    await Promise.all(Array.from({ length: 33_000 }, (_, at) => fixture.store.createStream("g", `t${at}`, 1)));
    await put("a", 1, "t32999");
    const streams = fixture.store.streams("g").map(({ name }) => name);
    const { events } = await fixture.store.read({ group: "g", streams, limit: 9 });
    expect(events.map(({ message }) => message)).toEqual(["a"]);
  });

  describe("room on disk", () => {
    const day = 86_400_000;

    test("comes free with a group, with a stream, and with the last event of a day that is too old", async () => {
      await fixture.store.createStream("g", "t", 1);
      for (const [at, stream] of ["s", "t", "s"].entries()) await put(stream, at * day, stream);
      await fixture.store.seal();
      expect(files("segments/*/*")).toHaveLength(3);
      await fixture.store.deleteStream("g", "t");
      await fixture.store.seal();
      expect(files("segments/*/*")).toHaveLength(2);
      await fixture.store.expire("g", 1);
      expect(files("segments/*/*")).toHaveLength(1);
      expect(await all()).toEqual(["s"]);
      await fixture.store.deleteGroup("g");
      expect(files("segments/*/*")).toEqual([]);
      await fixture.reopen();
      expect(files("segments/*")).toEqual([]);
    });

    test("a stream among others takes its own events with it", async () => {
      await fixture.store.createStream("g", "t", 1);
      for (const [at, stream] of ["s", "t", "s"].entries()) await put(`${stream}${at}`, at, stream);
      await fixture.store.seal();
      await fixture.store.deleteStream("g", "t");
      expect(await all()).toEqual(["s0", "s2"]);
      await fixture.store.seal();
      expect(await all()).toEqual(["s0", "s2"]);
    });

    test("journals go once they are sealed", async () => {
      for (let at = 0; at < 3; at++) {
        await put(`${at}`);
        await fixture.store.seal();
      }
      expect(files("journal/*")).toEqual([]);
    });

    test("the oldest go first, of whichever group, and no more than has to", async () => {
      await fixture.store.createGroup({ name: "h", createdAt: 1, tags: {} });
      await fixture.store.createStream("h", "s", 1);
      for (const at of [0, 2, 4]) await put(`g${at}`, at * day);
      for (const at of [1, 3]) await fixture.store.append("h", "s", [{ timestamp: at * day, message: `h${at}` }], 1);
      await fixture.store.seal();
      const each = fixture.store.bytes / 5;
      expect(await fixture.store.evict(fixture.store.bytes)).toEqual({ events: 0, bytes: 0, groups: [] });
      expect(await fixture.store.evict(each * 3.5)).toMatchObject({ events: 2, groups: ["g", "h"] });
      expect([await all("g"), await all("h")]).toEqual([["g2", "g4"], ["h3"]]);
      await fixture.store.evict(0);
      expect([await all("g"), await all("h"), fixture.store.bytes]).toEqual([[], [], 0]);
    });

    test("a search that is under way keeps what it reads", async () => {
      await put("a");
      await fixture.store.seal();
      const read = fixture.store.read({ group: "g", limit: 9 });
      await fixture.store.evict(0);
      expect((await read).events.map(({ message }) => message)).toEqual(["a"]);
      expect(files("segments/*/*")).toEqual([]);
    });
  });

  test("many small segments of a day become one, in which everything is", async () => {
    const expected = Array.from({ length: 40 }, (_, at) => String(at));
    for (const message of expected) {
      await put(message, Number(message));
      await fixture.store.seal();
    }
    expect(files("segments/*/*").length).toBeLessThan(8);
    expect(await all()).toEqual(expected);
  });

  test("what fills many blocks is found in both directions, by streams, texts, and piece by piece", async () => {
    await fixture.store.createStream("g", "t", 2);
    const count = 32_000;
    const text = (at: number) => `${at} ${"x".repeat((at * 7919) % 300)} ${at % 10_000 === 7 ? "needle" : "hay"}`;
    for (let from = 0; from < count; from += 2_000) {
      // Every third to the other stream; times go back and forth.
      const events = Array.from({ length: 2_000 }, (_, at) => ({
        timestamp: (from + at) ^ 31,
        message: text(from + at),
      }));
      const parts = [events.filter((_, at) => at % 3 > 0), events.filter((_, at) => at % 3 === 0)];
      await Promise.all(parts.map((part, at) => fixture.store.append("g", at === 0 ? "s" : "t", part, 1)));
    }
    await fixture.store.seal();
    const numbers = async (query: Partial<LogQuery>) => {
      const found: number[] = [];
      for (let beyond: LogPosition | undefined; ; ) {
        const place = beyond === undefined ? {} : { beyond };
        const page = await fixture.store.read({ group: "g", limit: 7_000, ...query, ...place });
        found.push(...page.events.map(({ message }) => Number.parseInt(message, 10)));
        if (page.next === undefined) return found;
        beyond = page.next;
      }
    };
    const inOrder = Array.from({ length: count }, (_, at) => at ^ 31);
    expect(await numbers({})).toEqual(inOrder);
    expect(await numbers({ backwards: true, scanBytes: 300_000 })).toEqual(inOrder.toReversed());
    expect(await numbers({ streams: ["t"] })).toEqual(inOrder.filter((at) => (at % 2_000) % 3 === 0));
    const needles = [7, 10_007, 20_007, 30_007];
    expect(await numbers({ needles: ["needle"], scanBytes: 1_000_000 })).toEqual(needles);
    expect(await numbers({ where: ({ message }) => message.endsWith("needle"), backwards: true })).toEqual(
      needles.toReversed(),
    );
    expect(await numbers({ from: 20_000, to: 20_010 })).toEqual(inOrder.slice(20_000, 20_010));
  });

  test("a block that is damaged is said to be, with its file", async () => {
    await put("a".repeat(100));
    await fixture.store.seal();
    const [name = ""] = files("segments/*/*");
    const path = join(fixture.directory, name);
    const bytes = readFileSync(path);
    bytes[9] = (bytes[9] ?? 0) ^ 1;
    writeFileSync(path, bytes);
    await expect(all()).rejects.toThrow(name);
  });

  test("sealing that fails is tried again, and told when it does not come right", async () => {
    let failures = 1;
    const failing = new LogStoreFixture({
      sealer: {
        ...directSealer,
        seal: (work) => (failures-- > 0 ? Promise.reject(new Error("no space left")) : directSealer.seal(work)),
      },
    });
    await failing.store.createGroup({ name: "g", createdAt: 1, tags: {} });
    await failing.store.createStream("g", "s", 1);
    for (const message of ["a", "b"]) {
      await failing.store.append("g", "s", [{ timestamp: 1, message }], 1);
      await failing.store.seal();
    }
    const { events } = await failing.store.read({ group: "g", limit: 9 });
    expect(events.map(({ message }) => message)).toEqual(["a", "b"]);
    await failing.end();
  });
});
