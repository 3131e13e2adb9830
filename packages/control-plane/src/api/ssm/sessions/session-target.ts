import { containerInstanceArn, lastSegment, type Place, taskArn } from "@hatoba/contract";
import type { ContainerInstance } from "../../../model/container-instance.ts";
import type { Session } from "../../../model/session.ts";
import type { Snapshot, Stored } from "../../../store/store.ts";
import { SsmError } from "../api-error.ts";

/** What a session's target name stands for. */
export interface FoundTarget extends Pick<Session, "target" | "containerInstanceArn"> {
  /** Its agent is connected, and lets sessions in. */
  readonly isConnected: boolean;
  /** Why not, if it is not only the agent that is away. */
  readonly obstacle?: string;
}

/** How the attribute of a container instance is called whose agent opens sessions on the machine itself. */
const hostShellAttribute = "hatoba.host-shell";

/**
 * Finds what a target names: `ecs:CLUSTER_TASK_RUNTIME` is a container of a task; anything else is a container instance by
 * its `mi-…` or `i-…` id, its ECS id, or its ARN. Undefined if there is no such thing.
 * Source: exec session protocol, section 4.1.
 */
export function findTarget(snapshot: Snapshot, name: string, place: Place): FoundTarget | undefined {
  return name.startsWith("ecs:") ? containerTarget(snapshot, name, place) : hostTarget(snapshot, name, place);
}

function containerTarget(snapshot: Snapshot, name: string, place: Place): FoundTarget | undefined {
  // A cluster's name may have underscores in it.
  const [, cluster = "", taskId = "", runtimeId = ""] = /^ecs:(.+)_([^_]+)_([^_]+)$/.exec(name) ?? [];
  const arn = taskArn(place, cluster, taskId);
  const task = snapshot.get("task", arn)?.value;
  const container = task?.containers.find((each) => each.runtimeId === runtimeId);
  if (task?.containerInstanceArn === undefined || container === undefined) return undefined;
  const instance = snapshot.get("containerInstance", task.containerInstanceArn)?.value;
  const isReady =
    task.enableExecuteCommand &&
    container.lastStatus === "RUNNING" &&
    container.managedAgents?.some(({ lastStatus }) => lastStatus === "RUNNING") === true;
  return {
    target: {
      type: "container",
      clusterArn: task.clusterArn,
      taskArn: arn,
      containerName: container.name,
      runtimeId,
    },
    containerInstanceArn: task.containerInstanceArn,
    isConnected: isReady && instance?.agentConnected === true,
  };
}

function hostTarget(snapshot: Snapshot, name: string, place: Place): FoundTarget | undefined {
  const stored = instanceNamed(snapshot, name, place);
  if (stored === undefined || stored.value.status === "INACTIVE") return undefined;
  const isOpen = stored.value.attributes.some(({ name: attribute }) => attribute === hostShellAttribute);
  return {
    target: { type: "host" },
    containerInstanceArn: stored.arn,
    isConnected: stored.value.agentConnected && isOpen,
    ...(isOpen
      ? {}
      : { obstacle: "Its agent was started without --host-shell, so it opens no sessions on the machine." }),
  };
}

function instanceNamed(snapshot: Snapshot, name: string, place: Place): Stored<"containerInstance"> | undefined {
  if (/^m?i-[0-9a-f]+$/.test(name)) {
    return snapshot
      .list("containerInstance", { ec2InstanceId: name })
      .findLast(({ value }) => value.status !== "INACTIVE" && value.capacity !== "FARGATE");
  }
  const id = lastSegment(name);
  if (name.startsWith("arn:")) return visible(snapshot.get("containerInstance", name));
  for (const { value } of snapshot.list("cluster")) {
    const found = snapshot.get("containerInstance", containerInstanceArn(place, value.clusterName, id));
    if (found !== undefined) return visible(found);
  }
  return undefined;
}

/** Fargate's own capacity is nobody's to log in to. */
const visible = (stored: Stored<"containerInstance"> | undefined): Stored<"containerInstance"> | undefined =>
  (stored?.value satisfies ContainerInstance | undefined)?.capacity === "FARGATE" ? undefined : stored;

/** The error for a target to which no session can be opened. Source of the text: exec session protocol, section 4.1. */
export const notConnected = (name: string, obstacle?: string): SsmError =>
  new SsmError("TargetNotConnected", `${name} is not connected.${obstacle === undefined ? "" : ` ${obstacle}`}`);
