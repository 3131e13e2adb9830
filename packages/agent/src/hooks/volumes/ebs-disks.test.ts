import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
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
  await disks.mount(wanted({ volumeId: "vol-unused", deleteOnTermination: false }));
  await disks.mount(wanted({ volumeId: "vol-used", deleteOnTermination: false }));
  await disks.markUsed("vol-used");
  for (const volumeId of ["vol-1", "vol-unused", "vol-used", "vol-none"]) await disks.release(volumeId);
  expect(mounted.size).toBe(0);
  expect(await disks.list()).toEqual([{ volumeId: "vol-used", taskArn: "task", kept: true }]);
  await disks.release("vol-used"); // twice does no harm
  await disks.remove("vol-used");
  expect(await readdir(root)).toEqual([]);
});
