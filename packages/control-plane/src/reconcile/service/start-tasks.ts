import type { Tag } from "@aws-sdk/client-ecs";
import { lastSegment } from "@hatoba/contract";
import { launchTypeOf, newTask, type TaskWish } from "../../model/new-task.ts";
import type { Service } from "../../model/service.ts";
import type { TaskDefinition } from "../../model/task-definition.ts";
import { placementWrites } from "../../placement/commit-placement.ts";
import { PlacementSession, requestFor } from "../../placement/placement-session.ts";
import type { IdSource } from "../../platform/ids.ts";
import type { Settings } from "../../settings.ts";
import type { Write } from "../../store/store.ts";
import { poolOf } from "../loop/waiting-for-room.ts";
import { unplacedMessage } from "./service-events.ts";
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
  { ids, settings }: { readonly ids: IdSource; readonly settings: Settings },
): StartedTasks {
  const { snapshot, primary, now } = view;
  const taskDefinition = snapshot.get("taskDefinition", primary.value.taskDefinition)?.value;
  if (taskDefinition === undefined) return { writes: [], arns: [], short: withoutDefinition(view) };
  const wish = wishFor(view, taskDefinition, settings);
  const make = () => newTask(wish, () => ids.hex(32));
  const first = make();
  const { placements, refusals } = new PlacementSession(snapshot).place(requestFor(first.value, taskDefinition), count);
  const placed = placements.map((placement, index) => ({ ...(index === 0 ? first : make()), expected: 0, placement }));
  const { clusterArn, launchType } = wish;
  return {
    writes: placementWrites(placed, { snapshot, place: settings, now, ids }),
    arns: placed.map(({ arn }) => arn),
    ...(placements.length < count
      ? { short: { pool: poolOf({ launchType, clusterArn }), message: unplacedMessage(launchType, refusals) } }
      : {}),
  };
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
    enableExecuteCommand: service.enableExecuteCommand ?? false,
    tags: tagsFor(service, taskDefinition),
    createdAt: view.now,
  };
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
