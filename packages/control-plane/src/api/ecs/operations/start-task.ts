import type * as sdk from "@aws-sdk/client-ecs";
import { newTask } from "../../../model/new-task.ts";
import { type PlacedTask, placementWrites } from "../../../placement/commit-placement.ts";
import { PlacementSession, requestFor } from "../../../placement/placement-session.ts";
import type { Stored } from "../../../store/store.ts";
import { checkLaunch } from "../check-launch.ts";
import { commitPlan } from "../commit-plan.ts";
import {
  findContainerInstance,
  missingInstance,
  namedContainerInstances,
} from "../container-instance/find-container-instance.ts";
import type { Operation } from "../operation.ts";
import { requireCluster, requireParameter, requireTaskDefinition } from "../require.ts";
import { describeTask, taskSurroundings } from "../tasks/describe-task.ts";
import { taskWish } from "../tasks/task-wish.ts";

/**
 * Starts one task on each of up to ten named container instances; `failures` has those where it cannot be.
 * Source: ECS API reference, StartTask.
 */
export const startTask: Operation<"StartTask"> = async (input, { store, clock, ids, caller }) => {
  const identifier = requireParameter(input.taskDefinition, "taskDefinition");
  const now = clock.now();
  return commitPlan(store, (snapshot) => {
    const cluster = requireCluster(snapshot, input.cluster, caller);
    const named = namedContainerInstances(input.containerInstances, { cluster, place: caller, limit: 10 });
    const taskDefinition = requireTaskDefinition(snapshot, identifier, caller);
    const session = new PlacementSession(snapshot);
    const placed: PlacedTask[] = [];
    const failures: sdk.Failure[] = [];
    for (const arn of named) {
      const instance = findContainerInstance(snapshot, arn, cluster, caller);
      const launchType = instance?.value.capacity ?? "EC2";
      checkLaunch(input, { launchType }, { taskDefinition: taskDefinition.value, snapshot });
      const wish = taskWish(input, { cluster, taskDefinition, launchType, place: caller, now });
      const closed = instance === undefined ? "MISSING" : closedReason(instance);
      if (instance === undefined) failures.push(missingInstance(arn));
      else if (closed !== undefined) failures.push({ arn, reason: closed });
      else {
        const task = newTask(wish, () => ids.hex(32));
        const { placements, refusals } = session.placeOn(requestFor(task.value, taskDefinition.value), instance);
        placed.push(...placements.map((placement) => ({ ...task, expected: 0, placement })));
        failures.push(...refusals.map(({ containerInstanceArn, reason }) => ({ arn: containerInstanceArn, reason })));
      }
    }
    const writes = placementWrites(placed, { snapshot, place: caller, now, ids });
    const tasks = writes.flatMap(({ kind, arn, value }) =>
      kind === "task" && value !== null
        ? [describeTask({ arn, revision: 1, value }, taskSurroundings(snapshot, value), { tags: true })]
        : [],
    );
    return { writes, result: { tasks, failures } };
  });
};

/** Why a container instance takes no new tasks at all. */
const closedReason = ({ value: { status } }: Stored<"containerInstance">) => (status === "ACTIVE" ? undefined : status);
