import type { Task } from "../../../model/task.ts";
import { EcsError } from "../../ecs/api-error.ts";
import { commitPlan } from "../../ecs/commit-plan.ts";
import { taskFrom } from "../../ecs/identifiers.ts";
import type { Operation } from "../../ecs/operation.ts";
import { requireCluster, requireParameter } from "../../ecs/require.ts";
import { describeTask, taskSurroundings } from "../../ecs/tasks/describe-task.ts";

/**
 * Takes a FARGATE_SPOT task's capacity away, as AWS does when it needs it back. The warning is the task's state change and the
 * SIGTERM that follow at once; each container then has its `stopTimeout`, two minutes at the most. A service makes up for the
 * task. Source: ECS developer guide, "Fargate Spot termination notices".
 * @throws EcsError InvalidParameterException if it is not there, or is no FARGATE_SPOT task
 */
export const interruptSpotTask: Operation<"StopTask"> = async (input, { store, clock, caller }) => {
  const identifier = requireParameter(input.task, "task");
  return commitPlan(store, (snapshot) => {
    const cluster = requireCluster(snapshot, input.cluster, caller);
    const stored = snapshot.get("task", taskFrom(identifier, cluster, caller).arn);
    if (stored === undefined) throw invalid("The referenced task was not found.");
    if (stored.value.capacityProviderName !== "FARGATE_SPOT") {
      throw invalid("Only tasks of the capacity provider FARGATE_SPOT can be interrupted.");
    }
    const value = interrupted(stored.value, clock.now());
    const { kind, arn, revision } = stored;
    const task = describeTask({ ...stored, value }, taskSurroundings(snapshot, value), { tags: true });
    return { writes: value === stored.value ? [] : [{ kind, arn, expected: revision, value }], result: { task } };
  });
};

const invalid = (message: string) => new EcsError("InvalidParameterException", message);

/** Source: ECS developer guide, "Stopped tasks error messages". One that is ending already ends for its own reason. */
function interrupted(task: Task, now: number): Task {
  if (task.desiredStatus === "STOPPED") return task;
  return {
    ...task,
    desiredStatus: "STOPPED",
    stopCode: "SpotInterruption",
    stoppedReason: "Your Spot Task was interrupted.",
    stoppingAt: now,
  };
}
