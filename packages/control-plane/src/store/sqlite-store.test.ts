import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, expect, test } from "vitest";
import { exampleCluster } from "../model/examples.ts";
import { SqliteStore } from "./sqlite-store.ts";
import { storeConformance } from "./store.conformance.ts";
import type { Store, StoreFailedError } from "./store.ts";

const directory = mkdtempSync(join(tmpdir(), "hatoba-store-"));
afterAll(() => rmSync(directory, { recursive: true }));
let files = 0;
const newPath = () => join(directory, `${++files}.sqlite`);

const paths = new WeakMap<Store, string>();
function open(path: string, options: { readonly historyLength?: number } = {}): Store {
  const store = new SqliteStore({ path, ...options });
  paths.set(store, path);
  return store;
}

storeConformance("SqliteStore", {
  open: (options) => Promise.resolve(open(newPath(), options)),
  reopen: async (store) => {
    await store.close();
    return open(paths.get(store) ?? "");
  },
});

const write = (arn: string, tagBytes = 0) => ({
  kind: "cluster" as const,
  arn,
  expected: 0,
  value: exampleCluster({ tags: [{ key: "padding", value: "x".repeat(tagBytes) }] }),
});

test("a database can be opened once at a time, whether it is new or not", async () => {
  const path = newPath();
  for (const _round of [1, 2]) {
    const store = open(path);
    expect(() => open(path)).toThrow(expect.objectContaining({ name: "DatabaseInUseError" }));
    await store.close();
  }
});

test("a database of a newer program is refused and left alone", async () => {
  const path = newPath();
  await open(path).close();
  const database = new DatabaseSync(path);
  database.exec("UPDATE schema_version SET version = 99");
  database.close();
  expect(() => open(path)).toThrow("has schema version 99");
});

test("a file that is no database is refused", () => {
  expect(() => open(import.meta.filename)).toThrow(expect.objectContaining({ name: "DatabaseUnusableError" }));
});

test("revisions go on after a restart, even if all is deleted", async () => {
  const path = newPath();
  const first = open(path);
  await first.commit([write("a")]);
  await first.commit([{ kind: "cluster", arn: "a", expected: 1, value: null }]);
  await first.close();
  const second = open(path);
  expect(second.snapshot().revision).toBe(2);
  expect(await second.commit([write("a")])).toBe(3);
  await second.close();
});

test("a full disk ends the store: one report, every commit rejected, nothing acknowledged lost", async () => {
  const path = newPath();
  const reports: StoreFailedError[] = [];
  const store = new SqliteStore({ path, onFatal: (error) => void reports.push(error), maxPages: 40 });
  let acknowledged = 0;
  const fill = async () => {
    for (;;) acknowledged = await store.commit([write(`c${acknowledged}`, 20_000)]);
  };
  await expect(fill()).rejects.toMatchObject({
    name: "StoreFailedError",
    message: expect.stringMatching(/database or disk is full.*sqlite/) as unknown,
  });
  expect(acknowledged).toBeGreaterThan(0);
  expect(reports).toHaveLength(1);
  await expect(store.commit([write("later")])).rejects.toBe(reports[0]);
  expect(store.snapshot().count("cluster")).toBe(acknowledged);
  await store.close();
  const again = open(path);
  expect(again.snapshot().count("cluster")).toBe(acknowledged);
  await again.close();
});
