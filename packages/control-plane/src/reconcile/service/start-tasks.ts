import type { Tag } from "@aws-sdk/client-ecs";
import { lastSegment } from "@hatoba/contract";
import { wishedVolumes } from "../../model/managed-volume.ts";
import { launchTypeOf, newTask, type TaskWish } from "../../model/new-task.ts";
import type { Service } from "../../model/service.ts";
import type { TaskDefinition } from "../../model/task-definition.ts";
import { type PlacedTask, placementWrites } from "../../placement/commit-placement.ts";
import { type PlacementRequest, PlacementSession, requestFor } from "../../placement/placement-session.ts";
import type { Refusal } from "../../placement/refusal.ts";
import { shareOut } from "../../placement/share-out.ts";
import type { IdSource } from "../../platform/ids.ts";
import type { Settings } from "../../settings.ts";
import type { Write } from "../../store/store.ts";
import { poolOf } from "../loop/waiting-for-room.ts";
import { unplacedMessage } from "./service-events.ts";
import { isAlive } from "./service-tasks.ts";
import type { ServiceView } from "./service-view.ts";

/** What came of starting some tasks of a service's primary deployment. */
export interface StartedTasks {
  readonly writes: readonly Write[];
  readonly arns: readonly string[];
  /** Where the rest waits for room, and what to say of it; absent if all found a place. */
  readonly short?: { readonly pool: string; readonly message: string };
}

/** Makes up to `count` new tasks and places them. A service's task comes to be only if there is a place for it, as in ECS. */
export function startTasks(
  view: ServiceView,
  count: number,
  deps: { readonly ids: IdSource; readonly settings: Settings },
): StartedTasks {
  // Most passes have nothing to start; looking for places costs as much as there are container instances.
  return count === 0 ? { writes: [], arns: [] } : startIn(view, [{ count }], deps);
}

/** The same for tasks that are to even out zones: one more in each zone that is named, as often as it is named. */
export function startToRebalance(
  view: ServiceView,
  zones: readonly string[],
  deps: { readonly ids: IdSource; readonly settings: Settings },
): StartedTasks {
  const byZone = [...Map.groupBy(zones, (zone) => zone)];
  return startIn(
    view,
    byZone.map(([availabilityZone, each]) => ({ availabilityZone, count: each.length })),
    deps,
  );
}

/** Some tasks, in one zone if it is named. */
interface Lot {
  readonly availabilityZone?: string;
  readonly count: number;
}

function startIn(
  view: ServiceView,
  lots: readonly Lot[],
  { ids, settings }: { readonly ids: IdSource; readonly settings: Settings },
): StartedTasks {
  const { snapshot, primary, now } = view;
  const taskDefinition = snapshot.get("taskDefinition", primary.value.taskDefinition)?.value;
  if (taskDefinition === undefined) return { writes: [], arns: [], short: withoutDefinition(view) };
  const wish = wishFor(view, taskDefinition, settings);
  const session = new PlacementSession(snapshot);
  const parts = lots.flatMap(({ availabilityZone, count }) =>
    partsOf(view, availabilityZone === undefined ? wish : { ...wish, rebalances: true }, count).map((part) =>
      placePart(part.wish, { count: part.count, availabilityZone }, { session, ids, taskDefinition }),
    ),
  );
  const short = parts.find(({ refusals }) => refusals !== undefined);
  const placed = parts.flatMap((part) => part.placed);
  const { clusterArn, launchType } = wish;
  return {
    writes: placementWrites(placed, { snapshot, place: settings, now, ids }),
    arns: placed.map(({ arn }) => arn),
    ...(short?.refusals === undefined
      ? {}
      : { short: { pool: poolOf({ launchType, clusterArn }), message: unplacedMessage(launchType, short.refusals) } }),
  };
}

/** What each capacity provider of the strategy is to take of `count` more tasks; all of them, without a strategy. */
function partsOf(
  { primary, tasks }: ServiceView,
  wish: TaskWish,
  count: number,
): readonly { readonly wish: TaskWish; readonly count: number }[] {
  const strategy = primary.value.capacityProviderStrategy ?? [];
  if (strategy.length === 0) return [{ wish, count }];
  const current = tasks.filter((task) => task.isCurrent && isAlive(task)).map(({ stored }) => stored.value);
  const known = new Map<string, number>();
  for (const { capacityProviderName = "" } of current) {
    known.set(capacityProviderName, (known.get(capacityProviderName) ?? 0) + 1);
  }
  const shares = Map.groupBy(shareOut(strategy, count, known), (name) => name);
  return [...shares].map(([capacityProviderName, each]) => ({
    wish: { ...wish, capacityProviderName },
    count: each.length,
  }));
}

/** @returns refusals only if not all found a place */
function placePart(
  wish: TaskWish,
  { count, availabilityZone }: { readonly count: number; readonly availabilityZone: string | undefined },
  around: { readonly session: PlacementSession; readonly ids: IdSource; readonly taskDefinition: TaskDefinition },
): { readonly placed: readonly PlacedTask[]; readonly refusals?: readonly Refusal[] } {
  const make = () => newTask(wish, () => around.ids.hex(32));
  const first = make();
  const { placements, refusals } = around.session.place(
    { ...requestFor(first.value, around.taskDefinition), availabilityZone },
    count,
  );
  const placed = placements.map((placement, index) => ({ ...(index === 0 ? first : make()), expected: 0, placement }));
  return placements.length < count ? { placed, refusals } : { placed };
}

/** What a task of the primary deployment asks for; undefined if its task definition is gone. */
export function serviceRequest(
  view: ServiceView,
  { ids, settings }: { readonly ids: IdSource; readonly settings: Settings },
): PlacementRequest | undefined {
  const taskDefinition = view.snapshot.get("taskDefinition", view.primary.value.taskDefinition)?.value;
  if (taskDefinition === undefined) return undefined;
  const { value } = newTask(wishFor(view, taskDefinition, settings), () => ids.hex(32));
  return requestFor(value, taskDefinition);
}

const withoutDefinition = ({ stored, primary }: ServiceView) => ({
  pool: stored.value.clusterArn,
  message: `was unable to place a task. Reason: The task definition ${primary.value.taskDefinition} does not exist.`,
});

function wishFor(view: ServiceView, taskDefinition: TaskDefinition, settings: Settings): TaskWish {
  const { value: service, arn: serviceArn } = view.stored;
  const { value: deployment } = view.primary;
  const { placementConstraints, placementStrategy } = service;
  const { networkConfiguration, platformVersion } = deployment;
  return {
    place: settings,
    clusterArn: service.clusterArn,
    taskDefinitionArn: deployment.taskDefinition,
    taskDefinition,
    ...launchTypeOf(deployment),
    ...(platformVersion === undefined ? {} : { platformVersion }),
    group: `service:${service.serviceName}`,
    startedBy: deployment.deploymentId,
    serviceArn,
    deploymentId: deployment.deploymentId,
    ...(networkConfiguration === undefined ? {} : { networkConfiguration }),
    ...(placementConstraints === undefined ? {} : { placementConstraints }),
    ...(placementStrategy === undefined ? {} : { placementStrategy }),
    ...volumesOf(view, taskDefinition),
    enableExecuteCommand: service.enableExecuteCommand ?? false,
    tags: tagsFor(service, taskDefinition),
    createdAt: view.now,
  };
}

function volumesOf({ stored, primary }: ServiceView, { tags }: TaskDefinition): Pick<TaskWish, "volumes"> {
  const { volumeConfigurations = [] } = primary.value;
  if (volumeConfigurations.length === 0) return {};
  const sources = { TASK_DEFINITION: tags, SERVICE: stored.value.tags, NONE: [] };
  return { volumes: wishedVolumes(volumeConfigurations, sources) };
}

/** A service's tasks take over the tags it says, and ECS's own if it wants them. Source: ECS API reference, CreateService. */
function tagsFor(service: Service, taskDefinition: TaskDefinition): readonly Tag[] {
  const inherited: Record<string, readonly Tag[]> = { SERVICE: service.tags, TASK_DEFINITION: taskDefinition.tags };
  const managed = [
    { key: "aws:ecs:clusterName", value: lastSegment(service.clusterArn) },
    { key: "aws:ecs:serviceName", value: service.serviceName },
  ];
  return [...(inherited[service.propagateTags ?? "NONE"] ?? []), ...(service.enableECSManagedTags ? managed : [])];
}
