import type * as sdk from "@aws-sdk/client-ecs";
import { taskFrom } from "../identifiers.ts";
import type { Operation } from "../operation.ts";
import { requireCluster, requireList } from "../require.ts";
import { describeProtection, protectionFailure } from "../tasks/task-protection.ts";

/** Which tasks of services are protected, and until when; 100 at the most. Source: ECS API reference, GetTaskProtection. */
export const getTaskProtection: Operation<"GetTaskProtection"> = async (input, { store, clock, caller }) => {
  const snapshot = store.snapshot();
  const cluster = requireCluster(snapshot, input.cluster, caller);
  const arns = requireList(input.tasks, "Tasks", 100).map((task) => taskFrom(task, cluster, caller).arn);
  const protectedTasks: sdk.ProtectedTask[] = [];
  const failures: sdk.Failure[] = [];
  for (const arn of new Set(arns)) {
    const stored = snapshot.get("task", arn);
    const failure = protectionFailure(arn, stored);
    if (stored === undefined || failure !== undefined) failures.push(failure ?? { arn, reason: "MISSING" });
    else protectedTasks.push(describeProtection(arn, stored.value, clock.now()));
  }
  return { protectedTasks, failures };
};
