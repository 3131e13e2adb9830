import { statfsSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { exampleCluster } from "../../packages/control-plane/src/model/examples.ts";
import { SqliteStore } from "../../packages/control-plane/src/store/sqlite-store.ts";
import type { StoreFailedError } from "../../packages/control-plane/src/store/store.ts";
import { mountSmallDisk, type SmallDisk } from "./small-disk.ts";

// A real file system of one MiB. Only who may mount can make one; for the others sqlite-store.test.ts has a page limit.
let disk: SmallDisk | undefined;
beforeEach(() => {
  disk = mountSmallDisk(1);
});
afterEach(() => disk?.remove());

test("a full file system ends the store with a clear error, and what it acknowledged is there afterwards", async (context) => {
  if (disk === undefined) return context.skip("may not mount a file system");
  const { directory } = disk;
  const path = join(directory, "state.sqlite");
  const reports: StoreFailedError[] = [];
  const store = new SqliteStore({ path, onFatal: (error) => void reports.push(error) });
  let acknowledged = 0;
  const value = exampleCluster({ tags: [{ key: "padding", value: "x".repeat(10_000) }] });
  const fill = async () => {
    for (;;) {
      await store.commit([{ kind: "cluster", arn: `c${acknowledged}`, expected: 0, value }]);
      acknowledged++;
    }
  };
  await expect(fill()).rejects.toThrow(`The store cannot be written any more: database or disk is full (${path})`);
  expect(reports).toHaveLength(1);
  expect(acknowledged).toBeGreaterThan(10);
  expect(statfsSync(directory).bavail).toBeLessThan(10);
  await store.close();

  disk.grow(8);
  const again = new SqliteStore({ path });
  expect(again.snapshot().count("cluster")).toBe(acknowledged);
  await again.commit([{ kind: "cluster", arn: "later", expected: 0, value }]);
  await again.close();
});
