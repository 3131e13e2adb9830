import { globSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { decodeBlock, encodeBlock, eventsOf } from "../blocks/block.ts";
import { LogStoreFixture } from "../log-store.fixture.ts";
import { filterBlock } from "./block-filter.ts";
import { ThreadFinder } from "./block-finder.ts";
import { RecentBlocks } from "./recent-blocks.ts";
import { Turns } from "./turns.ts";

let fixture: LogStoreFixture | undefined;
afterEach(() => fixture?.end());

test("a thread finds what is asked for, again and again, and says what went wrong", async () => {
  fixture = new LogStoreFixture({ finder: new ThreadFinder() });
  const { store, directory } = fixture;
  await store.createGroup({ name: "g", createdAt: 1, tags: {} });
  await store.createStream("g", "s", 1);
  await store.append(
    "g",
    "s",
    ["one", "two", "three"].map((message, at) => ({ timestamp: at, message })),
    1,
  );
  await store.seal();
  const read = async (needles: readonly string[]) =>
    (await store.read({ group: "g", limit: 9, needles })).events.map(({ message }) => message);
  const answers = await Promise.all([read(["t"]), read([]), read(["e", "o"]), read(["four"])]);
  expect(answers).toEqual([["two", "three"], ["one", "two", "three"], ["one"], []]);

  const finder = new ThreadFinder();
  const query = { from: 0, to: 9, beyond: undefined, backwards: false, floors: [], needles: [] };
  const [path = ""] = globSync("segments/*/*", { cwd: directory });
  const block = { offset: 0, length: 9, size: 99 };
  await expect(finder.find({ path: "/nowhere/1.segment", block, query })).rejects.toThrow("/nowhere/1.segment");
  await expect(finder.find({ path: join(directory, path), block, query })).rejects.toThrow("damaged");
  const last = finder.find({ path, block, query });
  const ended = expect(last).rejects.toThrow();
  await finder.close();
  await ended;
});

test("of a block comes what is asked for, the block itself if that is all of it", () => {
  const events = ["a", "ab", "b"].map((message, at) => {
    return { streamId: at % 2, timestamp: 10 + at, sequence: 1 + at, ingestedAt: 9, message };
  });
  const bytes = encodeBlock(events);
  const all = { from: 0, to: 99, beyond: undefined, backwards: false, floors: [], needles: [] };
  const found = (query: Partial<Parameters<typeof filterBlock>[1]>) => {
    const block = filterBlock(bytes, { ...all, ...query });
    return block === undefined ? [] : eventsOf(decodeBlock(block)).map(({ message }) => String(message));
  };
  expect(filterBlock(bytes, all)).toBe(bytes);
  expect(filterBlock(bytes, { ...all, needles: ["c"] })).toBeUndefined();
  expect(found({ needles: ["b"] })).toEqual(["ab", "b"]);
  expect(found({ needles: ["aab"] })).toEqual([]); // over the edge of two messages
  expect(found({ streamIds: [0] })).toEqual(["a", "b"]);
  expect(found({ from: 11, to: 12 })).toEqual(["ab"]);
  expect(found({ beyond: { timestamp: 10, sequence: 1 } })).toEqual(["ab", "b"]);
  expect(found({ beyond: { timestamp: 12, sequence: 3 }, backwards: true, needles: ["a"] })).toEqual(["a", "ab"]);
  expect(found({ floors: [{ before: 12, sequence: 9 }] })).toEqual(["b"]);
});

test("blocks that were asked for lately are there, within so many bytes", () => {
  const recent = new RecentBlocks();
  let reads = 0;
  const get = (name: string) =>
    recent.get(name, () => {
      reads++;
      return Buffer.alloc(6 * 1024 * 1024);
    });
  for (const name of ["a", "b", "a", "c", "a", "b"]) get(name);
  expect(reads).toBe(4); // "b" had to go for "c"
});

test("whoever pauses goes on in turn, one a turn of the event loop", async () => {
  const turns = new Turns();
  const seen: string[] = [];
  while (turns.pause() === undefined); // until this turn has lasted long enough
  const pauses = ["a", "b"].map(async (name) => {
    await turns.pause();
    seen.push(name);
  });
  for (let turn = 0; turn < 3; turn++) {
    seen.push("turn");
    await new Promise((resolve) => setImmediate(resolve));
  }
  await Promise.all(pauses);
  expect(seen.filter((one) => one !== "turn")).toEqual(["a", "b"]);
  expect(seen.slice(seen.indexOf("a"), seen.indexOf("b"))).toContain("turn");
});
