import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { AppendedEvents, LogStore, StoredLogEvent } from "./log-store.ts";

const texts = (events: readonly StoredLogEvent[]) => events.map(({ message }) => message);

/** What every log store promises. @param open a store with nothing in it; @param settle lets what goes on in the background come to its end */
export function checkLogStore(
  name: string,
  {
    open,
    settle,
    end,
  }: {
    readonly open: () => Promise<LogStore>;
    readonly settle: (store: LogStore) => Promise<void>;
    readonly end: (store: LogStore) => Promise<void>;
  },
): void {
  describe(name, () => {
    let store: LogStore;
    beforeEach(async () => {
      store = await open();
      await store.createGroup({ name: "g", createdAt: 1, tags: {} });
      await store.createStream("g", "s", 2);
    });
    afterEach(() => end(store));
    const put = (message: string, timestamp = 1) => store.append("g", "s", [{ timestamp, message }], 1);
    const all = async (group = "g") => texts((await store.read({ group, limit: 1_000 })).events);

    test("groups and streams are there once, by name, until they are removed", async () => {
      expect(await store.createGroup({ name: "g", createdAt: 3, tags: {} })).toBe(false);
      expect(await store.createStream("g", "s", 3)).toBe(false);
      expect(await store.createStream("none", "s", 3)).toBe(false);
      await store.createStream("g", "r", 3);
      await store.createGroup({ name: "f", createdAt: 3, tags: { a: "b" } });
      expect(store.groups().map((group) => group.name)).toEqual(["f", "g"]);
      expect(store.streams("g").map((stream) => stream.name)).toEqual(["r", "s"]);
      expect(await store.updateGroup("f", (group) => ({ ...group, retentionDays: 3 }))).toBe(true);
      expect(await store.updateGroup("none", (group) => group)).toBe(false);
      expect(store.group("f")).toEqual({ name: "f", createdAt: 3, tags: { a: "b" }, retentionDays: 3 });
      await store.deleteGroup("g");
      expect([store.group("g"), store.streams("g"), store.stream("g", "s")]).toEqual([undefined, [], undefined]);
    });

    test("a change that throws is refused alone", async () => {
      const thrown = store.updateGroup("g", () => {
        throw new Error("not this one");
      });
      const outcomes = await Promise.allSettled([put("a"), thrown, store.createStream("g", "t", 1)]);
      expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
      expect(await all()).toEqual(["a"]);
    });

    test("a stream says what it has", async () => {
      await store.append("g", "s", [{ timestamp: 7, message: "ä" }], 9);
      await put("bc", 3);
      expect(store.stream("g", "s")).toEqual({
        group: "g",
        name: "s",
        createdAt: 2,
        firstEventAt: 3,
        lastEventAt: 7,
        lastIngestionAt: 1,
        storedBytes: 4,
      });
    });

    test("events come by their times, those of one time in the order of their arrival", async () => {
      const event = (timestamp: number, message: string) => ({ timestamp, message });
      const first = store.append("g", "s", [event(5, "a"), event(5, "b")], 9);
      await Promise.all([first, store.append("g", "s", [event(3, "c"), event(5, "d")], 9)]);
      expect(await all()).toEqual(["c", "a", "b", "d"]);
      const backwards = await store.read({ group: "g", limit: 2, backwards: true });
      expect(texts(backwards.events)).toEqual(["d", "b"]);
      expect((await store.read({ group: "g", from: 4, to: 5, limit: 9 })).events).toEqual([]);
    });

    test("pages in both directions give every event once, whatever the times and streams", async () => {
      const event = fc.record({ timestamp: fc.integer({ min: 0, max: 5 }), stream: fc.constantFrom("s", "t") });
      let run = 0;
      await fc.assert(
        fc.asyncProperty(
          fc.array(event, { maxLength: 30 }),
          fc.integer({ min: 1, max: 7 }),
          fc.boolean(),
          fc.boolean(),
          async (events, limit, backwards, isSettled) => {
            const group = `g${++run}`;
            await store.createGroup({ name: group, createdAt: 1, tags: {} });
            for (const stream of ["s", "t"]) await store.createStream(group, stream, 1);
            await Promise.all(
              events.map(({ timestamp, stream }, at) =>
                store.append(group, stream, [{ timestamp, message: String(at) }], 1),
              ),
            );
            if (isSettled) await settle(store);
            const expected = events
              .map(({ timestamp }, at) => ({ timestamp, at }))
              .toSorted((a, b) => a.timestamp - b.timestamp || a.at - b.at)
              .map(({ at }) => String(at));
            const seen: StoredLogEvent[] = [];
            for (let next: StoredLogEvent | undefined; ; next = seen.at(-1)) {
              const page = await store.read({
                group,
                limit,
                backwards,
                ...(next === undefined ? {} : { beyond: next }),
              });
              seen.push(...page.events);
              if (page.events.length < limit) break;
            }
            expect(texts(seen)).toEqual(backwards ? expected.toReversed() : expected);
          },
        ),
        { numRuns: 40 },
      );
    });

    test("an append to a stream that goes in the same turn is not acknowledged as kept", async () => {
      expect(await Promise.all([store.deleteStream("g", "s"), put("a")])).toEqual([undefined, false]);
      expect(await store.append("none", "s", [{ timestamp: 1, message: "a" }], 1)).toBe(false);
    });

    test("a stream that comes again begins with nothing", async () => {
      await store.append("g", "s", [{ timestamp: 1, message: "a" }], 1, { source: "x", number: 5 });
      await settle(store);
      await store.deleteStream("g", "s");
      await store.createStream("g", "s", 1);
      expect(await all()).toEqual([]);
      await store.append("g", "s", [{ timestamp: 1, message: "b" }], 1, { source: "x", number: 1 });
      expect(await all()).toEqual(["b"]);
      await settle(store);
      expect(await all()).toEqual(["b"]);
    });

    test("a delivery that comes again is acknowledged and kept once", async () => {
      const deliver = (message: string, source: string, number: number) =>
        store.append("g", "s", [{ timestamp: 1, message }], 1, { source, number });
      const sent = [deliver("a", "x", 1), deliver("a", "x", 1), deliver("b", "x", 2), deliver("c", "y", 1)];
      expect(await Promise.all(sent)).toEqual([true, true, true, true]);
      await settle(store);
      await Promise.all([deliver("a", "x", 1), deliver("b", "x", 2), deliver("d", "x", 3)]);
      expect(await all()).toEqual(["a", "b", "c", "d"]);
    });

    test("who watches hears of each append that is kept, and of no other", async () => {
      const heard: AppendedEvents[] = [];
      const stop = store.watch((appended) => heard.push(appended));
      const elsewhere = store.append("none", "s", [{ timestamp: 1, message: "b" }], 2);
      await Promise.all([put("a"), elsewhere, store.append("g", "s", [], 2)]);
      stop();
      await put("c");
      const { events } = await store.read({ group: "g", limit: 1 });
      expect(heard).toEqual([{ group: "g", stream: "s", events }]);
    });

    test("any texts come back as they were, and are found", async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.string({ minLength: 1, unit: "grapheme" }), { minLength: 1 }),
          async (messages) => {
            await store.deleteStream("g", "s");
            await store.createStream("g", "s", 1);
            await store.append(
              "g",
              "s",
              messages.map((message) => ({ timestamp: 1, message })),
              1,
            );
            await settle(store);
            expect(await all()).toEqual(messages);
            const needle = messages[0]?.slice(0, 1).toWellFormed() ?? "";
            const found = await store.read({ group: "g", limit: 1_000, needles: [needle] });
            expect(texts(found.events)).toEqual(messages.filter((message) => message.includes(needle)));
          },
        ),
        { numRuns: 30 },
      );
    });

    test("what is older than asked is gone from answers at once, and what comes later is not", async () => {
      for (const time of [1, 5, 9]) await put(String(time), time);
      await store.expire("g", 5);
      await put("late", 2);
      expect(await all()).toEqual(["late", "5", "9"]);
      await settle(store);
      expect(await all()).toEqual(["late", "5", "9"]);
      await store.expire("g", 3);
      await store.expire("none", 3);
      expect(await all()).toEqual(["5", "9"]);
    });
  });
}
