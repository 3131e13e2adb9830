import type { ContainerDefinition, Device, LinuxParameters, Tmpfs } from "@aws-sdk/client-ecs";
import { logConfig } from "./log-config.ts";
import { filled, present } from "./present.ts";

/** What stands around a container and matters to its host configuration. */
export interface HostConfigContext {
  readonly taskId: string;
  readonly networkMode: "bridge" | "host" | "none" | "awsvpc";
  readonly windows: boolean;
}

const bytesPerMiB = 1024 * 1024;
const devicePermissions = { read: "r", write: "w", mknod: "m" } as const;

/**
 * `HostConfig` of Docker's create call, as far as the agent does not compute it itself.
 * @param definition with the task's overrides applied; memory in MiB
 * Source: agent protocol, dockerConfig.
 */
export const dockerHostConfig = (
  definition: ContainerDefinition,
  context: HostConfigContext,
): Readonly<Record<string, unknown>> =>
  present({
    NetworkMode: networkModeOf(context),
    LogConfig:
      definition.logConfiguration && logConfig(definition.logConfiguration, definition.name ?? "", context.taskId),
    MemoryReservation: definition.memoryReservation && definition.memoryReservation * bytesPerMiB,
    Privileged: definition.privileged || undefined,
    ReadonlyRootfs: definition.readonlyRootFilesystem || undefined,
    Ulimits: filled(definition.ulimits)?.map(({ name, softLimit, hardLimit }) => ({
      Name: name,
      Soft: softLimit,
      Hard: hardLimit,
    })),
    Sysctls: filled(definition.systemControls) && sysctls(definition),
    Dns: filled(definition.dnsServers),
    DnsSearch: filled(definition.dnsSearchDomains),
    ExtraHosts: filled(definition.extraHosts)?.map(({ hostname, ipAddress }) => `${hostname}:${ipAddress}`),
    SecurityOpt: filled(definition.dockerSecurityOptions),
    ...(definition.linuxParameters === undefined ? {} : linux(definition.linuxParameters, definition.memory)),
  });

/** An awsvpc container joins the task's own namespace; the agent alone knows its name. */
const networkModeOf = ({ networkMode, windows }: HostConfigContext) => {
  if (networkMode === "awsvpc") return undefined;
  return windows && networkMode === "bridge" ? "nat" : networkMode;
};

const sysctls = ({ systemControls = [] }: ContainerDefinition) =>
  Object.fromEntries(systemControls.map(({ namespace = "", value = "" }) => [namespace, value]));

const linux = (parameters: LinuxParameters, memoryMiB: number | undefined) => ({
  CapAdd: parameters.capabilities && (parameters.capabilities.add ?? []),
  CapDrop: parameters.capabilities && (parameters.capabilities.drop ?? []),
  Devices: filled(parameters.devices)?.map(device),
  Init: parameters.initProcessEnabled,
  ShmSize: parameters.sharedMemorySize && parameters.sharedMemorySize * bytesPerMiB,
  Tmpfs: filled(parameters.tmpfs) && Object.fromEntries((parameters.tmpfs ?? []).map(tmpfs)),
  // Docker counts memory and swap together; without a memory limit there is nothing to add the swap to.
  MemorySwap:
    parameters.maxSwap === undefined || !memoryMiB ? undefined : (memoryMiB + parameters.maxSwap) * bytesPerMiB,
  MemorySwappiness: parameters.maxSwap === undefined ? undefined : parameters.swappiness,
});

/** All permissions unless some are named. Source: ECS API reference, Device. */
const device = ({ hostPath, containerPath, permissions }: Device) => ({
  PathOnHost: hostPath,
  PathInContainer: containerPath ?? hostPath,
  CgroupPermissions: (filled(permissions) ?? (["read", "write", "mknod"] as const))
    .map((permission) => devicePermissions[permission])
    .join(""),
});

const tmpfs = ({ containerPath = "", size, mountOptions = [] }: Tmpfs): readonly [string, string] => [
  containerPath,
  [`size=${size}m`, ...mountOptions].join(","),
];
