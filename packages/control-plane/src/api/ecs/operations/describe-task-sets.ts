import type * as sdk from "@aws-sdk/client-ecs";
import { serviceFrom } from "../identifiers.ts";
import type { Operation } from "../operation.ts";
import { requireCluster, requireParameter } from "../require.ts";
import { requireActiveService } from "../services/require-service.ts";
import { describeTaskSet } from "../task-sets/describe-task-set.ts";
import { taskSetArnFrom } from "../task-sets/find-task-set.ts";

/** Shows the task sets of a service, all or those named. Unknown ones are failures, not errors. Source: ECS API reference, DescribeTaskSets. */
export const describeTaskSets: Operation<"DescribeTaskSets"> = async (input, { store, clock, caller }) => {
  const snapshot = store.snapshot();
  const cluster = requireCluster(snapshot, input.cluster, caller);
  const service = serviceFrom(requireParameter(input.service, "service"), cluster, caller);
  const stored = requireActiveService(snapshot, service.arn);
  const tags = input.include?.includes("TAGS") ?? false;
  const named = (input.taskSets ?? []).map((each) => taskSetArnFrom(each, { cluster, service, place: caller }));
  const all = snapshot.list("taskSet", { serviceArn: service.arn }).map(({ arn }) => arn);
  const taskSets: sdk.TaskSet[] = [];
  const failures: sdk.Failure[] = [];
  for (const arn of new Set(named.length === 0 ? all : named)) {
    const taskSet = snapshot.get("taskSet", arn);
    if (taskSet === undefined) failures.push({ arn, reason: "MISSING" });
    else taskSets.push(describeTaskSet(taskSet, { snapshot, service: stored.value, now: clock.now(), tags }));
  }
  return { taskSets, failures };
};
