import { membershipOf } from "../../model/capacity-provider.ts";
import type { ContainerInstance } from "../../model/container-instance.ts";
import {
  type Daemon,
  type DaemonDeployment,
  type DaemonRevision,
  daemonGroup,
  daemonOfRevision,
} from "../../model/daemon.ts";
import type { Task } from "../../model/task.ts";
import type { Snapshot, Stored } from "../../store/store.ts";
import type { DaemonHost, DaemonTask, DaemonTaskStanding } from "./plan-daemon.ts";

/** A daemon with all that belongs to it, as of one snapshot. */
export interface DaemonView {
  readonly snapshot: Snapshot;
  readonly stored: Stored<"daemon">;
  readonly revision: Stored<"daemonRevision">;
  readonly deployment: Stored<"daemonDeployment">;
  /** Every one of its tasks that is still on record. */
  readonly tasks: readonly Stored<"task">[];
  readonly hosts: readonly DaemonHost[];
}

/** Looks at a daemon; undefined if it is not there. */
export function viewDaemon(snapshot: Snapshot, arn: string): DaemonView | undefined {
  const stored = snapshot.get("daemon", arn);
  const revision = stored && snapshot.get("daemonRevision", stored.value.revisionArn);
  const deployment = stored && snapshot.get("daemonDeployment", stored.value.deploymentArn);
  if (stored === undefined || revision === undefined || deployment === undefined) return undefined;
  const tasks = tasksOf(snapshot, stored);
  return { snapshot, stored, revision, deployment, tasks, hosts: hostsOf(snapshot, stored.value, { revision, tasks }) };
}

/** Whoever runs a task may call its group as he likes: a daemon's tasks are made of its revisions besides. */
const tasksOf = (snapshot: Snapshot, { arn, value }: Stored<"daemon">): readonly Stored<"task">[] =>
  snapshot
    .list("task", { group: daemonGroup(value.daemonName), clusterArn: value.clusterArn })
    .filter((task) => daemonOf(task.value) === arn);

function hostsOf(
  snapshot: Snapshot,
  { clusterArn, status }: Daemon,
  { revision, tasks }: { readonly revision: Stored<"daemonRevision">; readonly tasks: readonly Stored<"task">[] },
): readonly DaemonHost[] {
  const left = Map.groupBy(
    tasks.filter(({ value }) => value.lastStatus !== "STOPPED"),
    ({ value }) => value.containerInstanceArn ?? "",
  );
  const providerOf = providersOf(snapshot, revision.value);
  return snapshot
    .list("containerInstance", { clusterArn })
    .map(
      ({ arn, value }): DaemonHost => ({
        arn,
        isWanted: status === "ACTIVE" && value.status === "ACTIVE" && providerOf(value) !== undefined,
        isConnected: value.agentConnected,
        keepsTask: status === "ACTIVE" && value.status === "DRAINING" && hasOtherTasks(snapshot, arn),
        tasks: (left.get(arn) ?? []).map((task) => judge(task, revision.arn)),
      }),
    )
    .filter(({ isWanted, tasks: here }) => isWanted || here.length > 0);
}

/** Whether a container instance has tasks of anything but daemons. */
const hasOtherTasks = (snapshot: Snapshot, containerInstanceArn: string): boolean =>
  snapshot
    .list("task", { containerInstanceArn })
    .some(({ value }) => value.lastStatus !== "STOPPED" && daemonOf(value) === undefined);

/** A way to find the one of a revision's capacity providers that a container instance is of. */
export function providersOf(
  snapshot: Snapshot,
  { capacityProviderArns }: DaemonRevision,
): (instance: Pick<ContainerInstance, "attributes">) => Stored<"capacityProvider"> | undefined {
  const providers = capacityProviderArns
    .flatMap((arn) => snapshot.get("capacityProvider", arn) ?? [])
    .map((provider) => ({ provider, member: membershipOf(provider.value) }));
  return ({ attributes }) =>
    providers.find(({ member }) =>
      attributes.some(({ name, value }) => name === member?.name && value === member?.value),
    )?.provider;
}

const judge = ({ arn, value }: Stored<"task">, revisionArn: string): DaemonTask => ({
  arn,
  standing: standingOf(value),
  isCurrent: value.deploymentId === revisionArn,
});

function standingOf({ desiredStatus, lastStatus, containers }: Task): DaemonTaskStanding {
  if (desiredStatus === "STOPPED") return "stopping";
  if (lastStatus !== "RUNNING") return "starting";
  const isSick = containers.some(({ essential, healthStatus }) => essential && healthStatus === "UNHEALTHY");
  return isSick ? "unhealthy" : "running";
}

/** The daemon that a task is of. Groups do not say it: whoever runs a task may call its group as he likes. */
export const daemonOf = ({ deploymentId }: Task): string | undefined =>
  deploymentId?.includes(":daemon-revision/") === true ? daemonOfRevision(deploymentId) : undefined;

/** Whether a stopped task stopped of itself, rather than that somebody wanted it to, or its machine was lost. */
export const hasFailed = ({ lastStatus, stopCode }: Task): boolean =>
  lastStatus === "STOPPED" &&
  (stopCode === undefined || stopCode === "TaskFailedToStart" || stopCode === "EssentialContainerExited");

/** What a deployment says of percentages where it says nothing. */
export const defaultDrainPercent = 25;

export const drainPercentOf = ({
  deploymentConfiguration,
}: Pick<DaemonDeployment, "deploymentConfiguration">): number =>
  deploymentConfiguration.drainPercent ?? defaultDrainPercent;
