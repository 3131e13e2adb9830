import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { engineSeesMounts } from "./engine-mounts.ts";

let proc: string;
beforeEach(async () => {
  proc = await mkdtemp(join(tmpdir(), "hatoba-proc-"));
  await add("self", "node", "mnt:[1]");
});
afterEach(() => rm(proc, { recursive: true }));
async function add(pid: string, name: string, mounts: string): Promise<void> {
  await mkdir(join(proc, pid, "ns"), { recursive: true });
  await writeFile(join(proc, pid, "comm"), `${name}\n`);
  await symlink(mounts, join(proc, pid, "ns", "mnt"));
}

test("an engine beside us, with our mounts, sees what we mount", async () => {
  await add("7", "dockerd", "mnt:[1]");
  expect(await engineSeesMounts(proc, 0)).toBe(true);
  expect(await engineSeesMounts(proc, 1000)).toBe(false);
});

test("one that cannot be seen, or has mounts of its own, does not", async () => {
  await add("8", "node", "mnt:[1]");
  expect(await engineSeesMounts(proc, 0)).toBe(false);
  await add("7", "dockerd", "mnt:[2]");
  expect(await engineSeesMounts(proc, 0)).toBe(false);
  expect(await engineSeesMounts(join(proc, "none"), 0)).toBe(false);
});
