import { expect, test } from "vitest";
import { attributesOf } from "./attributes.ts";
import { findGpus, type GpuSources } from "./find-gpus.ts";
import { silentLogger } from "./platform/logger.ts";

const none = () => Promise.reject(new Error("ENOENT"));
const find = (sources: Partial<GpuSources>) => findGpus(true, silentLogger, { info: none, list: none, ...sources });
const found = { ids: ["GPU-1", "GPU-2"], driverVersion: "550.54" };

test("GPUs are those that the file names, or else the driver", async () => {
  const info = async () => JSON.stringify({ DriverVersion: "550.54", GPUIDs: ["GPU-1", "GPU-2"] });
  const list = async () => "GPU-1, 550.54\nGPU-2, 550.54\n";
  expect(await find({ info })).toEqual(found);
  expect(await find({ list })).toEqual(found);
});

test.each<[string, Partial<GpuSources>]>([
  ["no driver", {}],
  ["a driver without a device", { list: async () => "" }],
  ["a file that is something else", { info: async () => "{}" }],
])("none: %s", async (_case, sources) => {
  expect(await find(sources)).toBeUndefined();
});

test("nobody looks for what is not wanted", async () => {
  expect(await findGpus(false, silentLogger, { info: none, list: none })).toBeUndefined();
});

test("a machine with GPUs says so", () => {
  const facts = {
    engineVersion: "20.10.24",
    apiVersion: "1.41",
    cpus: 2,
    memoryMiB: 1024,
    architecture: "x86_64",
    loggingDrivers: [],
  } as const;
  const names = (more: object) => attributesOf({ ...facts, ...more }, { capacity: "EC2" });
  expect(names({ gpus: found })).toContainEqual({ name: "ecs.capability.gpu-driver-version", value: "550.54" });
  expect(names({}).some(({ name }) => name.includes("gpu"))).toBe(false);
});
