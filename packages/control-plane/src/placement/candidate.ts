import type { LaunchType } from "@hatoba/contract";
import type { ContainerInstance } from "../model/container-instance.ts";
import { byInstanceGroup, type Usage } from "../model/tallies.ts";
import type { Demand } from "../model/task.ts";
import type { Snapshot, Stored } from "../store/store.ts";
import type { QuerySubject } from "./query-comparison.ts";

/**
 * A container instance that a task may go to, with what is left there. Its counts are taken from the store's tallies
 * once and then counted on by `take`, so that many tasks can be placed in a row without a new snapshot.
 */
export interface Candidate extends QuerySubject {
  readonly containerInstanceArn: string;
  /** The revision that the commit has to expect. */
  readonly revision: number;
  /** CPU units, MiB, number of GPUs. */
  readonly remaining: { cpu: number; memory: number; gpus: number };
  /** Host ports as `tcp/80`, taken by tasks before this placement and in it. */
  readonly ports: { readonly before: Usage["ports"]; readonly added: Set<string> };
  /** Placed and wanted tasks of the group that is being placed; see `lookAsGroup`. */
  groupTasks: number;
  /** Tasks that `take` has added, by group. */
  readonly added: Map<string, number>;
  /** All tasks that run or are to run there. */
  tasks: number;
  /** Those of `tasks` that run, and those that `take` has added. */
  runningTasks: number;
}

/** Container instances that may ever be chosen for a launch type: ACTIVE ones, of the cluster or of Fargate's own. */
export function candidatesFor(snapshot: Snapshot, clusterArn: string, launchType: LaunchType): readonly Candidate[] {
  const instances =
    launchType === "FARGATE"
      ? snapshot.list("containerInstance", { capacity: "FARGATE" })
      : snapshot.list("containerInstance", { clusterArn });
  return instances
    .filter(({ value }) => value.status === "ACTIVE" && value.capacity === launchType)
    .map((stored) => candidateOf(snapshot, stored));
}

/** One container instance as it is now, whatever its status. */
export function candidateOf(
  snapshot: Snapshot,
  { arn, revision, value: instance }: Stored<"containerInstance">,
): Candidate {
  const added = new Map<string, number>();
  const usage = snapshot.tally("instanceUsage", arn);
  const counts = snapshot.tally("instanceTasks", arn);
  const { cpu, memory, gpuIds } = instance.registered;
  return {
    containerInstanceArn: arn,
    revision,
    instance,
    attributes: attributesOf(instance),
    remaining: { cpu: cpu - usage.cpu, memory: memory - usage.memory, gpus: gpuIds.length - usage.gpus },
    ports: { before: usage.ports, added: new Set() },
    groupTasks: 0,
    added,
    tasks: counts.running + counts.pending,
    runningTasks: counts.running,
    isHosting: (group) => added.has(group) || snapshot.tally("groupTasks", byInstanceGroup(arn, group)) > 0,
    groups: () => new Set([...liveGroups(snapshot, arn), ...added.keys()]),
  };
}

const liveGroups = (snapshot: Snapshot, containerInstanceArn: string) =>
  snapshot
    .list("task", { containerInstanceArn })
    .filter(({ value }) => value.lastStatus !== "STOPPED" && value.desiredStatus === "RUNNING")
    .map(({ value }) => value.group);

/** Sets `groupTasks` for the group whose tasks are to be placed next. */
export function lookAsGroup(snapshot: Snapshot, candidate: Candidate, group: string): void {
  const before = snapshot.tally("groupTasks", byInstanceGroup(candidate.containerInstanceArn, group));
  candidate.groupTasks = before + (candidate.added.get(group) ?? 0);
}

/** Counts one more task of the group that is being placed onto a candidate. */
export function take(candidate: Candidate, demand: Demand, group: string): void {
  candidate.remaining.cpu -= demand.cpu;
  candidate.remaining.memory -= demand.memory;
  candidate.remaining.gpus -= demand.gpus;
  for (const port of demand.ports) candidate.ports.added.add(port);
  candidate.added.set(group, (candidate.added.get(group) ?? 0) + 1);
  candidate.groupTasks += 1;
  candidate.tasks += 1;
  candidate.runningTasks += 1;
}

/** Whether a host port is free: not taken by a task, and not one of those that the machine keeps for itself. */
export const isPortFree = ({ ports, instance }: Candidate, port: string): boolean =>
  !(port in ports.before) && !ports.added.has(port) && !instance.registered.reservedPorts.includes(port);

// Instances keep their attribute list over all other changes, so that the map is made once in its life.
const maps = new WeakMap<ContainerInstance["attributes"], ReadonlyMap<string, string>>();

/** A container instance's attributes by name, with its Availability Zone among them. */
export function attributesOf({ attributes, availabilityZone }: ContainerInstance): ReadonlyMap<string, string> {
  const known = maps.get(attributes);
  if (known !== undefined) return known;
  const made = new Map<string, string>([["ecs.availability-zone", availabilityZone]]);
  for (const { name, value } of attributes) if (name !== undefined) made.set(name, value ?? "");
  maps.set(attributes, made);
  return made;
}
