import type * as sdk from "@aws-sdk/client-ecs";
import { taskFrom } from "../identifiers.ts";
import type { Operation } from "../operation.ts";
import { requireCluster, requireList } from "../require.ts";
import { describeTask, taskSurroundings } from "../tasks/describe-task.ts";

/**
 * Shows tasks of a cluster, 100 at the most, also stopped ones while they are kept. Unknown ones are failures.
 * Source: ECS API reference, DescribeTasks.
 */
export const describeTasks: Operation<"DescribeTasks"> = async (input, { store, caller }) => {
  const snapshot = store.snapshot();
  const cluster = requireCluster(snapshot, input.cluster, caller);
  const named = requireList(input.tasks, "Tasks", 100).map((task) => taskFrom(task, cluster, caller).arn);
  const tags = input.include?.includes("TAGS") ?? false;
  const tasks: sdk.Task[] = [];
  const failures: sdk.Failure[] = [];
  for (const arn of new Set(named)) {
    const stored = snapshot.get("task", arn);
    if (stored === undefined) failures.push({ arn, reason: "MISSING" });
    else tasks.push(describeTask(stored, taskSurroundings(snapshot, stored.value), { tags }));
  }
  return { tasks, failures };
};
