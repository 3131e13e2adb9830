import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { exampleCluster } from "../../packages/control-plane/src/model/examples.ts";
import { SqliteStore } from "../../packages/control-plane/src/store/sqlite-store.ts";
import type { StoreFailedError } from "../../packages/control-plane/src/store/store.ts";

// A real file system of one MiB. Only who may mount can make one; for the others sqlite-store.test.ts has a page limit.
const directory = mkdtempSync(join(tmpdir(), "hatoba-full-"));
let mounted = false;
beforeEach(() => {
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "hatoba-test", directory], { stdio: "ignore" });
    mounted = true;
  } catch {
    mounted = false;
  }
});
afterEach(() => {
  if (mounted) execFileSync("umount", [directory]);
  rmSync(directory, { recursive: true });
});

test("a full file system ends the store with a clear error, and what it acknowledged is there afterwards", async (context) => {
  if (!mounted) context.skip("may not mount a file system");
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

  execFileSync("mount", ["-o", "remount,size=8m", directory]);
  const again = new SqliteStore({ path });
  expect(again.snapshot().count("cluster")).toBe(acknowledged);
  await again.commit([{ kind: "cluster", arn: "later", expected: 0, value }]);
  await again.close();
});
