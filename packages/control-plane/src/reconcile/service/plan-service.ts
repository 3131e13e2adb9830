import type { Service } from "../../model/service.ts";
import type { Task } from "../../model/task.ts";
import { isAlive, type ServiceTask } from "./service-tasks.ts";

/** Why a task is to stop. */
export type StopCause = "scaling" | "unhealthy" | "draining" | "misplaced";

/** How many tasks of the primary deployment to create, and which tasks to send to STOPPED. */
export interface ServicePlan {
  readonly start: number;
  readonly stop: readonly { readonly task: ServiceTask; readonly cause: StopCause }[];
  /** The deployment's limits allow neither a start nor a stop, though something is missing. */
  readonly blocked: boolean;
}

/** What a plan is made for. */
export interface ServiceWish extends Pick<Service, "desiredCount" | "deploymentConfiguration"> {
  /** Whether the primary deployment may start tasks and displace those of older ones: it has not failed. */
  readonly mayProgress: boolean;
  /** Absent for a rolling deployment: what a stage of another one lets happen, its tasks being counted by themselves. */
  readonly stage?: {
    readonly start: boolean;
    readonly displace: boolean;
    /** The deployment that serves until now; those between it and the primary one never came to serve, and go at once. */
    readonly source?: string | undefined;
  };
}

/**
 * How many healthy tasks must stay, and how many wanted tasks may be there at most. The floor rounds up, the ceiling
 * down; the ceiling never hinders the desired count itself. Source: ECS API reference, DeploymentConfiguration.
 */
export function deploymentLimits({
  desiredCount,
  deploymentConfiguration,
}: Pick<ServiceWish, "desiredCount" | "deploymentConfiguration">): {
  readonly floor: number;
  readonly ceiling: number;
} {
  const { minimumHealthyPercent, maximumPercent } = deploymentConfiguration;
  return {
    floor: Math.ceil((desiredCount * minimumHealthyPercent) / 100),
    ceiling: Math.max(desiredCount, Math.floor((desiredCount * maximumPercent) / 100)),
  };
}

/**
 * The difference between a service and its tasks, as steps that stay within the deployment's limits: never fewer
 * healthy tasks than the floor (unless there were fewer), never more wanted tasks than the ceiling. A protected task is
 * stopped for its health alone: not to scale in, not for a newer deployment, and not while its instance drains, until then
 * without a replacement. Source: ECS developer guide, "Task scale-in protection".
 */
export function planService(wish: ServiceWish, tasks: readonly ServiceTask[]): ServicePlan {
  const { floor, ceiling } = deploymentLimits(wish);
  const stage = wish.stage ?? { start: true, displace: true };
  const isSource = ({ stored: { value } }: ServiceTask) =>
    stage.source === undefined || value.deploymentId === stage.source;
  const alive = tasks.filter(isAlive);
  const isKeeper = (task: ServiceTask) =>
    task.isCurrent && (!task.isLeaving || task.isProtected === true) && task.standing !== "unhealthy";
  const mayGo = (task: ServiceTask) => task.isProtected !== true || task.standing === "unhealthy";
  const keepers = alive.filter(isKeeper);
  const missing = wish.mayProgress && stage.start ? Math.max(0, wish.desiredCount - keepers.length) : 0;
  const counted = stage.displace ? alive : alive.filter(({ isCurrent }) => isCurrent);
  const start = Math.min(missing, Math.max(0, ceiling - counted.length));

  const healthyCount = alive.filter(({ standing }) => standing === "healthy").length;
  const surplus = surplusOf(keepers, wish.desiredCount, Math.max(0, healthyCount - floor));
  const displaced = alive.filter(
    (task) =>
      !isKeeper(task) &&
      mayGo(task) &&
      (stage.displace || task.isCurrent || !isSource(task)) &&
      (wish.mayProgress || task.isCurrent || task.isLeaving),
  );
  const unready = displaced.filter(({ standing }) => standing === "unready");
  const unhealthy = displaced.filter(({ standing }) => standing === "unhealthy");
  const healthy = displaced.filter(({ standing }) => standing === "healthy");
  const surplusHealthy = surplus.filter(({ standing }) => standing === "healthy").length;
  const spare = Math.max(0, healthyCount - surplusHealthy - floor);
  const isReplaced = keepers.filter(({ standing }) => standing === "healthy").length >= wish.desiredCount;
  const stop = [
    ...surplus,
    ...unready,
    ...unhealthyToStop(unhealthy, { isReplaced, hasNoRoom: missing > 0 && start === 0 }),
    ...healthy.slice(0, spare),
  ];
  const settled = keepers.every(({ standing }) => standing === "healthy");
  return {
    start,
    stop: stop.map((task) => ({ task, cause: causeOf(task) })),
    blocked: missing > 0 && start === 0 && stop.length === 0 && settled,
  };
}

function causeOf({ standing, isCurrent, isLeaving, isMisplaced }: ServiceTask): StopCause {
  if (standing === "unhealthy") return "unhealthy";
  if (isMisplaced) return "misplaced";
  return isCurrent && isLeaving ? "draining" : "scaling";
}

/**
 * An unhealthy task stays until its replacement is healthy; only if the ceiling leaves no room for a replacement, one
 * goes first. Source: ECS developer guide, "Amazon ECS services".
 */
function unhealthyToStop(
  unhealthy: readonly ServiceTask[],
  { isReplaced, hasNoRoom }: { readonly isReplaced: boolean; readonly hasNoRoom: boolean },
): readonly ServiceTask[] {
  if (isReplaced) return unhealthy;
  const outdated = unhealthy.filter(({ isCurrent }) => !isCurrent);
  return [...outdated, ...(hasNoRoom ? unhealthy.filter(({ isCurrent }) => isCurrent).slice(0, 1) : [])];
}

/**
 * The tasks to give up when there are more than wanted: those that are not ready first; then where the most are, by
 * zone and then by container instance, so that the rest stays balanced; the newest of equals. Healthy ones only as far as the
 * floor allows: where a protected task is not ready yet, they wait for it. What evens out zones is one more until it is ready.
 * Source: ECS developer guide, "Amazon ECS service parameters".
 */
function surplusOf(all: readonly ServiceTask[], desiredCount: number, mostHealthy: number): readonly ServiceTask[] {
  const keepers = all.filter((task) => task.isProtected !== true && !isOnItsWay(task));
  const beyond = all.length - all.filter(isOnItsWay).length - desiredCount;
  const count = Math.min(beyond, keepers.length);
  if (count <= 0) return [];
  const unready = keepers.filter(({ standing }) => standing !== "healthy").toSorted(newestFirst);
  if (unready.length >= count) return unready.slice(0, count);
  const left = Map.groupBy(
    keepers.filter(({ standing }) => standing === "healthy").toSorted(newestFirst),
    ({ stored }) => stored.value.availabilityZone,
  );
  const zones = [...left.values()].map((tasks) => balancedInstances(tasks));
  const surplus = [...unready];
  while (surplus.length < Math.min(count, unready.length + mostHealthy)) {
    const fullest = zones.reduce((best, zone) => (zone.size > best.size ? zone : best));
    surplus.push(fullest.pop());
  }
  return surplus;
}

/** Started to even out the zones, and not ready yet: until then nothing goes in its place. */
const isOnItsWay = ({ standing, stored }: ServiceTask) => stored.value.rebalances === true && standing === "unready";

/** The tasks of one zone, given out from the instance that has the most of those left. */
function balancedInstances(tasks: readonly ServiceTask[]): { size: number; pop(): ServiceTask } {
  const instances = [...Map.groupBy(tasks, ({ stored }) => stored.value.containerInstanceArn).values()].map((of) =>
    [...of].reverse(),
  );
  return {
    size: tasks.length,
    pop() {
      this.size -= 1;
      const fullest = instances.reduce((best, instance) => (instance.length > best.length ? instance : best));
      return fullest.pop() as ServiceTask;
    },
  };
}

const newestFirst = (a: ServiceTask, b: ServiceTask) => byAge(b.stored.value, a.stored.value);
const byAge = (a: Task, b: Task) => a.createdAt - b.createdAt;
