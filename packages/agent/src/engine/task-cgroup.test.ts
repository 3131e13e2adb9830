import { expect, test } from "vitest";
import type { TaskCgroups, TaskLimits } from "../runtime/cgroups/task-cgroups.ts";
import { containerPayload, openMachine, stopPayload, taskPayload, vpcPayload } from "./engine.fixture.ts";

/** Cgroups as a list. */
class KnownCgroups implements TaskCgroups {
  readonly there = new Map<string, TaskLimits>();
  readonly removed: string[] = [];

  async create(taskId: string, limits: TaskLimits): Promise<string> {
    this.there.set(taskId, limits);
    return `/ecs/${taskId}`;
  }

  async remove(taskId: string): Promise<void> {
    this.there.delete(taskId);
    this.removed.push(taskId);
  }
}

const idOf = (id: number) => String(id).padStart(32, "0");
const two = [containerPayload("one", { cpu: 0 }), containerPayload("two", { cpu: 100 })];

test("all containers of a task, its pause container too, live in one cgroup with the task's limits, which goes with it", async () => {
  const cgroups = new KnownCgroups();
  const machine = await openMachine(undefined, { cgroups });
  await machine.engine.assign([vpcPayload(1, { containers: two, cpu: 0.5, memory: 128 })], 1);
  await machine.engine.assign([taskPayload(2, { containers: two })], 2);
  await machine.pass(1000);
  expect(cgroups.there).toEqual(
    new Map([
      [idOf(1), { vcpus: 0.5, memoryMiB: 128, cpuShares: 102 }],
      [idOf(2), { cpuShares: 102 }],
    ]),
  );
  const parents = machine.runtime.containers.map(({ spec }) => spec.cgroupParent);
  expect(parents.toSorted((a = "", b = "") => a.localeCompare(b))).toEqual([
    ...Array<string>(3).fill(`/ecs/${idOf(1)}`),
    ...Array<string>(2).fill(`/ecs/${idOf(2)}`),
  ]);

  await machine.engine.assign([stopPayload(1)], 3);
  await machine.pass(60_000, 1000);
  expect([...cgroups.there.keys()]).toEqual([idOf(2)]);
});

test("the cgroup of a task that ended while its agent was away goes too", async () => {
  const cgroups = new KnownCgroups();
  const machine = await openMachine(undefined, { cgroups });
  await machine.engine.assign([taskPayload(1)], 1);
  await machine.pass(1000);
  machine.container("app")?.end(0);
  await machine.restartAgent();
  await machine.pass(60_000, 1000);
  expect(cgroups.there.size).toBe(0);
});

test("where there are none, containers have no parent", async () => {
  const machine = await openMachine();
  await machine.engine.assign([taskPayload(1, { cpu: 1 })], 1);
  await machine.pass(1000);
  expect(machine.container("app")?.spec).not.toHaveProperty("cgroupParent");
});
