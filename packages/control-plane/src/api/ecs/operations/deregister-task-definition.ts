import type { TaskDefinition } from "../../../model/task-definition.ts";
import { EcsError } from "../api-error.ts";
import { commitPlan } from "../commit-plan.ts";
import { taskDefinitionFrom } from "../identifiers.ts";
import type { Operation } from "../operation.ts";
import { requireParameter } from "../require.ts";
import { describeTaskDefinition } from "../task-definition/describe-task-definition.ts";

/**
 * Makes a revision INACTIVE; one that is so already is answered as it is. Tasks and services that use it go on.
 * Source: ECS API reference, DeregisterTaskDefinition.
 */
export const deregisterTaskDefinition: Operation<"DeregisterTaskDefinition"> = async (
  input,
  { store, clock, caller },
) => {
  const { arn } = taskDefinitionFrom(requireParameter(input.taskDefinition, "Task definition"), caller);
  if (arn === undefined) throw new EcsError("ClientException", "Revision is missing.");
  return commitPlan(store, (snapshot) => {
    const stored = snapshot.get("taskDefinition", arn);
    if (stored === undefined) {
      throw new EcsError("ClientException", "The specified task definition does not exist.");
    }
    if (stored.value.status !== "ACTIVE") {
      return { writes: [], result: { taskDefinition: describeTaskDefinition(stored) } };
    }
    const value: TaskDefinition = { ...stored.value, status: "INACTIVE", deregisteredAt: clock.now() };
    return {
      writes: [{ kind: "taskDefinition", arn, expected: stored.revision, value }],
      result: { taskDefinition: describeTaskDefinition({ ...stored, value }) },
    };
  });
};
