import type { Task } from "../../../model/task.ts";
import { EcsError } from "../api-error.ts";
import { commitPlan } from "../commit-plan.ts";
import { taskFrom } from "../identifiers.ts";
import type { Operation } from "../operation.ts";
import { requireCluster, requireParameter } from "../require.ts";
import { describeTask, taskSurroundings } from "../tasks/describe-task.ts";

/**
 * Asks for a task to end; one that is ending or has ended is answered as it is. Its agent acts later; a task that nobody
 * has placed is ended by the task loop. Source: ECS API reference, StopTask.
 * @throws EcsError InvalidParameterException if it is not there.
 */
export const stopTask: Operation<"StopTask"> = async (input, { store, clock, caller }) => {
  const identifier = requireParameter(input.task, "task");
  return commitPlan(store, (snapshot) => {
    const cluster = requireCluster(snapshot, input.cluster, caller);
    const stored = snapshot.get("task", taskFrom(identifier, cluster, caller).arn);
    if (stored === undefined) {
      throw new EcsError("InvalidParameterException", "The referenced task was not found.");
    }
    const { kind, arn, revision } = stored;
    const value = stopped(stored.value, input.reason, clock.now());
    const task = describeTask({ ...stored, value }, taskSurroundings(snapshot, value), { tags: true });
    return { writes: value === stored.value ? [] : [{ kind, arn, expected: revision, value }], result: { task } };
  });
};

function stopped(task: Task, reason: string | undefined, now: number): Task {
  if (task.desiredStatus === "STOPPED") return task;
  const stoppedReason = reason ? reason : "Task stopped by user";
  return { ...task, desiredStatus: "STOPPED", stopCode: "UserInitiated", stoppedReason, stoppingAt: now };
}
