import type { NetworkConfiguration, PlacementConstraint, PlacementStrategy } from "@aws-sdk/client-ecs";
import type { LaunchType } from "@hatoba/contract";
import { membershipOf } from "../model/capacity-provider.ts";
import type { Subnet } from "../model/network.ts";
import { byZoneGroup } from "../model/tallies.ts";
import type { Demand, Task } from "../model/task.ts";
import type { TaskDefinition } from "../model/task-definition.ts";
import type { Snapshot, Stored } from "../store/store.ts";
import { type Address, AddressBook } from "./address.ts";
import { type Candidate, candidateOf, candidatesFor } from "./candidate.ts";
import { parseClusterQuery } from "./cluster-query.ts";
import { type Placements, placeMany } from "./place-many.ts";
import { platformAttributes } from "./platform.ts";
import { type Criteria, couldHost } from "./refusal.ts";

/** What some equal tasks need of the place they go to. */
export interface PlacementRequest {
  readonly clusterArn: string;
  readonly launchType: LaunchType;
  /** One that stands for an Auto Scaling group: only that group's container instances come into question. */
  readonly capacityProviderName?: string | undefined;
  readonly demand: Demand;
  readonly group: string;
  readonly requiresAttributes: TaskDefinition["requiresAttributes"];
  /** See `platformAttributes`; nothing if left out. */
  readonly platform?: TaskDefinition["requiresAttributes"];
  readonly placementConstraints?: readonly PlacementConstraint[] | undefined;
  readonly placementStrategy?: readonly PlacementStrategy[] | undefined;
  readonly networkConfiguration?: NetworkConfiguration | undefined;
  /** No other zone than this one. */
  readonly availabilityZone?: string | undefined;
}

/** What a task asks for as it is stored; `newTask` has put the task definition's constraints into it. */
export const requestFor = (task: Task, { requiresAttributes, registered }: TaskDefinition): PlacementRequest => ({
  clusterArn: task.clusterArn,
  launchType: task.launchType,
  capacityProviderName: task.capacityProviderName,
  demand: task.demand,
  group: task.group,
  requiresAttributes,
  platform: platformAttributes(registered, task.launchType),
  placementConstraints: task.placementConstraints,
  placementStrategy: task.placementStrategy,
  networkConfiguration: task.networkConfiguration,
});

/**
 * Placements on one snapshot, of which each counts what those before it took. All placements of one commit come from
 * one session.
 */
export class PlacementSession {
  private readonly snapshot: Snapshot;
  private readonly addresses: AddressBook;
  private readonly pools = new Map<string, readonly Candidate[]>();
  private readonly named = new Map<string, Candidate>();
  private readonly addedByZone = new Map<string, number>();

  constructor(snapshot: Snapshot) {
    this.snapshot = snapshot;
    this.addresses = new AddressBook(snapshot);
  }

  /** Chooses where up to `count` equal tasks go; fewer placements than asked for: there is no room for the rest. */
  place(request: PlacementRequest, count: number): Placements {
    return this.choose(this.pool(request), request, count);
  }

  /** The candidates that tasks could go to if there were room and all agents were there. */
  matching(request: PlacementRequest): readonly Candidate[] {
    const criteria = criteriaOf(request, this.subnetsFor(request));
    return this.pool(request).filter((on) => couldHost(on, criteria));
  }

  /**
   * Whether a task may go to this one container instance, which the caller has named (StartTask). A session is used
   * either for this or for `place`: the two do not see each other's placements.
   */
  placeOn(request: PlacementRequest, instance: Stored<"containerInstance">): Placements {
    const candidate = this.named.get(instance.arn) ?? candidateOf(this.snapshot, instance);
    this.named.set(instance.arn, candidate);
    return this.choose([candidate], { ...request, placementConstraints: undefined }, 1);
  }

  private choose(candidates: readonly Candidate[], request: PlacementRequest, count: number): Placements {
    const { group } = request;
    const before = this.hostsOf(group, candidates.length);
    for (const candidate of candidates) {
      candidate.lookAsGroup(group, before && (before.get(candidate.containerInstanceArn) ?? 0));
    }
    const subnets = this.subnetsFor(request);
    return placeMany(candidates, count, {
      criteria: criteriaOf(request, subnets),
      group,
      strategies: request.placementStrategy ?? [],
      seed: this.snapshot.revision,
      ...(subnets === undefined ? {} : { addressFor: (on) => this.addressFor(on, subnets, request) }),
    });
  }

  /** By container instance, the tasks of a group that are placed and wanted; undefined where it costs less to ask each of `hosts`. */
  private hostsOf(group: string, hosts: number): ReadonlyMap<string, number> | undefined {
    if (this.snapshot.count("task", { group }) >= hosts) return undefined;
    const counts = new Map<string, number>();
    for (const { value } of this.snapshot.list("task", { group })) {
      const { containerInstanceArn, desiredStatus, lastStatus } = value;
      if (containerInstanceArn === undefined || desiredStatus === "STOPPED" || lastStatus === "STOPPED") continue;
      counts.set(containerInstanceArn, (counts.get(containerInstanceArn) ?? 0) + 1);
    }
    return counts;
  }

  private pool({
    clusterArn,
    launchType,
    capacityProviderName,
  }: Pick<PlacementRequest, "clusterArn" | "launchType" | "capacityProviderName">): readonly Candidate[] {
    if (launchType !== "FARGATE" && capacityProviderName !== undefined) {
      const all = this.pool({ clusterArn, launchType });
      const member = memberOfProvider(this.snapshot, clusterArn, capacityProviderName);
      return member === undefined ? [] : all.filter((on) => on.attributes.get(member.name) === member.value);
    }
    const key = `${launchType} ${launchType === "FARGATE" ? "" : clusterArn}`;
    const made = this.pools.get(key) ?? candidatesFor(this.snapshot, clusterArn, launchType);
    this.pools.set(key, made);
    return made;
  }

  private subnetsFor({
    demand,
    networkConfiguration,
    availabilityZone,
  }: PlacementRequest): readonly Subnet[] | undefined {
    if (demand.networkInterfaces === 0) return undefined;
    const named = networkConfiguration?.awsvpcConfiguration?.subnets ?? [];
    const subnets = named.flatMap((subnetId) => this.snapshot.get("subnet", subnetId)?.value ?? []);
    return subnets.filter((subnet) => availabilityZone === undefined || subnet.availabilityZone === availabilityZone);
  }

  /** An address in the zone with the fewest tasks of the group; on an EC2 instance, in the instance's own zone. */
  private addressFor(on: Candidate, subnets: readonly Subnet[], request: PlacementRequest): Address | undefined {
    const { capacity, availabilityZone } = on.instance;
    const usable =
      capacity === "EC2" ? subnets.filter((subnet) => subnet.availabilityZone === availabilityZone) : subnets;
    const tasks = new Map(usable.map((subnet) => [subnet, this.zoneTasks(request, subnet.availabilityZone)]));
    for (const subnet of usable.toSorted((a, b) => (tasks.get(a) ?? 0) - (tasks.get(b) ?? 0))) {
      const privateIpAddress = this.addresses.lowestFree(subnet);
      if (privateIpAddress === undefined) continue;
      const key = byZoneGroup(request.clusterArn, subnet.availabilityZone, request.group);
      this.addedByZone.set(key, (this.addedByZone.get(key) ?? 0) + 1);
      return { subnet, privateIpAddress };
    }
    return undefined;
  }

  private zoneTasks({ clusterArn, group }: PlacementRequest, availabilityZone: string): number {
    const key = byZoneGroup(clusterArn, availabilityZone, group);
    return this.snapshot.tally("groupTasks", key) + (this.addedByZone.get(key) ?? 0);
  }
}

/** What the container instances of a capacity provider of the cluster's account have. */
function memberOfProvider(snapshot: Snapshot, clusterArn: string, name: string): ReturnType<typeof membershipOf> {
  const provider = snapshot.get("capacityProvider", clusterArn.replace(/:cluster\/.*$/, `:capacity-provider/${name}`));
  return provider && membershipOf(provider.value);
}

/** Expressions were read when they were stored; one that is none fits no instance. */
function criteriaOf(request: PlacementRequest, subnets: readonly Subnet[] | undefined): Criteria {
  const constraints = request.placementConstraints ?? [];
  const memberOf = constraints
    .filter(({ type }) => type === "memberOf")
    .map(({ expression = "" }) => {
      const query = parseClusterQuery(expression);
      return "error" in query ? { matches: () => false } : query;
    });
  return {
    launchType: request.launchType,
    demand: request.demand,
    requiresAttributes: request.requiresAttributes,
    platform: request.platform ?? [],
    memberOf,
    distinctInstance: constraints.some(({ type }) => type === "distinctInstance"),
    ...zonesFor(request, subnets),
  };
}

function zonesFor(
  { availabilityZone }: PlacementRequest,
  subnets: readonly Subnet[] | undefined,
): Pick<Criteria, "zones"> {
  if (subnets !== undefined) return { zones: new Set(subnets.map((subnet) => subnet.availabilityZone)) };
  return availabilityZone === undefined ? {} : { zones: new Set([availabilityZone]) };
}
