import { chmod, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ManualClock } from "../platform/clock.ts";
import { silentLogger } from "../platform/logger.ts";
import { FileSystemDirectories } from "./file-system-directories.ts";

let root: string;
let directories: FileSystemDirectories;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "hatoba-efs-"));
  directories = new FileSystemDirectories({ root, clock: new ManualClock(), logger: silentLogger });
});
afterEach(() => rm(root, { recursive: true }));
const gone = (...left: string[]) => vi.waitFor(async () => expect(await readdir(root)).toEqual(left));

test("a deleted file system goes with all that is in it, and links in it lead nowhere", async () => {
  await mkdir(join(root, "elsewhere"));
  await writeFile(join(root, "elsewhere", "file"), "");
  await directories.create("fs-1");
  await mkdir(join(root, "fs-1", "a", "b"), { recursive: true });
  await symlink(join(root, "elsewhere"), join(root, "fs-1", "a", "link"));
  await directories.remove("fs-1");
  await gone("elsewhere");
  expect(await readdir(join(root, "elsewhere"))).toEqual(["file"]);
  await directories.remove("fs-1"); // twice does no harm
});

test("what an earlier process did not come to remove goes at the next start, and nothing else", async () => {
  await directories.create("fs-1");
  await mkdir(join(root, ".deleted-fs-2-1234", "a"), { recursive: true });
  await directories.resume();
  await gone("fs-1");
  await new FileSystemDirectories({
    root: join(root, "none"),
    clock: new ManualClock(),
    logger: silentLogger,
  }).resume();
});

test("sizes of several are measured, also while directories cannot be looked into", async () => {
  for (const id of ["fs-1", "fs-2"]) {
    await directories.create(id);
    await mkdir(join(root, id, "closed"));
    await writeFile(join(root, id, "file"), Buffer.alloc(100_000, 1));
    await chmod(join(root, id, "closed"), 0);
  }
  await Promise.all(["fs-1", "fs-2", "fs-none"].map((id) => directories.measure(id)));
  expect(["fs-1", "fs-2"].map((id) => (directories.size(id)?.bytes ?? 0) > 100_000)).toEqual([true, true]);
  expect(directories.size("fs-none")).toBeUndefined();
});
