import type { LaunchType } from "@hatoba/contract";
import type { ContainerInstance } from "../model/container-instance.ts";
import { byInstanceGroup, type Usage } from "../model/tallies.ts";
import type { Demand } from "../model/task.ts";
import type { Snapshot, Stored } from "../store/store.ts";
import type { QuerySubject } from "./query-comparison.ts";

/**
 * A container instance that a task may go to, with what is left there. Its counts are taken from the store's tallies
 * once and then counted on by `take`, so that many tasks can be placed in a row without a new snapshot. A class, and
 * sparing with objects, because one placement may look at thousands.
 */
export class Candidate implements QuerySubject {
  readonly containerInstanceArn: string;
  /** The revision that the commit has to expect. */
  readonly revision: number;
  readonly instance: ContainerInstance;
  readonly attributes: ReadonlyMap<string, string>;
  /** CPU units, MiB, number of GPUs, and of network interfaces for awsvpc tasks; without a limit Infinity. */
  readonly remaining: { cpu: number; memory: number; gpus: number; networkInterfaces: number };
  /** Placed and wanted tasks of the group that is being placed; see `lookAsGroup`. */
  groupTasks = 0;
  /** All tasks that run or are to run there. */
  tasks: number;
  /** Those of `tasks` that run, and those that `take` has added. */
  runningTasks: number;
  private readonly snapshot: Snapshot;
  private readonly portsBefore: Usage["ports"];
  /** What `take` has added: tasks by group, and host ports. */
  private added: { readonly groups: Map<string, number>; readonly ports: Set<string> } | undefined;

  constructor(snapshot: Snapshot, { arn, revision, value: instance }: Stored<"containerInstance">) {
    const usage = snapshot.tally("instanceUsage", arn);
    const counts = snapshot.tally("instanceTasks", arn);
    const { cpu, memory, gpuIds } = instance.registered;
    this.containerInstanceArn = arn;
    this.revision = revision;
    this.instance = instance;
    this.attributes = attributesOf(instance);
    this.remaining = {
      cpu: cpu - usage.cpu,
      memory: memory - usage.memory,
      gpus: gpuIds.length - usage.gpus,
      networkInterfaces: interfaceLimit(this.attributes) - usage.networkInterfaces,
    };
    this.tasks = counts.running + counts.pending;
    this.runningTasks = counts.running;
    this.snapshot = snapshot;
    this.portsBefore = usage.ports;
  }

  isHosting(group: string): boolean {
    return this.tasksOf(group) > 0;
  }

  groups(): ReadonlySet<string> {
    const live = this.snapshot
      .list("task", { containerInstanceArn: this.containerInstanceArn })
      .filter(({ value }) => value.lastStatus !== "STOPPED" && value.desiredStatus === "RUNNING")
      .map(({ value }) => value.group);
    return new Set([...live, ...(this.added?.groups.keys() ?? [])]);
  }

  /** Whether a host port, as `tcp/80`, is free: held by no task, and not one that the machine keeps for itself. */
  isPortFree(port: string): boolean {
    const isHeld = port in this.portsBefore || this.added?.ports.has(port) === true;
    return !isHeld && !this.instance.registered.reservedPorts.includes(port);
  }

  /** Sets `groupTasks` for the group whose tasks are to be placed next. */
  lookAsGroup(group: string): void {
    this.groupTasks = this.tasksOf(group);
  }

  /** Counts one more task of the group that is being placed. */
  take(demand: Demand, group: string): void {
    this.remaining.cpu -= demand.cpu;
    this.remaining.memory -= demand.memory;
    this.remaining.gpus -= demand.gpus;
    this.remaining.networkInterfaces -= demand.networkInterfaces;
    this.added ??= { groups: new Map(), ports: new Set() };
    for (const port of demand.ports) this.added.ports.add(port);
    this.added.groups.set(group, (this.added.groups.get(group) ?? 0) + 1);
    this.groupTasks += 1;
    this.tasks += 1;
    this.runningTasks += 1;
  }

  private tasksOf(group: string): number {
    const before = this.snapshot.tally("groupTasks", byInstanceGroup(this.containerInstanceArn, group));
    return before + (this.added?.groups.get(group) ?? 0);
  }
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
export const candidateOf = (snapshot: Snapshot, instance: Stored<"containerInstance">): Candidate =>
  new Candidate(snapshot, instance);

/** With it an agent says how many awsvpc tasks its machine takes; EC2 has such a limit for each instance type. */
const interfaceLimitAttribute = "hatoba.network-interfaces";
function interfaceLimit(attributes: ReadonlyMap<string, string>): number {
  const stated = attributes.get(interfaceLimitAttribute);
  return stated !== undefined && /^\d+$/.test(stated) ? Number(stated) : Number.POSITIVE_INFINITY;
}

const zoneAttribute = "ecs.availability-zone";
// Instances keep their attribute list over all other changes, so that the map is made once in its life.
const maps = new WeakMap<ContainerInstance["attributes"], ReadonlyMap<string, string>>();

/** A container instance's attributes by name, with its Availability Zone among them. */
export function attributesOf({ attributes, availabilityZone }: ContainerInstance): ReadonlyMap<string, string> {
  const known = maps.get(attributes);
  if (known?.get(zoneAttribute) === availabilityZone) return known;
  const made = new Map<string, string>();
  for (const { name, value } of attributes) if (name !== undefined) made.set(name, value ?? "");
  made.set(zoneAttribute, availabilityZone);
  maps.set(attributes, made);
  return made;
}
