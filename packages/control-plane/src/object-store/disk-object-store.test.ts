import { once } from "node:events";
import { globSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { DiskObjectStore } from "./disk-object-store.ts";
import type { StoredObject } from "./object-store.ts";

let folder: string;
let store: DiskObjectStore;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "hatoba-objects-"));
  store = new DiskObjectStore(folder);
  await store.createBucket({ name: "b", createdAt: 1, tags: {} });
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

async function* bytes(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}
const facts = { etag: "e", modifiedAt: 1, headers: {}, metadata: {}, tags: {} };
async function put(key: string, text = key, more: Partial<StoredObject> = {}): Promise<StoredObject> {
  const piece = await store.write(bytes(text));
  const object = { bucket: "b", key, size: piece.size, ...facts, pieces: [piece], ...more };
  expect(await store.putObject(object)).toBe(true);
  return object;
}
async function textOf(key: string, start = 0, end = Infinity): Promise<string> {
  const object = store.object("b", key);
  if (object === undefined) return "";
  const read: Uint8Array[] = [];
  for await (const chunk of store.read(object, start, Math.min(end, object.size))) read.push(chunk);
  return Buffer.concat(read).toString();
}
const files = () => globSync("contents/*/*", { cwd: folder });

test("a completion that comes too late for one of its parts leaves the upload as it is", async () => {
  await store.createUpload({ id: "u", bucket: "b", key: "k", startedAt: 1, headers: {}, metadata: {}, tags: {} });
  const part = async (text: string) => ({ ...(await store.write(bytes(text))), number: 1, etag: text, modifiedAt: 1 });
  const [first, second] = [await part("first"), await part("second")];
  await store.putPart("u", first);
  const replacing = store.putPart("u", second); // as a client does that gave up waiting
  const object = { bucket: "b", key: "k", size: first.size, ...facts, pieces: [first] };
  const [, completed] = await Promise.all([replacing, store.completeUpload("u", object)]);
  expect(completed).toBe(false);
  expect(store.parts("u").map(({ etag }) => etag)).toEqual(["second"]);
  expect(await store.completeUpload("u", { ...object, size: second.size, pieces: [second] })).toBe(true);
  expect(await textOf("k")).toBe("second");
});

test("a reading that nobody began or went on with keeps no file from going", async () => {
  const object = await put("k", "a text");
  const never = Readable.from(store.read(object, 0, object.size));
  never.destroy();
  await once(never, "close");
  const begun = store.read(object, 0, object.size)[Symbol.asyncIterator]();
  await begun.next();
  await begun.return?.();
  await store.deleteObjects("b", ["k"]);
  await vi.waitFor(() => expect(files()).toEqual([]));
});

test("what comes after a text that is shorter than the delimiter is listed", async () => {
  for (const key of ["a", "aa", "b"]) await put(key);
  const page = store.list({ bucket: "b", prefix: "", delimiter: "//", after: "a", limit: 10 });
  expect(page.entries.flatMap((entry) => ("item" in entry ? [entry.item.key] : []))).toEqual(["aa", "b"]);
});

test("what was put is there after a restart; what was only written goes with the first sweep", async () => {
  await put("kept", "a text");
  await store.write(bytes("nobody's"));
  await store.close();
  store = new DiskObjectStore(folder);
  expect(files()).toHaveLength(2);
  expect(await store.sweep()).toBe(1);
  expect(files()).toHaveLength(1);
  expect(await textOf("kept")).toBe("a text");
  expect(await textOf("kept", 2, 4)).toBe("te");
});

test("a sweep leaves alone what is being written", async () => {
  const gate = Promise.withResolvers<void>();
  async function* slow() {
    yield Buffer.from("first");
    await gate.promise;
    yield Buffer.from(" second");
  }
  const writing = store.write(slow());
  expect(await store.sweep()).toBe(0);
  gate.resolve();
  const piece = await writing;
  expect(await store.sweep()).toBe(0);
  await store.putObject({ bucket: "b", key: "k", size: piece.size, ...facts, pieces: [piece] });
  expect(await textOf("k")).toBe("first second");
});

test("a source that breaks off leaves nothing", async () => {
  async function* broken() {
    yield Buffer.from("half");
    throw new Error("hung up");
  }
  await expect(store.write(broken())).rejects.toThrow("hung up");
  expect(files()).toEqual([]);
});

test("what is replaced or deleted while it is read is read to its end, and then gone", async () => {
  const old = await put("k", "old");
  const reading = store.read(old, 0, 3)[Symbol.asyncIterator]();
  await put("k", "new");
  await store.deleteObjects("b", ["k"]);
  expect(Buffer.from((await reading.next()).value as Uint8Array).toString()).toBe("old");
  expect((await reading.next()).done).toBe(true);
  expect(store.object("b", "k")).toBeUndefined();
  await store.sweep();
  expect(files()).toEqual([]);
});

test("of changes with a condition only those go through that it admits, and the others leave nothing", async () => {
  const pieces = await Promise.all(["a", "b", "c"].map((text) => store.write(bytes(text))));
  const onlyNew = (current: StoredObject | undefined) => {
    if (current !== undefined) throw new Error("there is one");
  };
  const outcomes = await Promise.allSettled(
    pieces.map((piece) => store.putObject({ bucket: "b", key: "k", size: 1, ...facts, pieces: [piece] }, onlyNew)),
  );
  expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "rejected"]);
  expect(await textOf("k")).toBe("a");
});

test("a bucket goes with its uploads, once it holds no objects", async () => {
  await store.createUpload({ id: "u", bucket: "b", key: "k", startedAt: 1, headers: {}, metadata: {}, tags: {} });
  const piece = await store.write(bytes("part"));
  await store.putPart("u", { ...piece, number: 1, etag: "e", modifiedAt: 1 });
  await put("o");
  expect(await store.deleteBucket("b")).toBe("notEmpty");
  await store.deleteObjects("b", ["o", "none"]);
  expect(await store.deleteBucket("b")).toBe("deleted");
  expect(store.upload("u")).toBeUndefined();
  expect(await store.deleteBucket("b")).toBe("notThere");
  await store.sweep();
  expect(files()).toEqual([]);
});

test("uploads of one key come one after another", async () => {
  for (const id of ["3", "1", "2"])
    await store.createUpload({ id, bucket: "b", key: "k", startedAt: 1, headers: {}, metadata: {}, tags: {} });
  const ids = (after?: string, afterId?: string) =>
    store
      .uploads({ bucket: "b", prefix: "", limit: 2, ...(after && { after }), ...(afterId && { afterId }) })
      .entries.map((entry) => ("item" in entry ? entry.item.id : ""));
  expect([ids(), ids("k", "2"), ids("k")]).toEqual([["1", "2"], ["3"], []]);
});

test("pages put together are what a plain list says", async () => {
  const text = fc.string({ unit: fc.constantFrom("a", "b", "/", "é", "\u{1f600}", "\uffff"), maxLength: 5 });
  const keys = fc.uniqueArray(
    text.filter((key) => key !== ""),
    { maxLength: 12 },
  );
  const question = fc.record({
    prefix: fc.oneof(fc.constant(""), text),
    delimiter: fc.constantFrom("", "/", "a", "/a"),
    limit: fc.integer({ min: 1, max: 4 }),
  });
  let count = 0;
  await fc.assert(
    fc.asyncProperty(keys, question, async (given, { prefix, delimiter, limit }) => {
      const bucket = `p${count++}`;
      await store.createBucket({ name: bucket, createdAt: 1, tags: {} });
      for (const key of given) await store.putObject({ bucket, key, size: 0, ...facts, pieces: [] });
      const expected = given
        .filter((key) => key.startsWith(prefix))
        .map((key) => {
          const end = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
          return end < 0 ? key : `${key.slice(0, end + delimiter.length)}*`;
        });
      const seen: string[] = [];
      for (let after: string | undefined; ; ) {
        const page = store.list({ bucket, prefix, delimiter, limit, ...(after === undefined ? {} : { after }) });
        seen.push(...page.entries.map((entry) => ("item" in entry ? entry.item.key : `${entry.commonPrefix}*`)));
        if (!page.isTruncated) break;
        const last = page.entries.at(-1);
        after = last && ("item" in last ? last.item.key : last.commonPrefix);
      }
      const inBytes = (a: string, b: string) =>
        Buffer.compare(Buffer.from(a.replace(/\*$/, "")), Buffer.from(b.replace(/\*$/, "")));
      expect(seen).toEqual([...new Set(expected)].toSorted(inBytes));
    }),
    { numRuns: 60 },
  );
});
