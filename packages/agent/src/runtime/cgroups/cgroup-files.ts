import type { TaskLimits } from "./task-cgroups.ts";

/** Values of all tasks of an agent. */
export interface CgroupSettings {
  /** ECS_TASK_PIDS_LIMIT; absent for none. */
  readonly pidsLimit?: number;
}

/** A value to write, in the folder of one controller (version 1) or of the group itself (version 2). */
export interface CgroupFile {
  readonly controller: "cpu" | "memory" | "pids";
  readonly file: string;
  readonly value: string;
}

const MiB = 1024 * 1024;
/** The kernel takes nothing outside of these. */
const shares = { least: 2, most: 262_144 } as const;
/** The kernel takes no shorter quota, in microseconds. */
const leastQuotaUs = 1000;

/** In microseconds; the same for a task and its containers, so that neither is ever the tighter one by a rounding. */
export const cpuPeriodUs = 100_000;
/** Microseconds of CPU time in each period. */
export const cpuQuotaUs = (vcpus: number): number => Math.max(leastQuotaUs, Math.round(vcpus * cpuPeriodUs));

const sharesOf = ({ cpuShares }: TaskLimits) => Math.min(shares.most, Math.max(shares.least, cpuShares));

/** The limits of a task as cgroup version 1 spells them. Source: agent protocol §5.5; kernel documentation, cgroup-v1. */
export function cgroupV1Files(limits: TaskLimits, { pidsLimit }: CgroupSettings): readonly CgroupFile[] {
  const { vcpus, memoryMiB } = limits;
  return [
    ...(vcpus
      ? ([
          { controller: "cpu", file: "cpu.cfs_period_us", value: String(cpuPeriodUs) },
          { controller: "cpu", file: "cpu.cfs_quota_us", value: String(cpuQuotaUs(vcpus)) },
        ] as const)
      : ([{ controller: "cpu", file: "cpu.shares", value: String(sharesOf(limits)) }] as const)),
    ...(memoryMiB
      ? ([{ controller: "memory", file: "memory.limit_in_bytes", value: String(memoryMiB * MiB) }] as const)
      : []),
    ...(pidsLimit ? ([{ controller: "pids", file: "pids.max", value: String(pidsLimit) }] as const) : []),
  ];
}

/** The same in version 2. Source: kernel documentation, cgroup-v2. */
export function cgroupV2Files(limits: TaskLimits, { pidsLimit }: CgroupSettings): readonly CgroupFile[] {
  const { vcpus, memoryMiB } = limits;
  return [
    vcpus
      ? { controller: "cpu", file: "cpu.max", value: `${cpuQuotaUs(vcpus)} ${cpuPeriodUs}` }
      : { controller: "cpu", file: "cpu.weight", value: String(weightOf(sharesOf(limits))) },
    ...(memoryMiB ? ([{ controller: "memory", file: "memory.max", value: String(memoryMiB * MiB) }] as const) : []),
    ...(pidsLimit ? ([{ controller: "pids", file: "pids.max", value: String(pidsLimit) }] as const) : []),
  ];
}

/** The weight (1…10000) that stands for so many shares (2…262144), as container runtimes convert them. */
export const weightOf = (cpuShares: number): number => 1 + Math.floor(((cpuShares - 2) * 9999) / 262_142);

/**
 * Properties of a transient slice with these limits, as `busctl` takes them: name, type, value. systemd counts CPU time per second.
 * Source: org.freedesktop.systemd1(5), systemd.resource-control(5).
 */
export function sliceProperties(limits: TaskLimits, { pidsLimit }: CgroupSettings): readonly (readonly string[])[] {
  const { vcpus, memoryMiB } = limits;
  return [
    vcpus
      ? ["CPUQuotaPerSecUSec", "t", String(cpuQuotaUs(vcpus) * 10)]
      : ["CPUWeight", "t", String(weightOf(sharesOf(limits)))],
    ...(memoryMiB ? [["MemoryMax", "t", String(memoryMiB * MiB)]] : []),
    ...(pidsLimit ? [["TasksMax", "t", String(pidsLimit)]] : []),
  ];
}
