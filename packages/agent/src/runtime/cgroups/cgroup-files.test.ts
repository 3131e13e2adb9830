import * as fc from "fast-check";
import { expect, test } from "vitest";
import { cgroupV1Files, cgroupV2Files, cpuPeriodUs, cpuQuotaUs, sliceProperties, weightOf } from "./cgroup-files.ts";

const values = (files: ReturnType<typeof cgroupV1Files>) =>
  Object.fromEntries(files.map(({ controller, file, value }) => [`${controller}/${file}`, value]));

test("a task with limits of its own, in either version and for systemd", () => {
  const limits = { vcpus: 0.5, memoryMiB: 512, cpuShares: 300 };
  const settings = { pidsLimit: 100 };
  expect(values(cgroupV1Files(limits, settings))).toEqual({
    "cpu/cpu.cfs_period_us": "100000",
    "cpu/cpu.cfs_quota_us": "50000",
    "memory/memory.limit_in_bytes": "536870912",
    "pids/pids.max": "100",
  });
  expect(values(cgroupV2Files(limits, settings))).toEqual({
    "cpu/cpu.max": "50000 100000",
    "memory/memory.max": "536870912",
    "pids/pids.max": "100",
  });
  expect(sliceProperties(limits, settings)).toEqual([
    ["CPUQuotaPerSecUSec", "t", "500000"],
    ["MemoryMax", "t", "536870912"],
    ["TasksMax", "t", "100"],
  ]);
});

test("a task without limits has the shares of its containers", () => {
  expect(values(cgroupV1Files({ cpuShares: 300 }, {}))).toEqual({ "cpu/cpu.shares": "300" });
  expect(values(cgroupV2Files({ cpuShares: 1024 }, {}))).toEqual({ "cpu/cpu.weight": "39" });
  expect(sliceProperties({ cpuShares: 1024 }, {})).toEqual([["CPUWeight", "t", "39"]]);
});

test("whatever is asked for, the kernel takes the values", () => {
  const limits = fc.record({ vcpus: fc.double({ min: 0.001, max: 256, noNaN: true }), cpuShares: fc.nat(1_000_000) });
  fc.assert(
    fc.property(limits, ({ vcpus, cpuShares }) => {
      expect(cpuQuotaUs(vcpus)).toBeGreaterThanOrEqual(1000);
      expect(cpuQuotaUs(vcpus)).toBeLessThanOrEqual(Math.max(1000, vcpus * cpuPeriodUs + 1));
      const shares = Number(values(cgroupV1Files({ cpuShares }, {}))["cpu/cpu.shares"]);
      expect(shares).toBeGreaterThanOrEqual(2);
      expect(shares).toBeLessThanOrEqual(262_144);
      expect(weightOf(shares)).toBeGreaterThanOrEqual(1);
      expect(weightOf(shares)).toBeLessThanOrEqual(10_000);
    }),
  );
});
