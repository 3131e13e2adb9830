import type {
  ChannelTask,
  IAMRoleCredentials,
  ManifestEntry,
  PayloadMessage,
  TaskManifestMessage,
} from "@hatoba/contract";
import type { TaskRole } from "../credentials/task-credentials.ts";
import { type PinnedImages, pinnedImages } from "../model/pinned-images.ts";
import { revisionArnOf } from "../model/service-deployment.ts";
import type { Task } from "../model/task.ts";
import type { Snapshot, Stored } from "../store/store.ts";
import { channelTask, type RoleCredentials, stoppedChannelTask, type TaskNetwork } from "./payload/channel-task.ts";
import { withLogMode } from "./payload/log-mode.ts";
import { taskRoles } from "./payload/task-roles.ts";

/** Where the credentials of a task's roles come from. */
export type CredentialSource = (role: TaskRole) => IAMRoleCredentials;

/** The most tasks in one payload, so that no message becomes large. */
export const tasksPerPayload = 50;

/** Tasks of a container instance that an agent still has to do with: those that are not STOPPED. */
export const liveTasks = (snapshot: Snapshot, containerInstanceArn: string): readonly Stored<"task">[] =>
  snapshot.list("task", { containerInstanceArn }).filter(({ value }) => value.lastStatus !== "STOPPED");

/**
 * Whether a task was ended without its agent, which was thought to be lost. An agent that is there after all is told to stop
 * it: it may have come back just when that was decided, and then its manifest still listed the task.
 */
export const isGivenUp = ({ lastStatus, stopCode }: Task): boolean =>
  lastStatus === "STOPPED" && stopCode === "TerminationNotice";

/**
 * The payload entry of a task as it is wanted now; undefined if nothing is to be said of it: it is STOPPED by its agent's
 * own report, or its task definition is not there.
 * @param issue where its roles' credentials come from; without it there are none in the entry
 */
export function payloadEntry(
  snapshot: Snapshot,
  { arn, value: task }: Stored<"task">,
  issue?: CredentialSource,
): ChannelTask | undefined {
  if (task.lastStatus === "STOPPED" && !isGivenUp(task)) return undefined;
  if (task.desiredStatus === "STOPPED") return stoppedChannelTask(arn, task);
  const taskDefinition = snapshot.get("taskDefinition", task.taskDefinitionArn)?.value;
  if (taskDefinition === undefined) return undefined;
  const roles = issue === undefined ? [] : taskRoles(arn, task, taskDefinition, snapshot);
  const credentials: RoleCredentials = Object.fromEntries(roles.map((role) => [role.roleType, issue?.(role)]));
  const sent = withLogMode(taskDefinition, snapshot, arn);
  return channelTask(arn, task, sent, networkOf(snapshot, arn), credentials, pinnedFor(snapshot, task));
}

/** Of a deployment's tasks, all run the images that its first one resolved. */
function pinnedFor(snapshot: Snapshot, { serviceArn, deploymentId }: Task): PinnedImages {
  if (serviceArn === undefined || deploymentId === undefined) return {};
  const revision = snapshot.get("serviceRevision", revisionArnOf(serviceArn, deploymentId))?.value;
  return revision === undefined ? {} : pinnedImages(revision);
}

/** The network interface of a task with what surrounds it; undefined for a task that has none. */
export function networkOf(snapshot: Snapshot, taskArn: string): TaskNetwork | undefined {
  const networkInterface = snapshot.list("networkInterface", { taskArn })[0]?.value;
  const subnet = networkInterface && snapshot.get("subnet", networkInterface.subnetId)?.value;
  const vpc = subnet && snapshot.get("vpc", subnet.vpcId)?.value;
  return networkInterface && subnet && vpc && { networkInterface, subnet, vpcCidr: vpc.cidrBlock };
}

/** Who a message is for, and when it was made. */
export interface Address {
  readonly clusterArn: string;
  readonly containerInstanceArn: string;
  readonly messageId: string;
  /** Epoch milliseconds. */
  readonly generatedAt: number;
  /** See sequence-numbers.ts: the later the message, the greater. */
  readonly sequence: number;
}

/** A payload; what is to stop stands first. */
export function payloadMessage({ sequence, ...address }: Address, tasks: readonly ChannelTask[]): PayloadMessage {
  const stopsFirst = tasks.toSorted(
    (a, b) => Number(b.desiredStatus === "STOPPED") - Number(a.desiredStatus === "STOPPED"),
  );
  return { ...address, seqNum: sequence, tasks: stopsFirst };
}

/** Every task that should be on the instance. */
export function manifestMessage(
  { sequence, ...address }: Address,
  tasks: readonly Stored<"task">[],
): TaskManifestMessage {
  return { ...address, timeline: sequence, tasks: tasks.map(manifestEntry) };
}

const manifestEntry = ({ arn, value }: Stored<"task">): ManifestEntry => ({
  taskArn: arn,
  taskClusterArn: value.clusterArn,
  desiredStatus: value.desiredStatus,
});

/** Of the tasks that an agent would stop, those that nobody wants to run there. */
export function confirmedStops(
  snapshot: Snapshot,
  containerInstanceArn: string,
  candidates: readonly Partial<ManifestEntry>[],
): readonly ManifestEntry[] {
  return candidates.flatMap(({ taskArn, taskClusterArn = "" }) => {
    if (typeof taskArn !== "string") return [];
    const task = snapshot.get("task", taskArn)?.value;
    const wanted =
      task?.containerInstanceArn === containerInstanceArn &&
      task.desiredStatus === "RUNNING" &&
      task.lastStatus !== "STOPPED";
    return wanted ? [] : [{ taskArn, taskClusterArn, desiredStatus: "STOPPED" as const }];
  });
}
