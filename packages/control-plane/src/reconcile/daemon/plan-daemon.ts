/**
 * How a task stands with its daemon. `starting`: wanted, not known to run yet; `stopping`: not wanted any more, its
 * processes are still there.
 */
export type DaemonTaskStanding = "starting" | "running" | "unhealthy" | "stopping";

export interface DaemonTask {
  readonly arn: string;
  readonly standing: DaemonTaskStanding;
  /** Made of the revision that the daemon is to have. */
  readonly isCurrent: boolean;
}

/** A container instance that a daemon is for, or was. */
export interface DaemonHost {
  readonly arn: string;
  /** It is one of the daemon's providers', and ACTIVE. */
  readonly isWanted: boolean;
  readonly isConnected: boolean;
  /** It drains, and has other tasks still: daemons leave last, so that what they do is done for all of them. */
  readonly keepsTask?: boolean;
  /** Those that are not STOPPED. */
  readonly tasks: readonly DaemonTask[];
}

export interface DaemonPlan {
  /** Container instances that get a task. */
  readonly start: readonly string[];
  readonly stop: readonly { readonly taskArn: string; readonly cause: "replaced" | "unhealthy" | "unwanted" }[];
  /** Every container instance that can have it runs the daemon's revision, and nothing else of the daemon is left. */
  readonly isDone: boolean;
  /** No container instance is without its task: the next may be taken. */
  readonly isStepDone: boolean;
}

export interface DaemonWish {
  /** False while nothing may be started, after failures. */
  readonly mayStart: boolean;
  /** False while a step is baked. */
  readonly mayReplace: boolean;
  /** How many of a hundred container instances may be without the daemon at a time, for a deployment; one always may. */
  readonly drainPercent: number;
}

/**
 * One task on each container instance. A task of an older revision makes room for one of the new where it runs, on so many
 * instances at a time. One that drains keeps its task until all others are gone. Source: ECS API reference, CreateDaemon and
 * DaemonDeploymentConfiguration; ECS developer guide, "Amazon ECS Managed Daemons".
 */
export function planDaemon(hosts: readonly DaemonHost[], wish: DaemonWish): DaemonPlan {
  const wanted = hosts.filter(({ isWanted }) => isWanted);
  const able = wanted.filter(({ isConnected }) => isConnected);
  const serving = able.filter(({ tasks }) => tasks.some(({ standing }) => standing === "running"));
  const outdated = serving.filter(({ tasks }) => tasks.every(({ isCurrent }) => !isCurrent));
  const most = Math.max(1, Math.floor((wanted.length * wish.drainPercent) / 100));
  const free = wish.mayReplace && wish.mayStart ? Math.max(0, most - (able.length - serving.length)) : 0;
  const replaced = outdated.slice(0, free);
  return {
    start: wish.mayStart ? able.filter(({ tasks }) => tasks.length === 0).map(({ arn }) => arn) : [],
    stop: [
      ...hosts.filter((host) => !mayHave(host)).flatMap(({ tasks }) => stops(tasks, "unwanted")),
      ...wanted.flatMap(({ tasks }) => stops(tasks.filter(isSick), "unhealthy")),
      ...wanted.flatMap(({ tasks }) => stops(tasks.filter(isLate), "replaced")),
      ...replaced.flatMap(({ tasks }) => stops(tasks, "replaced")),
    ],
    isStepDone: serving.length === able.length,
    isDone:
      serving.length === able.length &&
      outdated.length === 0 &&
      hosts.every((host) => host.tasks.length <= (mayHave(host) ? 1 : 0)),
  };
}

const mayHave = ({ isWanted, keepsTask = false }: DaemonHost): boolean => isWanted || keepsTask;
const isSick = ({ standing }: DaemonTask) => standing === "unhealthy";
/** One of an older revision that does not run yet is not waited for. */
const isLate = ({ standing, isCurrent }: DaemonTask) => standing === "starting" && !isCurrent;

const stops = <C extends DaemonPlan["stop"][number]["cause"]>(tasks: readonly DaemonTask[], cause: C) =>
  tasks.filter(({ standing }) => standing !== "stopping").map(({ arn }) => ({ taskArn: arn, cause }));
