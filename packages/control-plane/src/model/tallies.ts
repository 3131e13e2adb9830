import type { LaunchType } from "@hatoba/contract";
import type { Kind, Resources } from "./resources.ts";
import type { Demand, Task } from "./task.ts";

/**
 * A running total over the resources of one kind, by key. The store adds and subtracts with every commit, so that
 * reading one costs the same however many resources there are.
 */
export interface Tally<K extends Kind, V> {
  readonly kind: K;
  /** The keys that a resource counts under; none if it does not count. */
  keysOf(value: Resources[K]): readonly string[];
  readonly zero: V;
  add(total: V, value: Resources[K]): V;
  /** Undoes `add`. */
  subtract(total: V, value: Resources[K]): V;
  /** Whether two values of one resource count alike, so that a change from one to the other moves no total. */
  isSame(before: Resources[K], after: Resources[K]): boolean;
}

/** What the tasks on one container instance take; a port maps to how many tasks hold it. */
export interface Usage {
  readonly cpu: number;
  readonly memory: number;
  readonly ports: Readonly<Record<string, number>>;
  readonly gpus: number;
  readonly networkInterfaces: number;
}

export interface TaskCounts {
  /** lastStatus RUNNING. */
  readonly running: number;
  /** Not yet running, and wanted. */
  readonly pending: number;
}

const addPorts = (held: Usage["ports"], ports: readonly string[], step: 1 | -1): Usage["ports"] => {
  if (ports.length === 0) return held;
  const next = { ...held };
  for (const port of ports) {
    const count = (next[port] ?? 0) + step;
    if (count > 0) next[port] = count;
    else delete next[port];
  }
  return next;
};

/** Adds what a task takes to what is taken, or takes it away again. */
export const addDemand = (usage: Usage, demand: Demand, step: 1 | -1 = 1): Usage => ({
  cpu: usage.cpu + step * demand.cpu,
  memory: usage.memory + step * demand.memory,
  ports: addPorts(usage.ports, demand.ports, step),
  gpus: usage.gpus + step * demand.gpus,
  networkInterfaces: usage.networkInterfaces + step * demand.networkInterfaces,
});

const countTask = (counts: TaskCounts, task: Task, step: 1 | -1): TaskCounts => ({
  running: counts.running + (task.lastStatus === "RUNNING" ? step : 0),
  pending: counts.pending + (isPending(task) ? step : 0),
});
const isPending = (task: Task) =>
  task.desiredStatus === "RUNNING" &&
  (task.lastStatus === "PROVISIONING" || task.lastStatus === "PENDING" || task.lastStatus === "ACTIVATING");

const countBy = (keysOf: (task: Task) => readonly string[]): Tally<"task", TaskCounts> => ({
  kind: "task",
  keysOf,
  zero: { running: 0, pending: 0 },
  add: (counts, task) => countTask(counts, task, 1),
  subtract: (counts, task) => countTask(counts, task, -1),
  isSame: (before, after) => before.lastStatus === after.lastStatus && before.desiredStatus === after.desiredStatus,
});

const one = (key: string | undefined): readonly string[] => (key === undefined ? [] : [key]);

/** A key of `groupTasks`: the tasks of a group on one container instance. */
export const byInstanceGroup = (containerInstanceArn: string, group: string): string =>
  `${containerInstanceArn} ${group}`;
/** A key of `groupTasks`: the tasks of a group of a cluster in one Availability Zone. */
export const byZoneGroup = (clusterArn: string, availabilityZone: string, group: string): string =>
  `${clusterArn} ${availabilityZone} ${group}`;

/** `CLUSTER-ARN LAUNCH-TYPE`, a key of the tallies that count by both. */
export const byLaunchType = (clusterArn: string, launchType: LaunchType): string => `${clusterArn} ${launchType}`;

export const tallies = {
  /** By container instance: what tasks take there until their processes are gone, which is when they are STOPPED. */
  instanceUsage: {
    kind: "task",
    keysOf: (task) => (task.lastStatus === "STOPPED" ? [] : one(task.containerInstanceArn)),
    zero: { cpu: 0, memory: 0, ports: {}, gpus: 0, networkInterfaces: 0 },
    add: (usage, task) => addDemand(usage, task.demand),
    subtract: (usage, task) => addDemand(usage, task.demand, -1),
    isSame: (before, after) => before.demand === after.demand,
  } satisfies Tally<"task", Usage>,
  /** By container instance, cluster, service, and deployment: how many tasks run and are to run. */
  instanceTasks: countBy((task) => one(task.containerInstanceArn)),
  clusterTasks: countBy((task) => [task.clusterArn, byLaunchType(task.clusterArn, task.launchType)]),
  serviceTasks: countBy((task) => one(task.serviceArn)),
  deploymentTasks: countBy((task) => one(task.deploymentId)),
  /** By task group on each container instance and in each zone: tasks that are placed and wanted; what spreading counts. */
  groupTasks: {
    kind: "task",
    keysOf: ({ desiredStatus, lastStatus, containerInstanceArn, clusterArn, availabilityZone, group }) =>
      desiredStatus === "STOPPED" || lastStatus === "STOPPED" || containerInstanceArn === undefined
        ? []
        : [
            byInstanceGroup(containerInstanceArn, group),
            ...(availabilityZone === undefined ? [] : [byZoneGroup(clusterArn, availabilityZone, group)]),
          ],
    zero: 0 as number,
    add: (count: number) => count + 1,
    subtract: (count: number) => count - 1,
    isSame: () => true,
  } satisfies Tally<"task", number>,
  /** By cluster ARN, and cluster ARN with launch type: services that are not INACTIVE. */
  clusterServices: {
    kind: "service",
    keysOf: (service) => [service.clusterArn, byLaunchType(service.clusterArn, service.launchType ?? "EC2")],
    zero: { active: 0, draining: 0 },
    add: (counts, service) => countService(counts, service.status, 1),
    subtract: (counts, service) => countService(counts, service.status, -1),
    isSame: (before, after) => before.status === after.status,
  } satisfies Tally<"service", { readonly active: number; readonly draining: number }>,
  /** By cluster: container instances that are not deregistered, Fargate capacity left out. */
  clusterInstances: {
    kind: "containerInstance",
    keysOf: ({ capacity, status, clusterArn }) => (capacity === "FARGATE" || status === "INACTIVE" ? [] : [clusterArn]),
    zero: 0 as number,
    add: (count: number) => count + 1,
    subtract: (count: number) => count - 1,
    isSame: () => true,
  } satisfies Tally<"containerInstance", number>,
} as const;

const countService = (
  counts: { readonly active: number; readonly draining: number },
  status: "ACTIVE" | "DRAINING" | "INACTIVE",
  step: 1 | -1,
) => ({
  active: counts.active + (status === "ACTIVE" ? step : 0),
  draining: counts.draining + (status === "DRAINING" ? step : 0),
});

export type TallyName = keyof typeof tallies;
export type TallyValue<N extends TallyName> = (typeof tallies)[N] extends Tally<infer _K, infer V> ? V : never;
