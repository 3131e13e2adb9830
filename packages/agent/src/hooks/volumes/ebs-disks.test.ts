import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { EbsDisks, type WantedDisk } from "./ebs-disks.ts";
import type { LoopTools } from "./loop-tools.ts";

let root: string;
let mounted: Map<string, string>;
let formatted: string[];
let fails: string | undefined;
let tools: LoopTools;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "hatoba-ebs-"));
  mounted = new Map();
  formatted = [];
  fails = undefined;
  tools = {
    format: async (_path, fileSystem) => {
      if (fails !== undefined) throw new Error(fails);
      formatted.push(fileSystem ?? "default");
    },
    mountLoop: async (path, mountPoint) => void mounted.set(mountPoint, path),
    unmount: async (mountPoint) => void mounted.delete(mountPoint),
    isMounted: async (mountPoint) => mounted.has(mountPoint),
  };
});
afterEach(() => rm(root, { recursive: true }));

const wanted = (more: Partial<WantedDisk> = {}): WantedDisk => ({
  volumeId: "vol-1",
  taskArn: "task",
  sizeGiB: 2,
  deleteOnTermination: true,
  ...more,
});

test("a volume is a sparse file of its size, made once, and mounted", async () => {
  const disks = new EbsDisks(root, tools);
  const directory = await disks.mount(wanted({ fileSystem: "ext3" }));
  expect(await new EbsDisks(root, tools).mount(wanted({ fileSystem: "ext3" }))).toBe(directory);
  expect(formatted).toEqual(["ext3"]);
  const { size, blocks } = await stat(join(root, "vol-1", "disk"));
  expect([size, blocks]).toEqual([2 * 2 ** 30, 0]);
  expect([...mounted]).toEqual([[directory, join(root, "vol-1", "disk")]]);
});

test("one that could not be formatted is begun anew", async () => {
  const disks = new EbsDisks(root, tools);
  fails = "mkfs.xfs is not on this machine";
  await expect(disks.mount(wanted())).rejects.toThrow(fails);
  fails = undefined;
  await disks.mount(wanted());
  expect(formatted).toEqual(["default"]);
});

test("after a restart of the machine what is there is mounted again", async () => {
  const disks = new EbsDisks(root, tools);
  await disks.mount(wanted());
  mounted.clear();
  await disks.mount(wanted());
  expect(formatted).toHaveLength(1);
  expect(mounted.size).toBe(1);
});

test("it goes with its task; one that is to stay does, if it was ever used", async () => {
  const disks = new EbsDisks(root, tools);
  await disks.mount(wanted());
  await disks.mount(wanted({ volumeId: "vol-2", deleteOnTermination: false }));
  await disks.mount(wanted({ volumeId: "vol-3", deleteOnTermination: false }));
  await disks.markUsed("vol-3");
  for (const volumeId of ["vol-1", "vol-2", "vol-3", "vol-4"]) await disks.release(volumeId);
  expect(mounted.size).toBe(0);
  expect(await disks.list()).toEqual([{ volumeId: "vol-3", taskArn: "task", kept: true }]);
  await disks.release("vol-3"); // twice does no harm
  await disks.remove("vol-3");
  expect(await readdir(root)).toEqual([]);
});

test("a task that was over before its start was noted keeps what it wrote", async () => {
  const disks = new EbsDisks(root, tools);
  await disks.mount(wanted({ deleteOnTermination: false }));
  await Promise.all([disks.markUsed("vol-1"), disks.release("vol-1")]);
  expect(await disks.list()).toEqual([{ volumeId: "vol-1", taskArn: "task", kept: true }]);
});

test("nothing is removed while something is mounted in it, and no file that it does not know", async () => {
  const disks = new EbsDisks(root, tools);
  const directory = await disks.mount(wanted());
  await expect(disks.remove("vol-1")).rejects.toThrow("is mounted");
  mounted.clear(); // and still there, as for a table that tells it otherwise
  await writeFile(join(directory, "precious"), "");
  await expect(disks.release("vol-1")).rejects.toThrow("ENOTEMPTY");
  expect(await readdir(directory)).toEqual(["precious"]);
  await rm(join(directory, "precious"));
  await disks.release("vol-1");
  expect(await readdir(root)).toEqual([]);
});

test("a volume is one task's, and one whose note cannot be read is nobody's to make anew", async () => {
  const disks = new EbsDisks(root, tools);
  await disks.mount(wanted());
  await expect(disks.mount(wanted({ taskArn: "other" }))).rejects.toThrow("it belongs to task");
  await writeFile(join(root, "vol-1", "note.json"), "{");
  for (const act of [disks.mount(wanted()), disks.markUsed("vol-1"), disks.release("vol-1")]) {
    await expect(act).rejects.toThrow("the note of whose it is cannot be read");
  }
  expect(await disks.list()).toEqual([]);
  await rm(join(root, "vol-1", "note.json"));
  await expect(disks.mount(wanted())).rejects.toThrow("has no note");
  expect(formatted).toHaveLength(1);
});

test.each(["", ".", "..", "vol-../x", "/etc", "vol-"])("%j is no volume", async (volumeId) => {
  const disks = new EbsDisks(root, tools);
  await mkdir(join(root, "vol-1"));
  const no = "is no id of a volume";
  await expect(disks.mount(wanted({ volumeId }))).rejects.toThrow(no);
  await expect(disks.release(volumeId)).rejects.toThrow(no);
  await expect(disks.remove(volumeId)).rejects.toThrow(no);
  expect(await readdir(root)).toEqual(["vol-1"]);
});
