import type { ChannelTask, ChannelTaskDefinitionContainer } from "@hatoba/contract";
import { cpuPeriodUs, cpuQuotaUs } from "../runtime/cgroups/cgroup-files.ts";
import {
  ContainerFailure,
  type ContainerNetwork,
  type ContainerSpec,
  type PortBinding,
} from "../runtime/container-runtime.ts";
import { type KnownContainer, type KnownTask, networkModeOf } from "./known-task.ts";
import { portRange } from "./port-range.ts";
import type { PlacedVolume } from "./task-volumes.ts";

/** What a container's spec depends on besides its task. */
export interface SpecContext {
  readonly region: string;
  /** On everything that this agent makes. */
  readonly labels: Readonly<Record<string, string>>;
  readonly volumes: ReadonlyMap<string, PlacedVolume>;
  /** Runtime id of the task's pause container, once there is one. */
  readonly pauseId?: string;
  /** See EngineSettings. */
  readonly gpuRuntime?: string;
  /** See EngineSettings. */
  readonly publishAddress?: string;
  /** Whether the CPU and memory of a task bind its containers; they do if left out. */
  readonly limitsTasks?: boolean;
  /** Host ports for a range of `length` container ports, in a row: the first of them. */
  pickHostPorts(length: number): number;
}

type Json = Readonly<Record<string, unknown>>;

/**
 * What to create for a container of the task definition. Source: agent protocol §3.5 (Container, dockerConfig), §5.5, §5.7.
 * @throws ContainerFailure if the payload cannot be turned into a container
 */
export function containerSpec(task: KnownTask, known: KnownContainer, context: SpecContext): ContainerSpec {
  const definition = task.payload.containers.find(({ name }) => name === known.name);
  if (definition === undefined)
    throw new ContainerFailure("TaskDependencyError", `no container ${known.name} in the task`);
  const config = parseJson(
    definition.dockerConfig.config,
    "DockerClientConfigError",
    "Unable decode given docker config",
  );
  const hostConfig = parseJson(
    definition.dockerConfig.hostConfig,
    "HostConfigError",
    "Unable to decode given host config",
  );
  if (definition.healthCheckType === "docker" && config["Healthcheck"] == null) {
    throw new ContainerFailure(
      "DockerClientConfigError",
      "docker health check is nil while container health check type is DOCKER",
    );
  }
  const { payload } = task;
  const gpus = gpusOf(payload, known.name);
  const limits = context.limitsTasks === false ? {} : { cpu: payload.cpu, memory: payload.memory };
  const command = commandOf(definition);
  const gpuRuntime = gpus.length === 0 ? {} : { Runtime: context.gpuRuntime ?? "nvidia" };
  return {
    name: known.runtimeName,
    image: definition.image,
    ...(command === undefined ? {} : { command }),
    ...(definition.entryPoint === undefined ? {} : { entryPoint: definition.entryPoint }),
    environment: {
      AWS_REGION: context.region,
      AWS_DEFAULT_REGION: context.region,
      ...definition.environment,
      ...(gpus.length === 0 ? {} : { NVIDIA_VISIBLE_DEVICES: gpus.join(",") }),
    },
    labels: { ...taskLabels(task, context.labels), "com.amazonaws.ecs.container-name": known.name },
    cpuShares: definition.cpu,
    memoryMiB: definition.memory || (limits.memory ?? 0),
    network: networkOf(task, context),
    ports: portsOf(task, definition, context),
    mounts: mountsOf(definition, context.volumes),
    volumesFrom: (definition.volumesFrom ?? []).map(
      ({ sourceContainer, readOnly }) => `${runtimeNameOf(task, sourceContainer)}${readOnly ? ":ro" : ""}`,
    ),
    links: networkModeOf(payload) === "bridge" ? (definition.links ?? []).map((link) => linkOf(task, link)) : [],
    dockerConfig: {
      ...(definition.stopTimeout === undefined ? {} : { StopTimeout: definition.stopTimeout }),
      ...config,
    },
    dockerHostConfig: { ...cpuLimit(limits.cpu), ...namespaces(task, context.pauseId), ...hostConfig, ...gpuRuntime },
  };
}

/** The container that holds a task's namespaces. `network` is the VPC's network in the runtime, for an awsvpc task. */
export function pauseSpec(
  task: KnownTask,
  known: KnownContainer,
  image: string,
  network: string | undefined,
  labels: Readonly<Record<string, string>>,
): ContainerSpec {
  return {
    name: known.runtimeName,
    image,
    environment: {},
    labels: { ...taskLabels(task, labels), "com.amazonaws.ecs.container-name": known.name },
    cpuShares: 2,
    memoryMiB: 0,
    network: network === undefined ? { mode: "none" } : vpcNetwork(task, network),
    ports: [],
    mounts: [],
    volumesFrom: [],
    links: [],
    dockerConfig: {},
    dockerHostConfig: task.payload.ipcMode === "task" ? { IpcMode: "shareable" } : {},
  };
}

/** Ids of the GPUs that a container of the task is to see. Source: agent protocol §3.5, Association. */
const gpusOf = ({ associations = [] }: ChannelTask, container: string) =>
  associations
    .filter(({ type, containers }) => type === "gpu" && containers.includes(container))
    .map(({ name }) => name);

/** Labels of everything that belongs to a task. */
export function taskLabels({ payload }: KnownTask, labels: Readonly<Record<string, string>>): Record<string, string> {
  return {
    ...labels,
    "com.amazonaws.ecs.cluster": payload.taskClusterArn ?? "",
    "com.amazonaws.ecs.task-arn": payload.arn,
    "com.amazonaws.ecs.task-definition-family": payload.family,
    "com.amazonaws.ecs.task-definition-version": payload.version,
  };
}

function parseJson(text: string | undefined, name: string, what: string): Json {
  try {
    const value: unknown = JSON.parse(text || "{}");
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Json;
    throw new ContainerFailure(name, `${what}: it is not a JSON object`);
  } catch (error) {
    if (error instanceof SyntaxError) throw new ContainerFailure(name, `${what}: ${error.message}`, { cause: error });
    throw error;
  }
}

/** Of the overrides only the command is honoured; everything else the control plane has worked into the payload. */
function commandOf({ command, overrides }: ChannelTaskDefinitionContainer): readonly string[] | undefined {
  if (!overrides || overrides === "{}") return command;
  const { command: other } = parseJson(overrides, "DockerClientConfigError", "Unable decode given overrides");
  return Array.isArray(other) ? other.map(String) : command;
}

function networkOf(task: KnownTask, { pauseId }: SpecContext): ContainerNetwork {
  const mode = networkModeOf(task.payload);
  if (mode !== "awsvpc") return { mode };
  if (pauseId === undefined)
    throw new ContainerFailure("ContainerNetworkingError", "the task has no network namespace");
  return { mode: "container", containerId: pauseId };
}

function vpcNetwork({ payload }: KnownTask, network: string): ContainerNetwork {
  const [face] = payload.elasticNetworkInterfaces ?? [];
  const address =
    face?.ipv4Addresses.find(({ primary }) => primary)?.privateAddress ?? face?.ipv4Addresses[0]?.privateAddress;
  if (face === undefined || address === undefined) {
    throw new ContainerFailure("ContainerNetworkingError", "the task came without a network interface");
  }
  const hostname = face.privateDnsName;
  return { mode: "vpc", network, address, macAddress: face.macAddress, ...(hostname ? { hostname } : {}) };
}

function portsOf(
  { payload }: KnownTask,
  { portMappings }: ChannelTaskDefinitionContainer,
  context: SpecContext,
): readonly PortBinding[] {
  if (networkModeOf(payload) !== "bridge") return [];
  const address = context.publishAddress === undefined ? {} : { hostIp: context.publishAddress };
  return (portMappings ?? []).flatMap(({ containerPort, hostPort = 0, containerPortRange, protocol }) => {
    if (containerPort !== undefined) return [{ containerPort, hostPort, protocol, ...address }];
    const ports = portRange(containerPortRange ?? "");
    const first = ports.length === 0 ? 0 : context.pickHostPorts(ports.length);
    return ports.map((port, index) => ({ containerPort: port, hostPort: first + index, protocol, ...address }));
  });
}

function mountsOf(
  { mountPoints }: ChannelTaskDefinitionContainer,
  volumes: SpecContext["volumes"],
): ContainerSpec["mounts"] {
  return (mountPoints ?? []).map(({ sourceVolume, containerPath, readOnly }) => {
    const volume = volumes.get(sourceVolume);
    if (volume === undefined)
      throw new ContainerFailure("HostConfigError", `Invalid volume referenced: ${sourceVolume}`);
    return { source: volume.source, target: containerPath, readOnly };
  });
}

function runtimeNameOf(task: KnownTask, name: string): string {
  return task.containers.find((container) => container.name === name)?.runtimeName ?? name;
}

function linkOf(task: KnownTask, link: string): string {
  const [name = "", alias = name] = link.split(":");
  return `${runtimeNameOf(task, name)}:${alias}`;
}

/** Each container may use the CPU of its task. That the sum stays below is the affair of the task's cgroup, where there is one. */
function cpuLimit(vcpus: number | undefined): Json {
  return vcpus ? { CpuPeriod: cpuPeriodUs, CpuQuota: cpuQuotaUs(vcpus) } : {};
}

function namespaces({ payload }: KnownTask, pauseId: string | undefined): Json {
  const shared = pauseId === undefined ? undefined : `container:${pauseId}`;
  const pid = namespaceMode(payload.pidMode, shared);
  const ipc = payload.ipcMode === "none" ? "private" : namespaceMode(payload.ipcMode, shared);
  return { ...(pid === undefined ? {} : { PidMode: pid }), ...(ipc === undefined ? {} : { IpcMode: ipc }) };
}

function namespaceMode(mode: string | undefined, shared: string | undefined): string | undefined {
  if (mode === "host") return "host";
  return mode === "task" ? shared : undefined;
}
