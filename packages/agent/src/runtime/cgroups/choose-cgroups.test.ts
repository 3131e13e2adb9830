import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { silentLogger } from "../../platform/logger.ts";
import { Cgroupfs } from "./cgroupfs.ts";
import { type ChooseCgroups, chooseCgroups } from "./choose-cgroups.ts";
import { SystemdSlices } from "./systemd-slices.ts";
import { noTaskCgroups } from "./task-cgroups.ts";

const taskId = "0123456789abcdef0123456789abcdef";
let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "hatoba-cgroup-"));
  for (const controller of ["cpu", "memory"]) mkdirSync(join(root, controller));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const choose = (more: Partial<ChooseCgroups> = {}) =>
  chooseCgroups({
    wanted: undefined,
    root,
    driver: "cgroupfs",
    isLocal: true,
    settings: {},
    logger: silentLogger,
    ...more,
  });

describe("the choice", () => {
  test.each<[string, Partial<ChooseCgroups>]>([
    ["switched off", { wanted: false }],
    ["an engine elsewhere", { isLocal: false }],
    ["a tree that cannot be written", { root: "/proc/nothing" }],
    ["version 1 that belongs to systemd", { driver: "systemd" }],
  ])("without: %s", async (_case, more) => {
    const cgroups = await choose(more);
    expect(await cgroups.create(taskId, { cpuShares: 2 })).toBeUndefined();
    await cgroups.remove(taskId);
  });

  test("what cannot be done although it is wanted explicitly is said", async () => {
    await expect(choose({ wanted: true, isLocal: false })).rejects.toThrow(
      "the container engine is on another machine",
    );
  });

  test("off is off", async () => {
    expect(await choose({ wanted: false })).toBe(noTaskCgroups);
  });
});

describe("in version 1", () => {
  test("the task's group is under each controller that limits something, and made again it is the same", async () => {
    const cgroups = await choose();
    for (let time = 0; time < 2; time += 1) {
      expect(await cgroups.create(taskId, { vcpus: 0.25, cpuShares: 10, memoryMiB: 64 })).toBe(`/ecs/${taskId}`);
    }
    expect(readFileSync(join(root, "cpu/ecs", taskId, "cpu.cfs_quota_us"), "utf8")).toBe("25000");
    expect(readFileSync(join(root, "memory/ecs", taskId, "memory.limit_in_bytes"), "utf8")).toBe(String(64 << 20));
  });

  test("removed, it is gone under every controller, and the groups of others stay", async () => {
    const cgroups = new Cgroupfs({ root, version: 1, settings: {} });
    for (const controller of ["cpu", "memory", "freezer"]) {
      mkdirSync(join(root, controller, "ecs", taskId), { recursive: true });
      mkdirSync(join(root, controller, "ecs", "other"), { recursive: true });
    }
    await cgroups.remove(taskId);
    await cgroups.remove(taskId);
    for (const controller of ["cpu", "memory", "freezer"]) {
      expect(existsSync(join(root, controller, "ecs", taskId))).toBe(false);
      expect(existsSync(join(root, controller, "ecs", "other"))).toBe(true);
    }
  });

  test("a task whose group cannot be made runs without one", async () => {
    const cgroups = await choose();
    writeFileSync(join(root, "cpu/ecs", taskId), "in the way");
    expect(await cgroups.create(taskId, { cpuShares: 2 })).toBeUndefined();
  });
});

test("in version 2 limits are handed down, and the group has its files", async () => {
  writeFileSync(join(root, "cgroup.controllers"), "cpu memory pids");
  const cgroups = await choose({ settings: { pidsLimit: 50 } });
  expect(readFileSync(join(root, "cgroup.subtree_control"), "utf8")).toBe("+cpu +memory +pids");
  expect(await cgroups.create(taskId, { vcpus: 2, cpuShares: 10 })).toBe(`/ecs/${taskId}`);
  expect(readFileSync(join(root, "ecs", taskId, "cpu.max"), "utf8")).toBe("200000 100000");
  expect(readFileSync(join(root, "ecs", taskId, "pids.max"), "utf8")).toBe("50");
});

describe("slices of systemd", () => {
  const call = "call --quiet org.freedesktop.systemd1 /org/freedesktop/systemd1 org.freedesktop.systemd1.Manager";

  test("are transient units with the task's limits", async () => {
    const asked: string[] = [];
    const slices = new SystemdSlices({}, async (program, args) => void asked.push([program, ...args].join(" ")));
    await slices.prepare();
    expect(await slices.create(taskId, { vcpus: 1.5, cpuShares: 2, memoryMiB: 1 })).toBe(`ecstasks-${taskId}.slice`);
    await slices.remove(taskId);
    expect(asked).toEqual([
      "busctl --quiet status org.freedesktop.systemd1",
      `busctl ${call} StartTransientUnit ssa(sv)a(sa(sv)) ecstasks-${taskId}.slice replace 2 CPUQuotaPerSecUSec t 1500000 MemoryMax t 1048576 0`,
      `busctl ${call} StopUnit ss ecstasks-${taskId}.slice replace`,
    ]);
  });

  test("that an earlier process has made are taken over; other failures are told", async () => {
    const failing = (text: string) =>
      new SystemdSlices({}, async () => {
        throw new Error(text);
      });
    const taken = failing(`Call failed: Unit ecstasks-${taskId}.slice was already loaded or has a fragment file.`);
    expect(await taken.create(taskId, { cpuShares: 2 })).toBe(`ecstasks-${taskId}.slice`);
    await taken.remove(taskId);
    await expect(failing("Access denied").create(taskId, { cpuShares: 2 })).rejects.toThrow("Access denied");
  });
});
