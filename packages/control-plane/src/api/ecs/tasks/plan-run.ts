import type * as sdk from "@aws-sdk/client-ecs";
import type { Place } from "@hatoba/contract";
import { launchTypeOf, newTask } from "../../../model/new-task.ts";
import type { Task } from "../../../model/task.ts";
import type { TaskDefinition } from "../../../model/task-definition.ts";
import type { PlacedTask } from "../../../placement/commit-placement.ts";
import { type PlacementSession, requestFor } from "../../../placement/placement-session.ts";
import type { Refusal } from "../../../placement/refusal.ts";
import { shareOut } from "../../../placement/share-out.ts";
import type { IdSource } from "../../../platform/ids.ts";
import type { Snapshot, Stored, Write } from "../../../store/store.ts";
import { EcsError } from "../api-error.ts";
import { checkLaunch, chooseLaunch } from "../check-launch.ts";
import type { Input } from "../operation.ts";
import { requireCluster, requireParameter, requireTaskDefinition } from "../require.ts";
import { callToken, tasksOfToken, tokenWrite } from "./client-token.ts";
import { taskWish } from "./task-wish.ts";

/** What a RunTask call comes to. */
export interface RunPlan {
  readonly placed: readonly PlacedTask[];
  /** Tasks that wait until their capacity provider has room. */
  readonly waiting: readonly { readonly arn: string; readonly value: Task }[];
  readonly failures: readonly sdk.Failure[];
  /** Beyond the tasks. */
  readonly writes: readonly Write[];
  /** Made before by the same call; nothing is to be written then. */
  readonly repeated?: readonly Stored<"task">[];
}

export interface RunSurroundings {
  readonly snapshot: Snapshot;
  /** Shared by all calls of one commit. */
  readonly session: PlacementSession;
  readonly place: Place;
  readonly ids: IdSource;
  /** Epoch milliseconds. */
  readonly now: number;
}

/**
 * Decides what a RunTask call starts, and where.
 * @throws EcsError if it is refused as a whole; a lack of room shows in `failures`.
 */
export function planRun(input: Input<"RunTask">, around: RunSurroundings): RunPlan {
  const { snapshot, session, place, ids, now } = around;
  const count = requireCount(input.count);
  const cluster = requireCluster(snapshot, input.cluster, place);
  const token = callToken(input, cluster.arn);
  const repeated = tasksOfToken(token, snapshot, now);
  if (repeated !== undefined) return { placed: [], waiting: [], failures: [], writes: [], repeated };

  const named = requireParameter(input.taskDefinition, "taskDefinition");
  const taskDefinition = requireTaskDefinition(snapshot, named, place);
  const choice = chooseLaunch(input, cluster.stored);
  checkLaunch(input, choice, { taskDefinition: taskDefinition.value, snapshot });
  const { launchType } = launchTypeOf(choice);
  const wish = taskWish(input, { cluster, taskDefinition, launchType, place, now });
  const providers = shareOut(choice.capacityProviderStrategy ?? [], count);
  const tasks = Array.from({ length: count }, (_, index) => {
    const capacityProviderName = providers[index];
    return newTask({ ...wish, ...(capacityProviderName ? { capacityProviderName } : {}) }, () => ids.hex(32));
  });

  const { placed, left, refusals } = placeByProvider(tasks, taskDefinition.value, session);
  const mayWait = launchType !== "FARGATE" && choice.capacityProviderStrategy !== undefined;
  const waiting = mayWait ? left : [];
  const made = [...placed, ...waiting];
  return {
    placed,
    waiting,
    failures: left.length > 0 && !mayWait ? failuresFor(launchType, refusals) : [],
    writes:
      token === undefined || made.length === 0
        ? []
        : [
            tokenWrite(
              token,
              made.map(({ arn }) => arn),
              snapshot,
              now,
            ),
          ],
  };
}

/** Places new tasks that are equal but for their capacity providers. */
function placeByProvider(
  tasks: readonly { readonly arn: string; readonly value: Task }[],
  taskDefinition: TaskDefinition,
  session: PlacementSession,
): {
  readonly placed: readonly PlacedTask[];
  readonly left: RunPlan["waiting"];
  readonly refusals: readonly Refusal[];
} {
  const groups = [...Map.groupBy(tasks, ({ value }) => value.capacityProviderName).values()].map((equal) => {
    const [first] = equal as [(typeof equal)[number]];
    const { placements, refusals } = session.place(requestFor(first.value, taskDefinition), equal.length);
    const placed = placements.flatMap((placement, index): PlacedTask[] => {
      const task = equal[index];
      return task === undefined ? [] : [{ ...task, expected: 0, placement }];
    });
    return { placed, left: equal.slice(placed.length), refusals };
  });
  return {
    placed: groups.flatMap(({ placed }) => placed),
    left: groups.flatMap(({ left }) => left),
    refusals: groups.flatMap(({ refusals }) => refusals),
  };
}

/** Source: ECS API reference, RunTask. */
function requireCount(count = 1): number {
  if (count >= 1 && count <= 10) return count;
  throw new EcsError("InvalidParameterException", "count must be between 1 and 10.");
}

/** Fargate does not say which machine was full. Source of the texts: ECS developer guide, "API failure reasons". */
function failuresFor(launchType: Task["launchType"], refusals: readonly Refusal[]): readonly sdk.Failure[] {
  if (launchType === "FARGATE") {
    return [
      {
        reason: "Capacity is unavailable at this time. Please try again later or in a different availability zone",
      },
    ];
  }
  if (refusals.length === 0) {
    throw new EcsError("InvalidParameterException", "No Container Instances were found in your cluster.");
  }
  return refusals.map(({ containerInstanceArn, reason }) => ({ arn: containerInstanceArn, reason }));
}
