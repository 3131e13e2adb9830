import { expect, test } from "vitest";
import { containerPayload, openMachine, stopPayload, taskPayload } from "./engine.fixture.ts";

const supply = { cpu: 4096, memoryMiB: 4096, ports: [], gpus: ["GPU-1", "GPU-2", "GPU-3"] };
const gpuTask = (id: number, ...names: string[]) =>
  taskPayload(id, {
    containers: [
      containerPayload("train", { environment: { NVIDIA_VISIBLE_DEVICES: "all" } }),
      containerPayload("side"),
    ],
    associations: names.map((name) => ({ type: "gpu" as const, name, containers: ["train"] })),
  });

test("a container sees the GPUs that it was given, and others of its task see none", async () => {
  const machine = await openMachine(undefined, { supply }, { gpuRuntime: "nvidia-experimental" });
  await machine.engine.assign([gpuTask(1, "GPU-1", "GPU-3")], 1);
  await machine.pass(1000);
  const train = machine.container("train")?.spec;
  expect(train?.environment["NVIDIA_VISIBLE_DEVICES"]).toBe("GPU-1,GPU-3");
  expect(train?.dockerHostConfig["Runtime"]).toBe("nvidia-experimental");
  expect(machine.container("side")?.spec.environment).not.toHaveProperty("NVIDIA_VISIBLE_DEVICES");
  expect(machine.container("side")?.spec.dockerHostConfig).not.toHaveProperty("Runtime");
});

test("a task waits for a GPU that another one still has, and one that the machine does not have is refused", async () => {
  const machine = await openMachine(undefined, { supply });
  await machine.engine.assign([gpuTask(1, "GPU-1")], 1);
  await machine.engine.assign([gpuTask(2, "GPU-1")], 2);
  await machine.engine.assign([gpuTask(3, "GPU-9")], 3);
  await machine.pass(1000);
  expect(machine.statuses(2)).toEqual({ train: "NONE", side: "NONE" });
  expect(machine.reports.accepted.find(({ status }) => status === "STOPPED")?.reason).toContain("GPU GPU-9");
  await machine.engine.assign([stopPayload(1)], 4);
  await machine.pass(1000);
  expect(machine.statuses(2)).toEqual({ train: "RUNNING", side: "RUNNING" });
});
