import type { ChannelTaskDefinitionContainer } from "@hatoba/contract";
import {
  containerOf,
  definitionOf,
  isInternal,
  type KnownContainer,
  type KnownTask,
  networkModeOf,
  pauseName,
} from "../engine/known-task.ts";
import type { ContainerDetails } from "../runtime/container-details.ts";
import { networksOf } from "./network-metadata.ts";

/** Of the task metadata endpoint; 2 and 3 answer alike. */
export type MetadataVersion = 2 | 3 | 4;
/** JSON with its members in their order; those that are undefined are left out when it is written. */
export type Json = { readonly [member: string]: unknown };

/** What containers read of themselves and each other by name; one that the engine does not show is left out. */
export type DetailsByName = ReadonlyMap<string, ContainerDetails>;

/** Docker's CPU shares have no smaller number. */
const leastCpu = 2;

/**
 * One container as the metadata endpoint shows it, members in the order of the genuine agent.
 * Source: agent protocol §6.3.
 */
export function containerMetadata(
  task: KnownTask,
  known: KnownContainer,
  details: ContainerDetails,
  version: MetadataVersion,
): Json {
  const definition = definitionOf(task.payload, known.name);
  const isRich = version === 4;
  const networks = networksOf(task, details, isRich);
  const log = definition === undefined ? undefined : logOf(definition, details);
  return {
    DockerId: details.id,
    Name: known.name,
    DockerName: details.name,
    Image: definition?.image ?? "",
    ImageID: details.imageId,
    Ports: portsOf(task, definition, details, isRich),
    Labels: ifAny(shownLabels(details.labels)),
    DesiredStatus: task.desiredStatus,
    KnownStatus: known.status,
    ExitCode: known.exitCode,
    Limits: { CPU: Math.max(leastCpu, definition?.cpu ?? leastCpu), Memory: definition?.memory ?? 0 },
    CreatedAt: details.createdAt,
    StartedAt: details.startedAt,
    FinishedAt: details.finishedAt,
    Type: typeOf(known.name),
    ...(isRich ? {} : { Networks: networks }),
    Health: healthOf(definition, known, details),
    Volumes: ifAny(
      details.mounts.map(({ name, source, target }) => ({ DockerName: name, Source: source, Destination: target })),
    ),
    ...(isRich
      ? {
          LogDriver: log?.type,
          LogOptions: ifAny(log?.options ?? {}),
          ContainerARN: definition?.containerArn || undefined,
          Networks: networks,
          RestartCount: definition?.restartPolicy?.enabled ? (known.restarts ?? 0) : undefined,
        }
      : {}),
  };
}

/** The containers of a task that exist, pause containers first where the network is theirs to show. */
export function shownContainers(task: KnownTask, details: DetailsByName, version: MetadataVersion): readonly Json[] {
  return task.containers.flatMap(({ name }) => {
    const [known, seen] = [containerOf(task, name), details.get(name)];
    if (known === undefined || seen === undefined || (isInternal(name) && isHidden(task))) return [];
    return [containerMetadata(task, known, seen, version)];
  });
}

/** Fargate shows nothing of what holds a task together. */
const isHidden = ({ payload }: KnownTask) => payload.launchType === "FARGATE";

/** The member's value, or undefined if there is nothing in it. */
export function ifAny<T extends object>(value: T): T | undefined {
  return (Array.isArray(value) ? value.length : Object.keys(value).length) === 0 ? undefined : value;
}

function typeOf(name: string): string {
  if (!isInternal(name)) return "NORMAL";
  return name === pauseName ? "CNI_PAUSE" : "NAMESPACE_PAUSE";
}

/** Labels of the house are no business of its containers. */
const shownLabels = (labels: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    Object.entries(labels)
      .filter(([name]) => !name.startsWith("dev.hatoba."))
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );

function portsOf(
  { payload }: KnownTask,
  definition: ChannelTaskDefinitionContainer | undefined,
  details: ContainerDetails,
  isRich: boolean,
): readonly Json[] | undefined {
  const bound =
    networkModeOf(payload) === "bridge"
      ? details.ports
      : (definition?.portMappings ?? []).flatMap(({ containerPort, protocol }) =>
          containerPort === undefined ? [] : [{ containerPort, hostPort: containerPort, protocol, hostIp: "" }],
        );
  return ifAny(
    bound.map(({ containerPort, protocol, hostPort, hostIp }) => ({
      ContainerPort: containerPort,
      Protocol: protocol,
      HostPort: hostPort,
      HostIp: isRich && hostIp !== "" ? hostIp : undefined,
    })),
  );
}

function healthOf(
  definition: ChannelTaskDefinitionContainer | undefined,
  { health, healthSince }: KnownContainer,
  { healthCheck }: ContainerDetails,
): Json | undefined {
  if (definition?.healthCheckType !== "docker") return undefined;
  return {
    status: health === "UNKNOWN" ? undefined : health,
    statusSince: healthSince === undefined ? undefined : new Date(healthSince).toISOString(),
    exitCode: healthCheck?.exitCode || undefined,
    output: healthCheck?.output || undefined,
  };
}

/** The driver that the task asked for, also where the agent delivers the output itself. */
function logOf(
  { dockerConfig }: ChannelTaskDefinitionContainer,
  { logDriver, logOptions }: ContainerDetails,
): { readonly type: string | undefined; readonly options: Readonly<Record<string, string>> } {
  try {
    const { LogConfig: asked } = JSON.parse(dockerConfig.hostConfig || "{}") as {
      LogConfig?: { Type?: string; Config?: Record<string, string> };
    };
    if (asked?.Type) return { type: asked.Type, options: asked.Config ?? {} };
  } catch {
    // Then it could not have been created; what there is comes from the engine.
  }
  return { type: logDriver, options: logOptions ?? {} };
}
