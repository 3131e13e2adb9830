import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ChannelTask } from "@hatoba/contract";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ManualClock } from "../../platform/clock.ts";
import { silentLogger } from "../../platform/logger.ts";
import type { ContainerSpec } from "../../runtime/container-runtime.ts";
import { EbsDisks } from "./ebs-disks.ts";
import { EbsHook } from "./ebs-hook.ts";

let root: string;
let mounted: Set<string>;
let isBusy: boolean;
let kept: Set<string>;
/** What the control plane is told, call by call. */
let told: (readonly string[])[];
let clock: ManualClock;
let disks: EbsDisks;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "hatoba-ebs-hook-"));
  mounted = new Set();
  isBusy = false;
  kept = new Set();
  told = [];
  clock = new ManualClock();
  disks = new EbsDisks(root, {
    format: async () => undefined,
    mountLoop: async (_path, mountPoint) => void mounted.add(mountPoint),
    unmount: async (mountPoint) => {
      if (isBusy) throw new Error("target is busy");
      mounted.delete(mountPoint);
    },
    isMounted: async (mountPoint) => mounted.has(mountPoint),
  });
});
afterEach(() => rm(root, { recursive: true }));

const hookOver = (use: EbsDisks | undefined) =>
  new EbsHook({
    disks: use,
    stillKept: async (ids, removed) => {
      told.push(removed);
      return ids.filter((id) => kept.has(id));
    },
    clock,
    logger: silentLogger,
  });
const taskWith = (volumeId: string, deleteOnTermination: boolean) =>
  ({
    arn: `task-of-${volumeId}`,
    attachments: [
      {
        attachmentType: "amazonebs",
        attachmentProperties: [
          { name: "volumeId", value: volumeId },
          { name: "volumeName", value: "data" },
          { name: "volumeSizeGib", value: "1" },
          { name: "deleteOnTermination", value: String(deleteOnTermination) },
        ],
      },
    ],
  }) as unknown as ChannelTask;
const container = { name: "app", mountPoints: [{ sourceVolume: "data", containerPath: "/data" }] } as never;
const create = (hook: EbsHook, task: ChannelTask) =>
  hook.beforeCreate({ task, container, runtimeName: "r" }, {
    mounts: [{ source: "ebs:data", target: "/data", readOnly: false }],
  } as unknown as ContainerSpec);

test("containers of a task that come at once have one volume, and it goes with the task", async () => {
  const hook = hookOver(disks);
  const task = taskWith("vol-1", true);
  const specs = await Promise.all([create(hook, task), create(hook, task)]);
  const source = join(root, "vol-1", "mnt");
  expect(specs.map(({ mounts }) => mounts[0]?.source)).toEqual([source, source]);
  hook.forgotten(task);
  await vi.waitFor(async () => expect(await readdir(root)).toEqual([]));
  expect(mounted.size).toBe(0);
});

test("one that is busy is put away later", async () => {
  const hook = hookOver(disks);
  await hook.open([]);
  clock.advance(0);
  const task = taskWith("vol-1", true);
  await create(hook, task);
  isBusy = true;
  hook.forgotten(task);
  await vi.waitFor(async () => expect(await disks.list()).toHaveLength(1));
  isBusy = false;
  await vi.waitFor(async () => {
    clock.advance(10 * 60_000);
    expect(await readdir(root)).toEqual([]);
  });
});

test("a kept one stays until it was deleted; then its files go, and the control plane hears of that", async () => {
  const hook = hookOver(disks);
  const task = taskWith("vol-1", false);
  kept.add("vol-1");
  await create(hook, task);
  hook.started({ task, container, runtimeName: "r", runtimeId: "id" });
  hook.forgotten(task);
  await vi.waitFor(() => {
    clock.advance(0);
    expect(told).toEqual([[]]);
  });
  expect(await disks.list()).toMatchObject([{ volumeId: "vol-1", kept: true }]);
  kept.clear();
  clock.advance(10 * 60_000);
  await vi.waitFor(() => {
    clock.advance(0);
    expect(told).toEqual([[], [], ["vol-1"]]);
  });
  expect(await readdir(root)).toEqual([]);
});

test("after a restart, volumes of tasks that nobody knows are put away, and those of others stay as they are", async () => {
  const earlier = hookOver(disks);
  for (const id of ["vol-1", "vol-2"]) await create(earlier, taskWith(id, true));
  await hookOver(disks).open([{ arn: "task-of-vol-2" }]);
  await vi.waitFor(async () => expect(await readdir(root)).toEqual(["vol-2"]));
  expect([...mounted]).toEqual([join(root, "vol-2", "mnt")]);
});

test("where there can be none, a task is told what it takes", async () => {
  const hook = hookOver(undefined);
  const task = taskWith("vol-1", true);
  await expect(create(hook, task)).rejects.toThrow(
    "ResourceInitializationError: failed to set up EBS volume vol-1: this container instance has none: they take root, loop devices and mkfs on Linux",
  );
  hook.forgotten(task);
});
