import type { ContainerDefinition, ContainerOverride, TaskOverride } from "@aws-sdk/client-ecs";
import type { Demand } from "./task.ts";
import type { TaskDefinition } from "./task-definition.ts";

/** CPU units of a task-level `cpu`: `256`, or `.25 vCPU`; undefined for what is neither. */
export function parseCpuUnits(text: string): number | undefined {
  const [, number, unit] = /^\s*(\d+|\d*\.\d+)\s*(vcpu)?\s*$/i.exec(text) ?? [];
  if (number === undefined) return undefined;
  return unit === undefined ? Number(number) : Math.round(Number(number) * 1024);
}

/** MiB of a task-level `memory`: `512`, or `0.5 GB`; undefined for what is neither. */
export function parseMemoryMiB(text: string): number | undefined {
  const [, number, unit] = /^\s*(\d+|\d*\.\d+)\s*(gb)?\s*$/i.exec(text) ?? [];
  if (number === undefined) return undefined;
  return unit === undefined ? Number(number) : Math.round(Number(number) * 1024);
}

/**
 * What a task takes from a container instance. CPU and memory are those of the task if it states them, and else the sum
 * over its containers, where a soft memory limit counts before a hard one.
 * Source: ECS API reference, ContainerDefinition (cpu, memory, memoryReservation) and PortMapping (hostPort).
 */
export function taskDemand(registered: TaskDefinition["registered"], overrides: TaskOverride = {}): Demand {
  const containers = (registered.containerDefinitions ?? []).map((container) => ({
    ...container,
    ...stated(overrides.containerOverrides?.find(({ name }) => name === container.name)),
  }));
  const cpu = overrides.cpu ?? registered.cpu;
  const memory = overrides.memory ?? registered.memory;
  const awsvpc = registered.networkMode === "awsvpc";
  return {
    cpu: (cpu && parseCpuUnits(cpu)) || sum(containers.map((container) => container.cpu)),
    memory:
      (memory && parseMemoryMiB(memory)) ||
      sum(containers.map((container) => container.memoryReservation ?? container.memory)),
    ports: awsvpc
      ? []
      : containers.flatMap((container) => fixedHostPorts(container, registered.networkMode === "host")),
    gpus: sum(containers.map(gpusOf)),
    networkInterfaces: awsvpc ? 1 : 0,
  };
}

const sum = (numbers: readonly (number | undefined)[]) => numbers.reduce<number>((total, one) => total + (one ?? 0), 0);

/** The members of a container's override that change what it takes. */
function stated(override: ContainerOverride | undefined): Partial<ContainerDefinition> {
  if (override === undefined) return {};
  const { cpu, memory, memoryReservation, resourceRequirements } = override;
  return {
    ...(cpu === undefined ? {} : { cpu }),
    ...(memory === undefined ? {} : { memory }),
    ...(memoryReservation === undefined ? {} : { memoryReservation }),
    ...(resourceRequirements === undefined ? {} : { resourceRequirements }),
  };
}

/** How many GPUs a container asks for. */
export function gpusOf({ resourceRequirements }: Pick<ContainerDefinition, "resourceRequirements">): number {
  const gpus = resourceRequirements?.find(({ type }) => type === "GPU")?.value;
  return gpus === undefined ? 0 : Number.parseInt(gpus, 10) || 0;
}

/** With host networking a container port is the host's port; otherwise only a stated, non-zero host port is fixed. */
function fixedHostPorts({ portMappings }: ContainerDefinition, hostNetwork: boolean): readonly string[] {
  return (portMappings ?? []).flatMap(({ hostPort, containerPort, containerPortRange, protocol = "tcp" }) => {
    if (hostNetwork && containerPortRange !== undefined) {
      const [from = 0, to = from] = containerPortRange.split("-").map(Number);
      return Array.from({ length: Math.max(0, to - from + 1) }, (_, step) => `${protocol}/${from + step}`);
    }
    const port = hostPort || (hostNetwork ? containerPort : 0);
    return port ? [`${protocol}/${port}`] : [];
  });
}
