import type { ContainerInstance } from "../../../model/container-instance.ts";
import { managedInstanceKey } from "../../../model/managed-instance.ts";
import type { Task } from "../../../model/task.ts";
import type { Snapshot, Stored, Write } from "../../../store/store.ts";
import { EcsError } from "../api-error.ts";
import { commitPlan } from "../commit-plan.ts";
import { describeContainerInstance } from "../container-instance/describe-container-instance.ts";
import { requireContainerInstance } from "../container-instance/find-container-instance.ts";
import type { Operation } from "../operation.ts";
import { requireCluster, requireParameter } from "../require.ts";

/**
 * Takes a container instance out of its cluster; it stays describable as INACTIVE. With tasks on it only by `force`:
 * they are then to stop, and since nobody reports on them any more, the task loop ends them as it ends the tasks of a
 * lost agent. What still runs on the machine is orphaned: ECS no longer watches it. The key of a machine that joined by an
 * activation opens nothing any more.
 * @throws EcsError InvalidParameterException while tasks are on it. Source: ECS API reference, DeregisterContainerInstance.
 */
export const deregisterContainerInstance: Operation<"DeregisterContainerInstance"> = async (
  input,
  { store, clock, caller },
) => {
  const identifier = requireParameter(input.containerInstance, "Container instance");
  return commitPlan(store, (snapshot) => {
    const cluster = requireCluster(snapshot, input.cluster, caller);
    const stored = requireContainerInstance(snapshot, identifier, cluster, caller);
    if (stored.value.status === "INACTIVE") {
      throw new EcsError("InvalidParameterException", "The referenced container instance is inactive.");
    }
    const tasks = snapshot
      .list("task", { containerInstanceArn: stored.arn })
      .filter(({ value }) => value.lastStatus !== "STOPPED");
    if (tasks.length > 0 && !input.force) {
      throw new EcsError("InvalidParameterException", "Found running tasks on the instance.");
    }
    const value = { ...stored.value, status: "INACTIVE" as const };
    return {
      writes: [
        { kind: "containerInstance", arn: stored.arn, expected: stored.revision, value },
        ...revokedKey(stored.value, snapshot, clock.now()),
        ...tasks.filter(({ value: task }) => task.desiredStatus === "RUNNING").map((task) => orphan(task, clock.now())),
      ],
      result: { containerInstance: describeContainerInstance({ ...stored, value }, snapshot, ["TAGS"]) },
    };
  });
};

/** A machine that is in another cluster too keeps its key for that one. */
function revokedKey({ ec2InstanceId }: ContainerInstance, snapshot: Snapshot, now: number): readonly Write[] {
  if (ec2InstanceId === undefined) return [];
  const machine = snapshot.get("managedInstance", managedInstanceKey(ec2InstanceId));
  const others = snapshot
    .list("containerInstance", { ec2InstanceId })
    .filter(({ value }) => value.status !== "INACTIVE");
  if (machine === undefined || machine.value.revokedAt !== undefined || others.length > 1) return [];
  const { kind, arn, revision, value } = machine;
  return [{ kind, arn, expected: revision, value: { ...value, revokedAt: now } }];
}

function orphan({ arn, revision, value }: Stored<"task">, now: number): Write {
  const stopped: Task = {
    ...value,
    desiredStatus: "STOPPED",
    stoppedReason: "Container instance deregistration forced by user",
    stopCode: "TerminationNotice",
    stoppingAt: now,
  };
  return { kind: "task", arn, expected: revision, value: stopped };
}
