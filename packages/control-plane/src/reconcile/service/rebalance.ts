import { PlacementSession } from "../../placement/placement-session.ts";
import { deploymentLimits } from "./plan-service.ts";
import type { ServiceView } from "./service-view.ts";
import type { PassDependencies } from "./service-writes.ts";
import { serviceRequest } from "./start-tasks.ts";

/** How many tasks each Availability Zone has; also those that have none and could. */
export type ZoneCounts = ReadonlyMap<string, number>;

/** What is to be done, and said, for a service that is steady. */
export interface Rebalance {
  /** Availability Zones in which to start a task each; as many go in the fullest ones once those run. */
  readonly startIn: readonly string[];
  readonly messages: readonly string[];
}

const nothing: Rebalance = { startIn: [], messages: [] };

/**
 * The zones in which tasks are to be started, `most` at the most, so that no two zones differ by more than one task when the
 * fullest zone has given up one for each.
 */
export function planMoves(counts: ZoneCounts, most: number): readonly string[] {
  const left = new Map(counts);
  const moves: string[] = [];
  while (moves.length < most) {
    const zones = [...left].toSorted(([a, x], [b, y]) => x - y || (a < b ? -1 : 1));
    const [emptiest, fullest] = [zones[0], zones.at(-1)];
    if (emptiest === undefined || fullest === undefined || fullest[1] - emptiest[1] <= 1) break;
    left.set(emptiest[0], emptiest[1] + 1);
    left.set(fullest[0], fullest[1] - 1);
    moves.push(emptiest[0]);
  }
  return moves;
}

/**
 * Evens out over Availability Zones what a service that is steady has. More tasks than the ceiling allows are never there, and the
 * ones too many go only when the new ones are healthy. A service with a protected task stays as it is: what it gives
 * up might not be where it has too much. Source: ECS developer guide, "Balancing an Amazon ECS service across Availability Zones".
 */
export function rebalance(view: ServiceView, deps: PassDependencies): Rebalance {
  const { value: service } = view.stored;
  if (service.availabilityZoneRebalancing !== "ENABLED" || service.desiredCount < 2) return nothing;
  const there = view.tasks.filter(({ standing }) => standing !== "stopped");
  if (there.some(({ isProtected }) => isProtected)) return nothing;
  const running = Map.groupBy(there, ({ stored }) => stored.value.availabilityZone ?? "");
  const counted = (zones: readonly string[]): ZoneCounts =>
    new Map(
      [...new Set([...zones, ...running.keys()])].toSorted().map((zone) => [zone, running.get(zone)?.length ?? 0]),
    );
  const counts = counted(isEven(counted(zonesOf(view))) ? [] : placesOf(view, deps));
  const startIn = planMoves(counts, deploymentLimits(service).ceiling - service.desiredCount);
  return { startIn, messages: messagesFor(view, counts, startIn) };
}

const isEven = (counts: ZoneCounts) => planMoves(counts, 1).length === 0;

/** The zones that the service might ever have tasks in, told fast. */
function zonesOf({ snapshot, stored, primary }: ServiceView): readonly string[] {
  const subnets = primary.value.networkConfiguration?.awsvpcConfiguration?.subnets;
  if (subnets !== undefined) {
    return subnets.flatMap((subnet) => snapshot.get("subnet", subnet)?.value.availabilityZone ?? []);
  }
  const instances = snapshot.list("containerInstance", { clusterArn: stored.value.clusterArn });
  return [...new Set(instances.map(({ value }) => value.availabilityZone))];
}

/** Those that it can have tasks in now, if there is room: a container instance there would do, and its agent answers. */
function placesOf(view: ServiceView, deps: PassDependencies): readonly string[] {
  const request = serviceRequest(view, deps);
  if (request === undefined) return [];
  if (request.launchType === "FARGATE") return zonesOf(view);
  const hosts = new PlacementSession(view.snapshot).matching(request);
  return hosts.filter(({ instance }) => instance.agentConnected).map(({ instance }) => instance.availabilityZone);
}

/** Source of the texts: ECS developer guide, "Track Amazon ECS Availability Zone rebalancing". */
function messagesFor(view: ServiceView, counts: ZoneCounts, startIn: readonly string[]): readonly string[] {
  const inZones = [...counts].map(([zone, count]) => `${count} tasks in ${zone}`).join(", ");
  if (startIn.length > 0) return [`is not AZ balanced with ${inZones}. AZ Rebalancing in progress.`];
  const last = view.events.value.events.find(({ message }) => message.includes(" AZ balanced with "));
  return last?.message.includes(" is not AZ balanced ") && isEven(counts) ? [`is AZ balanced with ${inZones}.`] : [];
}
