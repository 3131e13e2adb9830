import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  exampleContainer,
  exampleContainerInstance,
  exampleContainerInstanceArn,
  examplePlace,
  exampleTask,
  exampleTaskArn,
  exampleTaskDefinition,
  exampleTaskDefinitionArn,
  exampleTime,
} from "../model/examples.ts";
import { countingIds } from "../platform/ids.ts";
import { MemoryStore } from "../store/memory-store.ts";
import { placementWrites } from "./commit-placement.ts";
import { PlacementSession, requestFor } from "./placement-session.ts";

const gpu = (value: string) => [{ type: "GPU" as const, value }];
const taskDefinition = exampleTaskDefinition({
  registered: {
    containerDefinitions: [
      { name: "train", image: "train", resourceRequirements: gpu("2") },
      { name: "watch", image: "watch" },
      { name: "serve", image: "serve", resourceRequirements: gpu("1") },
    ],
  },
});
const gpuTask = exampleTask({
  containers: ["train", "watch", "serve"].map((name) => exampleContainer({ name })),
  demand: { cpu: 1, memory: 1, ports: [], gpus: 3, networkInterfaces: 0 },
});

async function machineWith(gpuIds: readonly string[]) {
  const store = new MemoryStore();
  const { registered } = exampleContainerInstance();
  await store.commit([
    {
      kind: "containerInstance",
      arn: exampleContainerInstanceArn(),
      expected: 0,
      value: exampleContainerInstance({ registered: { ...registered, gpuIds } }),
    },
    { kind: "taskDefinition", arn: exampleTaskDefinitionArn, expected: 0, value: taskDefinition },
  ]);
  let last = 0;
  return {
    store,
    async place(count: number) {
      const snapshot = store.snapshot();
      const { placements } = new PlacementSession(snapshot).place(requestFor(gpuTask, taskDefinition), count);
      const tasks = placements.map((placement) => ({
        arn: exampleTaskArn((last += 1)),
        expected: 0,
        value: gpuTask,
        placement,
      }));
      await store.commit(
        placementWrites(tasks, { snapshot, place: examplePlace, now: exampleTime, ids: countingIds() }),
      );
      return placements.length;
    },
    held: () =>
      store
        .snapshot()
        .list("task")
        .filter(({ value }) => value.lastStatus !== "STOPPED")
        .map(({ value }) => value.containers.map(({ gpuIds = [] }) => gpuIds)),
  };
}

test("each container holds the GPUs that it asks for, and gives them back when its task has stopped", async () => {
  const machine = await machineWith(["g1", "g2", "g3", "g4", "g5"]);
  expect(await machine.place(2)).toBe(1);
  expect(machine.held()).toEqual([[["g1", "g2"], [], ["g3"]]]);
  const [first] = machine.store.snapshot().list("task");
  if (first === undefined) throw new Error("it was placed");
  await machine.store.commit([
    { ...first, expected: first.revision, value: { ...first.value, lastStatus: "STOPPED" } },
  ]);
  expect(await machine.place(1)).toBe(1);
  expect(machine.held()).toEqual([[["g1", "g2"], [], ["g3"]]]);
});

test("no GPU is ever held twice", async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(12), fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 4 }), async (count, rounds) => {
      const gpuIds = Array.from({ length: count }, (_, at) => `g${at}`);
      const machine = await machineWith(gpuIds);
      for (const round of rounds) await machine.place(round);
      const all = machine.held().flat(2);
      expect(new Set(all).size).toBe(all.length);
      expect(all.every((id) => gpuIds.includes(id))).toBe(true);
      expect(all.length % 3).toBe(0);
    }),
    { numRuns: 30 },
  );
});
