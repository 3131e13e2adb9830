import type { TaskSet } from "../../../model/task-set.ts";
import { EcsError } from "../api-error.ts";
import { commitPlan } from "../commit-plan.ts";
import { serviceFrom } from "../identifiers.ts";
import type { Operation } from "../operation.ts";
import { requireCluster, requireParameter } from "../require.ts";
import { requireActiveService } from "../services/require-service.ts";
import { requireScale, requireTaskSetService } from "../task-sets/check-task-set.ts";
import { describeTaskSet } from "../task-sets/describe-task-set.ts";
import { requireTaskSet, taskSetArnFrom } from "../task-sets/find-task-set.ts";

/** Says what share of a service's tasks a task set has from now on. Source: ECS API reference, UpdateTaskSet. */
export const updateTaskSet: Operation<"UpdateTaskSet"> = async (input, { store, clock, caller }) => {
  const scalePercent = requireScale(requireParameter(input.scale, "scale"));
  const now = clock.now();
  const taskSet = await commitPlan(store, (snapshot) => {
    const cluster = requireCluster(snapshot, input.cluster, caller);
    const service = serviceFrom(requireParameter(input.service, "service"), cluster, caller);
    const owner = requireActiveService(snapshot, service.arn).value;
    requireTaskSetService(owner);
    const named = requireParameter(input.taskSet, "taskSet");
    const stored = requireTaskSet(snapshot, taskSetArnFrom(named, { cluster, service, place: caller }));
    if (stored.value.status === "DRAINING") {
      throw new EcsError("InvalidParameterException", "The task set is DRAINING and cannot be updated.");
    }
    const value: TaskSet = { ...stored.value, scalePercent, updatedAt: now };
    return {
      writes: [{ kind: "taskSet", arn: stored.arn, expected: stored.revision, value }],
      result: describeTaskSet({ arn: stored.arn, value }, { snapshot, service: owner, now, tags: true }),
    };
  });
  return { taskSet };
};
