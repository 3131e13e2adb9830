import { expect, test } from "vitest";
import { isFargateSize } from "./fargate-sizes.ts";

// Source: ECS API reference, RegisterTaskDefinition, `memory`; how many sizes there are in each row of the table.
test.each([
  [256, 3],
  [512, 4],
  [1024, 7],
  [2048, 13],
  [4096, 23],
  [8192, 12],
  [16384, 12],
  [128, 0],
  [768, 0],
  [32768, 0],
])("%s CPU units have %s memory sizes", (cpu, count) => {
  const all = Array.from({ length: 130 * 2 + 1 }, (_, index) => index * 512);
  expect(all.filter((memory) => isFargateSize(cpu, memory, false))).toHaveLength(count);
});

test.each([
  [256, 512, true],
  [256, 2048, true],
  [256, 3072, false],
  [512, 512, false],
  [1024, 8192, true],
  [1024, 9216, false],
  [4096, 30_720, true],
  [8192, 16_384, true],
  [8192, 18_432, false],
  [8192, 61_440, true],
  [16384, 122_880, true],
  [16384, 36_864, false],
])("%s CPU with %s MiB: %s", (cpu, memory, expected) => {
  expect(isFargateSize(cpu, memory, false)).toBe(expected);
});

test("Windows has at least one vCPU and four at the most", () => {
  expect([512, 1024, 4096, 8192].map((cpu) => isFargateSize(cpu, cpu * 4, true))).toEqual([false, true, true, false]);
});
