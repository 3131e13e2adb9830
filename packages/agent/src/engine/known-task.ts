import type {
  ChannelTask,
  ChannelTaskDefinitionContainer,
  DesiredStatus,
  HealthStatus,
  ReportedStatus,
} from "@hatoba/contract";
import type { AgentNetworkBinding } from "../channel/control-plane.ts";
import type { ContainerStatus } from "./container-steps.ts";

/** What the agent knows of one container of a task. Times are epoch milliseconds. */
export interface KnownContainer {
  /** As in the task definition; pause containers have names that no task definition may have. */
  readonly name: string;
  /** Chosen when the task arrives and kept, so that a container is found again whose creation was not recorded. */
  readonly runtimeName: string;
  readonly status: ContainerStatus;
  /** The runtime's id; absent before it is created. */
  readonly runtimeId?: string;
  /** When it was first seen running; absent for one that never ran. */
  readonly startedAt?: number;
  readonly finishedAt?: number;
  readonly exitCode?: number;
  /** Why it went wrong, as `CannotStartContainerError: …`. */
  readonly reason?: string;
  /** Why a pull failed that could be done without, the image being there. */
  readonly warning?: string;
  readonly imageDigest?: string;
  readonly bindings?: readonly AgentNetworkBinding[];
  readonly health?: HealthStatus;
  readonly healthSince?: number;
  /** By its restart policy. */
  readonly restarts?: number;
  readonly restartedAt?: number;
}

/** What the control plane has acknowledged. */
export interface Acknowledged {
  readonly task?: ReportedStatus;
  readonly containers: Readonly<Record<string, ReportedStatus>>;
}

/** What has become of a task so far; the part of KnownTask that changes. Times are epoch milliseconds. */
export interface TaskProgress {
  /** Goes from RUNNING to STOPPED and never back. */
  readonly desiredStatus: DesiredStatus;
  /** Pause containers first, then in the order of the payload. */
  readonly containers: readonly KnownContainer[];
  /** Why the task as a whole could not be, in the words of the genuine agent. */
  readonly reason?: string;
  readonly pullStartedAt?: number;
  readonly pullStoppedAt?: number;
  /** When the first essential container stopped. */
  readonly executionStoppedAt?: number;
  readonly acknowledged: Acknowledged;
}

export interface KnownTask extends TaskProgress {
  readonly arn: string;
  /** As it first arrived. */
  readonly payload: ChannelTask;
}

/** Whether a container was ever running. */
export const hasRun = (container: KnownContainer): boolean => container.startedAt !== undefined;

export const isStopped = (task: KnownTask): boolean => task.containers.every(({ status }) => status === "STOPPED");

export function containerOf(task: KnownTask, name: string): KnownContainer | undefined {
  return task.containers.find((container) => container.name === name);
}

/** The runtime's id of a container that runs; undefined if there is none of these names. */
export function runtimeIdOf(tasks: readonly KnownTask[], arn: string, container: string): string | undefined {
  const task = tasks.find((each) => each.arn === arn);
  const known = task && containerOf(task, container);
  return known?.status === "RUNNING" && !isInternal(container) ? known.runtimeId : undefined;
}

/** What the task definition says of a container; undefined for one that it does not know. */
export function definitionOf({ containers }: ChannelTask, name: string): ChannelTaskDefinitionContainer | undefined {
  return containers.find((container) => container.name === name);
}

/** Pause containers hold namespaces for the others; nobody outside the agent hears of them. */
const internalPrefix = "~internal~ecs~";
export const isInternal = (name: string): boolean => name.startsWith(internalPrefix);
/** Holds the network namespace of an awsvpc task. Source: agent protocol §5.5. */
export const pauseName = `${internalPrefix}pause`;
/** Holds the shared pid or ipc namespace of a task with another network mode. */
export const namespacePauseName = `${internalPrefix}pause~namespace`;

export type NetworkMode = NonNullable<ChannelTask["networkMode"]>;
/** A payload without a mode is meant for the bridge, or for the network interface that it brings. Source: agent protocol §3.5. */
export function networkModeOf({ networkMode, elasticNetworkInterfaces }: ChannelTask): NetworkMode {
  return networkMode || ((elasticNetworkInterfaces?.length ?? 0) > 0 ? "awsvpc" : "bridge");
}

/** A container of a task without which the task does not go on. */
function isEssential(payload: ChannelTask, name: string): boolean {
  return isInternal(name) || (definitionOf(payload, name)?.essential ?? false);
}

/**
 * The task with one container changed. An essential container that has stopped takes the whole task with it: its desired
 * status becomes STOPPED.
 * @param now epoch milliseconds
 */
export function withContainer(task: KnownTask, changed: KnownContainer, now: number): KnownTask {
  const containers = task.containers.map((container) => (container.name === changed.name ? changed : container));
  if (changed.status !== "STOPPED" || !isEssential(task.payload, changed.name)) return { ...task, containers };
  const executionStoppedAt = task.executionStoppedAt ?? changed.finishedAt ?? now;
  return { ...task, containers, desiredStatus: "STOPPED", executionStoppedAt };
}

/** The task with its end wanted. One already ending is returned as it is. */
export function withStopWanted(task: KnownTask, reason?: string): KnownTask {
  if (task.desiredStatus === "STOPPED") return task;
  return { ...task, desiredStatus: "STOPPED", ...(reason === undefined ? {} : { reason }) };
}

/** The task as over before anything of it began. */
export function withNothingStarted(task: KnownTask, reason?: string): KnownTask {
  const containers = task.containers.map((container) => ({ ...container, status: "STOPPED" as const }));
  return { ...withStopWanted(task), containers, ...(reason === undefined ? {} : { reason }) };
}
