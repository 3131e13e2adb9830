import type { ChannelTask, ChannelTaskDefinitionContainer } from "@hatoba/contract";
import type { TaskLimits } from "../runtime/cgroups/task-cgroups.ts";
import type { Demand } from "./host-resources.ts";
import { networkModeOf } from "./known-task.ts";
import { portRange } from "./port-range.ts";

const MiB = 1024 * 1024;
/** What a container that asks for none gets. */
const leastShares = 2;

/**
 * What a task takes from its machine: CPU and memory of the task, or else the sum over its containers, where a soft
 * memory limit counts before a hard one. Source: agent protocol §5.1.
 */
export function taskDemand(payload: ChannelTask): Demand {
  const { containers, cpu, memory } = payload;
  return {
    cpu: cpu ? Math.round(cpu * 1024) : sum(containers.map((container) => container.cpu)),
    memoryMiB: memory || sum(containers.map(memoryOf)),
    ports: portsOf(payload),
    gpus: (payload.associations ?? []).filter(({ type }) => type === "gpu").map(({ name }) => name),
  };
}

/** What all containers of a task together are held to. Source: agent protocol §5.5. */
export function taskLimits({ containers, cpu, memory }: ChannelTask): TaskLimits {
  return {
    cpuShares: sum(containers.map((container) => Math.max(leastShares, container.cpu))),
    ...(cpu ? { vcpus: cpu } : {}),
    ...(memory ? { memoryMiB: memory } : {}),
  };
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0);

function memoryOf({ memory, dockerConfig }: ChannelTaskDefinitionContainer): number {
  // Cheap enough for every task: the text is searched, and only parsed where it says something.
  const [, bytes] = /"MemoryReservation":\s*(\d+)/.exec(dockerConfig.hostConfig) ?? [];
  return bytes === undefined || bytes === "0" ? memory : Math.ceil(Number(bytes) / MiB);
}

function portsOf(payload: ChannelTask): readonly string[] {
  const networkMode = networkModeOf(payload);
  if (networkMode !== "bridge" && networkMode !== "host") return [];
  return payload.containers.flatMap(({ portMappings }) =>
    (portMappings ?? []).flatMap(({ hostPort, containerPort, containerPortRange, protocol }) => {
      if (networkMode === "host" && containerPortRange !== undefined) {
        return portRange(containerPortRange).map((port) => `${protocol}/${port}`);
      }
      const port = hostPort || (networkMode === "host" ? containerPort : 0);
      return port ? [`${protocol}/${port}`] : [];
    }),
  );
}
