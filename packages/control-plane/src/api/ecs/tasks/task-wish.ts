import type { Tag } from "@aws-sdk/client-ecs";
import type { LaunchType, Place } from "@hatoba/contract";
import type { TaskWish } from "../../../model/new-task.ts";
import type { Stored } from "../../../store/store.ts";
import { EcsError } from "../api-error.ts";
import type { LaunchWish } from "../check-launch.ts";
import type { Input } from "../operation.ts";
import type { FoundCluster } from "../require.ts";
import { requireTags } from "../tags.ts";
import { checkOverrides } from "./check-overrides.ts";
import { volumeWishes } from "./volume-wishes.ts";

/** What RunTask and StartTask have in common. */
export type StartInput = Omit<Input<"StartTask">, "containerInstances"> & LaunchWish;

const invalid = (message: string) => new EcsError("InvalidParameterException", message);

/**
 * What is wanted of each task of a RunTask or StartTask call; launch type and network were checked before.
 * @throws EcsError InvalidParameterException
 */
export function taskWish(
  input: StartInput,
  around: {
    readonly cluster: FoundCluster;
    readonly taskDefinition: Stored<"taskDefinition">;
    readonly launchType: LaunchType;
    readonly place: Place;
    readonly now: number;
  },
): TaskWish {
  const { cluster, taskDefinition, launchType, place, now } = around;
  const { group, startedBy, overrides, networkConfiguration, platformVersion } = input;
  checkOverrides(overrides, taskDefinition.value, launchType);
  const volumes = volumeWishes(input.volumeConfigurations, taskDefinition.value);
  return {
    place,
    clusterArn: cluster.arn,
    taskDefinitionArn: taskDefinition.arn,
    taskDefinition: taskDefinition.value,
    launchType,
    ...(platformVersion ? { platformVersion } : {}),
    ...(group ? { group: requireGroup(group) } : {}),
    ...(startedBy ? { startedBy: requireStartedBy(startedBy) } : {}),
    ...(overrides === undefined ? {} : { overrides }),
    ...(networkConfiguration === undefined ? {} : { networkConfiguration }),
    ...(input.placementConstraints === undefined ? {} : { placementConstraints: input.placementConstraints }),
    ...(input.placementStrategy === undefined ? {} : { placementStrategy: input.placementStrategy }),
    ...(volumes.length === 0 ? {} : { volumes }),
    enableExecuteCommand: input.enableExecuteCommand ?? false,
    tags: tagsFor(input, taskDefinition.value.tags, cluster.name),
    createdAt: now,
  };
}

/** Only a service's own tasks are of its group. Source: ECS developer guide, "Group related Amazon ECS tasks". */
function requireGroup(group: string): string {
  if (group.length > 255) throw invalid("group can have at most 255 characters.");
  if (group.startsWith("service:")) throw invalid("Invalid namespace for group.");
  return group;
}

/** Source: ECS API reference, RunTask, `startedBy`. */
function requireStartedBy(startedBy: string): string {
  if (startedBy.length > 128) throw invalid("startedBy can have at most 128 characters.");
  return startedBy;
}

/** The call's tags, then those of the task definition if they are to be propagated, then ECS's own if they are wanted. */
function tagsFor(input: StartInput, ofTaskDefinition: readonly Tag[], clusterName: string): readonly Tag[] {
  if (input.propagateTags === "SERVICE") {
    throw invalid(
      "Tasks that no service starts cannot take over a service's tags: propagateTags can be TASK_DEFINITION or NONE.",
    );
  }
  const own = requireTags(input.tags);
  const propagated = input.propagateTags === "TASK_DEFINITION" ? ofTaskDefinition : [];
  const inherited = propagated.filter(({ key }) => own.every((tag) => tag.key !== key));
  const managed = input.enableECSManagedTags ? [{ key: "aws:ecs:clusterName", value: clusterName }] : [];
  return [...own, ...inherited, ...managed];
}
