import type { ContainerNetwork, ContainerSpec, PortBinding } from "./container-runtime.ts";

const MiB = 1024 * 1024;
/** The engine refuses less. Source: Docker Engine API, `HostConfig.Memory`. */
const leastMemoryMiB = 6;
/** The kernel's least value; ECS gives it to containers that ask for 0. Source: agent-protocol §5.5. */
const leastCpuShares = 2;

/** Body of `POST /containers/create`, with the members this house sets itself; others come from the task's own `dockerConfig`. */
export interface CreateBody {
  readonly Image: string;
  readonly Env: readonly string[];
  readonly Labels: Readonly<Record<string, unknown>>;
  readonly HostConfig: Readonly<Record<string, unknown>>;
  readonly NetworkingConfig?: { readonly EndpointsConfig: Readonly<Record<string, unknown>> };
  readonly [member: string]: unknown;
}

/**
 * What to send to the engine for a container. The task's `dockerConfig` and `dockerHostConfig` are laid over the fields of the
 * spec, as ECS does; environment and labels are merged, and the network is always the spec's.
 */
export function createBody(spec: ContainerSpec): CreateBody {
  const config = joinsNamespace(spec.network) ? without(spec.dockerConfig, ofNamespaceOwner.config) : spec.dockerConfig;
  const hostConfig = joinsNamespace(spec.network)
    ? without(spec.dockerHostConfig, ofNamespaceOwner.hostConfig)
    : spec.dockerHostConfig;
  return {
    ...(spec.command === undefined ? {} : { Cmd: spec.command }),
    ...(spec.entryPoint === undefined ? {} : { Entrypoint: spec.entryPoint }),
    ...exposedPorts(spec),
    ...networkIdentity(spec.network),
    ...config,
    Image: spec.image,
    Env: [...environmentList(spec.environment), ...strings(config.Env)],
    Labels: { ...record(config.Labels), ...spec.labels },
    HostConfig: {
      CpuShares: Math.max(leastCpuShares, spec.cpuShares),
      ...(spec.memoryMiB > 0 ? { Memory: Math.max(leastMemoryMiB, spec.memoryMiB) * MiB } : {}),
      ...(spec.mounts.length === 0 ? {} : { Binds: spec.mounts.map(bindOf) }),
      ...(spec.volumesFrom.length === 0 ? {} : { VolumesFrom: spec.volumesFrom }),
      ...(spec.links.length === 0 || joinsNamespace(spec.network) ? {} : { Links: spec.links }),
      ...(spec.cgroupParent === undefined ? {} : { CgroupParent: spec.cgroupParent }),
      ...portBindings(spec),
      ...hostConfig,
      NetworkMode: networkMode(spec.network),
    },
    ...networking(spec.network),
  };
}

/** A container in another one's network namespace shares its names and ports too: the engine refuses these members for it. */
const ofNamespaceOwner = {
  config: ["Hostname", "Domainname", "MacAddress", "ExposedPorts"],
  hostConfig: ["Dns", "DnsSearch", "DnsOptions", "ExtraHosts", "PortBindings", "PublishAllPorts", "Links"],
} as const;

const joinsNamespace = (network: ContainerNetwork) => network.mode === "container";
const hasPorts = (spec: ContainerSpec) => spec.network.mode === "bridge" && spec.ports.length > 0;
const portKey = ({ containerPort, protocol }: PortBinding) => `${containerPort}/${protocol}`;

function exposedPorts(spec: ContainerSpec) {
  return hasPorts(spec) ? { ExposedPorts: Object.fromEntries(spec.ports.map((port) => [portKey(port), {}])) } : {};
}

function portBindings(spec: ContainerSpec) {
  if (!hasPorts(spec)) return {};
  const byPort = Map.groupBy(spec.ports, portKey);
  const bindings = [...byPort].map(([key, ports]) => [
    key,
    // An empty HostPort asks the engine for a free one.
    ports.map(({ hostPort, hostIp }) => ({ HostIp: hostIp ?? "", HostPort: hostPort === 0 ? "" : String(hostPort) })),
  ]);
  return { PortBindings: Object.fromEntries(bindings) };
}

function networkMode(network: ContainerNetwork): string {
  switch (network.mode) {
    case "container":
      return `container:${network.containerId}`;
    case "vpc":
      return network.network;
    case "bridge":
    case "host":
    case "none":
      return network.mode;
  }
}

/** Older engines read the MAC address here, newer ones from the endpoint; they must agree. */
function networkIdentity(network: ContainerNetwork) {
  if (network.mode !== "vpc") return {};
  return {
    MacAddress: network.macAddress,
    ...(network.hostname === undefined ? {} : { Hostname: network.hostname }),
  };
}

function networking(network: ContainerNetwork) {
  if (network.mode !== "vpc") return {};
  const endpoint = { IPAMConfig: { IPv4Address: network.address }, MacAddress: network.macAddress };
  return { NetworkingConfig: { EndpointsConfig: { [network.network]: endpoint } } };
}

function bindOf({ source, target, readOnly }: ContainerSpec["mounts"][number]): string {
  return `${source}:${target}${readOnly ? ":ro" : ""}`;
}

function environmentList(environment: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(environment).map(([name, value]) => `${name}=${value}`);
}

function without(from: Readonly<Record<string, unknown>>, names: readonly string[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(from).filter(([name]) => !names.includes(name)));
}

function strings(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((entry) => typeof entry === "string") : [];
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}
