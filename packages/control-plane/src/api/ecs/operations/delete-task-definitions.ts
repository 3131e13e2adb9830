import type * as sdk from "@aws-sdk/client-ecs";
import type { Place } from "@hatoba/contract";
import type { TaskDefinition } from "../../../model/task-definition.ts";
import type { Snapshot, Stored, Write } from "../../../store/store.ts";
import { EcsError } from "../api-error.ts";
import { commitPlan } from "../commit-plan.ts";
import { taskDefinitionFrom } from "../identifiers.ts";
import type { Operation } from "../operation.ts";
import { describeTaskDefinition } from "../task-definition/describe-task-definition.ts";

/**
 * Asks for INACTIVE revisions to go: they are DELETE_IN_PROGRESS until no task and no service uses them, and are then
 * removed by the clean-up loop. Source: ECS API reference, DeleteTaskDefinitions; texts: getmoto/moto, moto/ecs/models.py.
 */
export const deleteTaskDefinitions: Operation<"DeleteTaskDefinitions"> = async (input, { store, clock, caller }) => {
  const identifiers = requireIdentifiers(input.taskDefinitions);
  return commitPlan(store, (snapshot) => {
    const taskDefinitions: sdk.TaskDefinition[] = [];
    const failures: sdk.Failure[] = [];
    const writes: Write[] = [];
    for (const identifier of identifiers) {
      const found = findDeletable(snapshot, identifier, caller);
      if ("reason" in found) {
        failures.push(found);
        continue;
      }
      const value: TaskDefinition = { ...found.value, status: "DELETE_IN_PROGRESS", deleteRequestedAt: clock.now() };
      if (taskDefinitions.some(({ taskDefinitionArn }) => taskDefinitionArn === found.arn)) continue; // named twice
      if (found.value.status === "INACTIVE") {
        writes.push({ kind: "taskDefinition", arn: found.arn, expected: found.revision, value });
      }
      taskDefinitions.push(describeTaskDefinition(found.value.status === "INACTIVE" ? { ...found, value } : found));
    }
    return { writes, result: { taskDefinitions, failures } };
  });
};

function requireIdentifiers(identifiers: readonly string[] | undefined): readonly string[] {
  if (!identifiers?.length) {
    throw new EcsError("InvalidParameterException", "size of TaskDefinition references list must be greater than 0");
  }
  if (identifiers.length > 10) {
    throw new EcsError("InvalidParameterException", "Size of TaskDefinition references list cannot exceed 10");
  }
  return [...new Set(identifiers)];
}

type Refused = { readonly arn: string; readonly reason: string };

function findDeletable(snapshot: Snapshot, identifier: string, place: Place): Stored<"taskDefinition"> | Refused {
  const arn = revisionArn(identifier, place);
  if (arn === undefined) {
    return {
      arn: identifier,
      reason: "The specified task definition identifier is invalid. Specify a valid name or ARN and try again.",
    };
  }
  const stored = snapshot.get("taskDefinition", arn);
  if (stored === undefined) {
    return {
      arn: identifier,
      reason: "The specified task definition does not exist. Specify a valid account, family, revision and try again.",
    };
  }
  if (stored.value.status !== "ACTIVE") return stored;
  return {
    arn: identifier,
    reason: "The specified task definition is still in ACTIVE status. Please deregister the target and try again.",
  };
}

/** Undefined also for a family alone: what is deleted has a revision. */
function revisionArn(identifier: string, place: Place): string | undefined {
  try {
    return taskDefinitionFrom(identifier, place).arn;
  } catch (error) {
    if (error instanceof EcsError) return undefined;
    throw error;
  }
}
