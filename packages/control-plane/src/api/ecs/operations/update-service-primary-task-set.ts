import { EcsError } from "../api-error.ts";
import { commitPlan } from "../commit-plan.ts";
import { serviceFrom } from "../identifiers.ts";
import type { Operation } from "../operation.ts";
import { requireCluster, requireParameter } from "../require.ts";
import { requireActiveService } from "../services/require-service.ts";
import { requireTaskSetService } from "../task-sets/check-task-set.ts";
import { describeTaskSet } from "../task-sets/describe-task-set.ts";
import { requireTaskSet, taskSetArnFrom } from "../task-sets/find-task-set.ts";
import { withPrimary } from "../task-sets/new-task-set.ts";

/**
 * Says which task set of a service is the primary one; what it is made of then shows as the service's. The one before is ACTIVE
 * and keeps its tasks. Source: ECS API reference, UpdateServicePrimaryTaskSet.
 */
export const updateServicePrimaryTaskSet: Operation<"UpdateServicePrimaryTaskSet"> = async (
  input,
  { store, clock, caller },
) => {
  const now = clock.now();
  const taskSet = await commitPlan(store, (snapshot) => {
    const cluster = requireCluster(snapshot, input.cluster, caller);
    const service = serviceFrom(requireParameter(input.service, "service"), cluster, caller);
    const owner = requireActiveService(snapshot, service.arn);
    requireTaskSetService(owner.value);
    const named = requireParameter(input.primaryTaskSet, "primaryTaskSet");
    const stored = requireTaskSet(snapshot, taskSetArnFrom(named, { cluster, service, place: caller }));
    const deployment = snapshot.get("deployment", stored.value.taskSetId);
    if (stored.value.status === "DRAINING" || deployment === undefined) {
      throw new EcsError("InvalidParameterException", "The task set is DRAINING and cannot become the primary one.");
    }
    const value = withPrimary(owner.value, deployment);
    const taskSetValue = { ...stored.value, updatedAt: now };
    return {
      writes: [
        { kind: "service", arn: owner.arn, expected: owner.revision, value },
        { kind: "taskSet", arn: stored.arn, expected: stored.revision, value: taskSetValue },
      ],
      result: describeTaskSet({ arn: stored.arn, value: taskSetValue }, { snapshot, service: value, now, tags: true }),
    };
  });
  return { taskSet };
};
