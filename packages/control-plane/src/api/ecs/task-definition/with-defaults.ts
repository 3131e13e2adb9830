import type { ContainerDefinition, PortMapping, Volume } from "@aws-sdk/client-ecs";
import type { TaskDefinition } from "../../../model/task-definition.ts";
import { parseCpuUnits, parseMemoryMiB } from "../../../model/task-demand.ts";
import type { Input } from "../operation.ts";
import { refuse } from "./refuse.ts";

type Registered = TaskDefinition["registered"];

/**
 * What the caller registers, with the members that ECS fills in, as its answers show them: lists that are empty, the
 * default of `essential`, ports, health checks, and CPU and memory of the task in units and MiB.
 * @throws EcsError ClientException for a CPU or memory that is no amount.
 */
export function withDefaults(input: Input<"RegisterTaskDefinition">): Registered {
  const { family: _family, tags: _tags, cpu, memory, ...rest } = input;
  return {
    ...rest,
    ...(cpu === undefined ? {} : { cpu: String(requireCpu(cpu)) }),
    ...(memory === undefined ? {} : { memory: String(requireMemory(memory)) }),
    containerDefinitions: (input.containerDefinitions ?? []).map((each) => containerWithDefaults(each, input)),
    volumes: (input.volumes ?? []).map(volumeWithDefaults),
    placementConstraints: input.placementConstraints ?? [],
  };
}

// Source: ECS developer guide, "Troubleshoot Amazon ECS task definition invalid CPU or memory errors".
const unreadable = (what: string) =>
  `Invalid '${what}' setting for task. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.`;

function requireCpu(text: string): number {
  const units = parseCpuUnits(text);
  return units === undefined || units < 1 || !Number.isInteger(units) ? refuse(unreadable("cpu")) : units;
}

function requireMemory(text: string): number {
  const memory = parseMemoryMiB(text);
  return memory === undefined || memory < 1 || !Number.isInteger(memory) ? refuse(unreadable("memory")) : memory;
}

function containerWithDefaults(
  container: ContainerDefinition,
  { networkMode }: Pick<Registered, "networkMode">,
): ContainerDefinition {
  const { healthCheck } = container;
  return {
    ...container,
    cpu: container.cpu ?? 0,
    essential: container.essential ?? true,
    portMappings: (container.portMappings ?? []).map((mapping) => portWithDefaults(mapping, networkMode)),
    environment: container.environment ?? [],
    mountPoints: container.mountPoints ?? [],
    volumesFrom: container.volumesFrom ?? [],
    systemControls: container.systemControls ?? [],
    ...(healthCheck === undefined
      ? {}
      : {
          healthCheck: {
            ...healthCheck,
            interval: healthCheck.interval ?? 30,
            timeout: healthCheck.timeout ?? 5,
            retries: healthCheck.retries ?? 3,
          },
        }),
  };
}

/** Where a container has the host's or its own network, a host port that is not stated is the container's port. */
function portWithDefaults(mapping: PortMapping, networkMode: Registered["networkMode"]): PortMapping {
  const protocol = mapping.protocol ?? "tcp";
  if (mapping.containerPortRange !== undefined) return { ...mapping, protocol };
  const same = networkMode === "awsvpc" || networkMode === "host";
  const hostPort = same ? mapping.hostPort || mapping.containerPort : (mapping.hostPort ?? 0);
  return { ...mapping, protocol, ...(hostPort === undefined ? {} : { hostPort }) };
}

const volumeKinds = [
  "dockerVolumeConfiguration",
  "efsVolumeConfiguration",
  "fsxWindowsFileServerVolumeConfiguration",
  "s3filesVolumeConfiguration",
] as const;

function volumeWithDefaults(volume: Volume): Volume {
  const { efsVolumeConfiguration: efs, dockerVolumeConfiguration: docker } = volume;
  if (efs !== undefined) {
    return { ...volume, efsVolumeConfiguration: { ...efs, rootDirectory: efs.rootDirectory || "/" } };
  }
  if (docker !== undefined) {
    return { ...volume, dockerVolumeConfiguration: { ...docker, scope: docker.scope ?? "task" } };
  }
  const isBindMount = !volume.configuredAtLaunch && volumeKinds.every((kind) => volume[kind] === undefined);
  return isBindMount ? { ...volume, host: volume.host ?? {} } : volume;
}
