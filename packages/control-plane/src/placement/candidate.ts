import type { LaunchType } from "@hatoba/contract";
import type { ContainerInstance } from "../model/container-instance.ts";
import { byInstanceGroup, type TaskCounts, type Usage } from "../model/tallies.ts";
import type { Demand } from "../model/task.ts";
import type { Snapshot, Stored } from "../store/store.ts";
import type { QuerySubject } from "./query-comparison.ts";

/** CPU units, MiB, number of GPUs, and of network interfaces for awsvpc tasks; without a limit Infinity. */
interface Remaining {
  cpu: number;
  memory: number;
  gpus: number;
  networkInterfaces: number;
}

/**
 * A container instance that a task may go to, with what is left there. Its counts are taken from the store's tallies
 * once, each when it is first asked for, and then counted on by `take`, so that many tasks can be placed in a row without
 * a new snapshot. A class, and sparing with objects, because one placement may look at thousands.
 */
export class Candidate implements QuerySubject {
  readonly containerInstanceArn: string;
  /** The revision that the commit has to expect. */
  readonly revision: number;
  readonly instance: ContainerInstance;
  /** Placed and wanted tasks of the group that is being placed; see `lookAsGroup`. */
  groupTasks = 0;
  private readonly snapshot: Snapshot;
  private counts: TaskCounts | undefined;
  private left: (Remaining & { readonly portsBefore: Usage["ports"] }) | undefined;
  /** What `take` has added: how many tasks, how many of each group, and host ports. */
  private added: { tasks: number; readonly groups: Map<string, number>; readonly ports: Set<string> } | undefined;

  constructor(snapshot: Snapshot, { arn, revision, value: instance }: Stored<"containerInstance">) {
    this.containerInstanceArn = arn;
    this.revision = revision;
    this.instance = instance;
    this.snapshot = snapshot;
  }

  get attributes(): ReadonlyMap<string, string> {
    return attributesOf(this.instance);
  }

  /** The same as of `attributes`, at less cost for the zone, which is asked of every candidate. */
  attribute(name: string): string | undefined {
    return name === zoneAttribute ? this.instance.availabilityZone : this.attributes.get(name);
  }

  get remaining(): Remaining {
    return this.usage;
  }

  /** All tasks that run or are to run there. */
  get tasks(): number {
    return this.runningTasks + this.tallied.pending;
  }

  /** Those of `tasks` that run, and those that `take` has added. */
  get runningTasks(): number {
    return this.tallied.running + (this.added?.tasks ?? 0);
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
    const isHeld = port in this.usage.portsBefore || this.added?.ports.has(port) === true;
    return !isHeld && !this.instance.registered.reservedPorts.includes(port);
  }

  /**
   * Sets `groupTasks` for the group whose tasks are to be placed next.
   * @param before how many of them the snapshot has there, where the caller knows
   */
  lookAsGroup(group: string, before?: number): void {
    this.groupTasks = this.tasksOf(group, before);
  }

  /** Counts one more task of the group that is being placed. */
  take(demand: Demand, group: string): void {
    const { remaining } = this;
    remaining.cpu -= demand.cpu;
    remaining.memory -= demand.memory;
    remaining.gpus -= demand.gpus;
    remaining.networkInterfaces -= demand.networkInterfaces;
    this.added ??= { tasks: 0, groups: new Map(), ports: new Set() };
    for (const port of demand.ports) this.added.ports.add(port);
    this.added.groups.set(group, (this.added.groups.get(group) ?? 0) + 1);
    this.added.tasks += 1;
    this.groupTasks += 1;
  }

  private tasksOf(
    group: string,
    before = this.snapshot.tally("groupTasks", byInstanceGroup(this.containerInstanceArn, group)),
  ): number {
    return before + (this.added?.groups.get(group) ?? 0);
  }

  private get tallied(): TaskCounts {
    this.counts ??= this.snapshot.tally("instanceTasks", this.containerInstanceArn);
    return this.counts;
  }

  private get usage(): Remaining & { readonly portsBefore: Usage["ports"] } {
    this.left ??= this.remainingBefore();
    return this.left;
  }

  private remainingBefore(): Remaining & { readonly portsBefore: Usage["ports"] } {
    const usage = this.snapshot.tally("instanceUsage", this.containerInstanceArn);
    const { cpu, memory, gpuIds } = this.instance.registered;
    return {
      cpu: cpu - usage.cpu,
      memory: memory - usage.memory,
      gpus: gpuIds.length - usage.gpus,
      networkInterfaces: interfaceLimit(this.attributes) - usage.networkInterfaces,
      portsBefore: usage.ports,
    };
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
