import type { ContainerSpec } from "../runtime/container-runtime.ts";
import type { CreateBody } from "../runtime/docker-spec.ts";
import { createBody } from "../runtime/docker-spec.ts";
import { type EnginePlatform, linuxEngine } from "../runtime/engine-platform.ts";
import { lacksOnWindows } from "./refusals.ts";
import { canonicalPath, isHostPath } from "./windows-paths.ts";

const MiB = 1024 * 1024;
const minute = 60_000;
/** Less is raised to it. Source: agent protocol §10.1, Minimum memory. */
const leastMemoryMiB = 256;
const sharesPerCpu = 1024;

/** How containers on Windows are bounded. */
export interface WindowsBounds {
  /** Of the machine. */
  readonly cpus: number;
  /** ECS_ENABLE_CPU_UNBOUNDED_WINDOWS_WORKAROUND: no CPU in the task definition then means no limit. */
  readonly cpuUnbounded: boolean;
  /** ECS_ENABLE_MEMORY_UNBOUNDED_WINDOWS_WORKAROUND: a soft limit alone then means no limit. */
  readonly memoryUnbounded: boolean;
}

/**
 * Docker on Windows. What it has no like of and nothing depends on is changed here; what a task asks for and Docker refuses
 * goes to it as it is, so that the reason a user reads is Docker's own, as with the genuine agent. Source: agent protocol §10.1.
 */
export function windowsEngine(bounds: WindowsBounds): EnginePlatform {
  return {
    osType: "windows",
    waits: { ...linuxEngine.waits, start: 8 * minute, pullInactivity: 3 * minute },
    limitsTasks: false,
    createBody: (spec) => windowsBody(spec, bounds),
    lacks: lacksOnWindows,
  };
}

function windowsBody(spec: ContainerSpec, bounds: WindowsBounds): CreateBody {
  const body = createBody({ ...spec, mounts: spec.mounts.map(onWindows), ports: spec.ports.map(onAllAddresses) });
  const { CpuShares, Memory, MemoryReservation, NetworkMode, ...rest } = body.HostConfig;
  return {
    ...body,
    HostConfig: {
      ...rest,
      CpuPercent: cpuPercent(unboundedZero(spec, bounds) ? 0 : Number(CpuShares), bounds.cpus),
      ...memoryLimits(Number(Memory ?? 0), MemoryReservation, bounds),
      NetworkMode: NetworkMode === "bridge" || NetworkMode === "default" ? "nat" : NetworkMode,
    },
  };
}

/**
 * CPU shares as a share of all processors, in per cent: on Windows they are a limit. 1 at the least, but for 0, which is none.
 * Source: agent protocol §10.1, CPU.
 */
export function cpuPercent(shares: number, cpus: number): number {
  if (shares === 0) return 0;
  return Math.max(1, Math.floor((shares * 100) / (cpus * sharesPerCpu)));
}

const unboundedZero = ({ cpuShares }: ContainerSpec, { cpuUnbounded }: WindowsBounds) =>
  cpuShares === 0 && cpuUnbounded;

function memoryLimits(bytes: number, reservation: unknown, { memoryUnbounded }: WindowsBounds) {
  const isUnbounded = bytes === 0 && memoryUnbounded;
  return {
    ...(bytes === 0 ? {} : { Memory: Math.max(leastMemoryMiB * MiB, bytes) }),
    ...(reservation === undefined || isUnbounded ? {} : { MemoryReservation: reservation }),
  };
}

type Mount = ContainerSpec["mounts"][number];

/** Names of volumes have a case. */
const onWindows = ({ source, target, readOnly }: Mount): Mount => ({
  source: isHostPath(source) ? canonicalPath(source) : source,
  target: canonicalPath(target),
  readOnly,
});

/** "Windows does not support host IP addresses in NAT settings", as its engine puts it. */
const onAllAddresses = ({ containerPort, hostPort, protocol }: ContainerSpec["ports"][number]) => ({
  containerPort,
  hostPort,
  protocol,
});
