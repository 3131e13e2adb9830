import { EcsError } from "../api-error.ts";
import { taskDefinitionFrom } from "../identifiers.ts";
import type { Operation } from "../operation.ts";
import { newestActive, requireParameter } from "../require.ts";
import { describeTaskDefinition as describe } from "../task-definition/describe-task-definition.ts";

/** Shows a revision, whatever its status, or a family's newest ACTIVE one. Source: ECS API reference, DescribeTaskDefinition. */
export const describeTaskDefinition: Operation<"DescribeTaskDefinition"> = async (input, { store, caller }) => {
  const named = taskDefinitionFrom(requireParameter(input.taskDefinition, "Task definition"), caller);
  const snapshot = store.snapshot();
  const stored =
    named.arn === undefined ? newestActive(snapshot, named.family, caller) : snapshot.get("taskDefinition", named.arn);
  if (stored === undefined) throw new EcsError("ClientException", "Unable to describe task definition.");
  return {
    taskDefinition: describe(stored),
    ...(input.include?.includes("TAGS") ? { tags: [...stored.value.tags] } : {}),
  };
};
