import type { TaskSet } from "../../../model/task-set.ts";
import type { Write } from "../../../store/store.ts";
import { EcsError } from "../api-error.ts";
import { commitPlan } from "../commit-plan.ts";
import { serviceFrom } from "../identifiers.ts";
import type { Operation } from "../operation.ts";
import { requireCluster, requireParameter } from "../require.ts";
import { requireActiveService } from "../services/require-service.ts";
import { requireTaskSetService } from "../task-sets/check-task-set.ts";
import { describeTaskSet } from "../task-sets/describe-task-set.ts";
import { requireTaskSet, taskSetArnFrom } from "../task-sets/find-task-set.ts";

/**
 * Ends a task set: it is DRAINING while tasks of it run, then gone. Without `force` it is not the primary one, and scaled
 * to nothing if tasks of it run. Source: ECS API reference, DeleteTaskSet; for the primary one terraform-provider-aws pull
 * request 30839, for those of which no task runs the provider's acceptance tests, which delete them without force.
 */
export const deleteTaskSet: Operation<"DeleteTaskSet"> = async (input, { store, clock, caller }) => {
  const now = clock.now();
  const taskSet = await commitPlan(store, (snapshot) => {
    const cluster = requireCluster(snapshot, input.cluster, caller);
    const service = serviceFrom(requireParameter(input.service, "service"), cluster, caller);
    const owner = requireActiveService(snapshot, service.arn);
    requireTaskSetService(owner.value);
    const named = requireParameter(input.taskSet, "taskSet");
    const stored = requireTaskSet(snapshot, taskSetArnFrom(named, { cluster, service, place: caller }));
    const isPrimary = stored.value.taskSetId === owner.value.primaryDeploymentId;
    if (stored.value.status === "ACTIVE" && !input.force) {
      const invalid = (message: string) => new EcsError("InvalidParameterException", message);
      if (isPrimary) throw invalid("The primary task set cannot be deleted without force.");
      const { running } = snapshot.tally("deploymentTasks", stored.value.taskSetId);
      if (stored.value.scalePercent > 0 && running > 0) {
        throw invalid("The task set cannot be deleted while it is scaled above 0. Use force to delete it anyway.");
      }
    }
    const value: TaskSet = { ...stored.value, status: "DRAINING", updatedAt: now };
    const next = isPrimary ? { ...owner.value, primaryDeploymentId: "" } : owner.value;
    const writes: Write[] = [
      { kind: "taskSet", arn: stored.arn, expected: stored.revision, value },
      ...(isPrimary ? [{ kind: "service" as const, arn: owner.arn, expected: owner.revision, value: next }] : []),
    ];
    return {
      writes: stored.value.status === "DRAINING" ? [] : writes,
      result: describeTaskSet({ arn: stored.arn, value }, { snapshot, service: next, now, tags: true }),
    };
  });
  return { taskSet };
};
