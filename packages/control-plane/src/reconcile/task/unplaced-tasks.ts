import type { Task } from "../../model/task.ts";
import { type PlacedTask, placementWrites } from "../../placement/commit-placement.ts";
import { PlacementSession, requestFor } from "../../placement/placement-session.ts";
import { closeness, type Refusal } from "../../placement/refusal.ts";
import type { IdSource } from "../../platform/ids.ts";
import type { Settings } from "../../settings.ts";
import type { Snapshot, Stored, Write } from "../../store/store.ts";
import { poolOf } from "../loop/waiting-for-room.ts";
import { endTask } from "./end-task.ts";

/** How many tasks one commit places. */
const placedPerPass = 500;
/** How long a task waits for room. Source: ECS developer guide, "Capacity provider concepts". */
const roomTimeoutMilliseconds = 15 * 60_000;

/** What to do with the tasks of one pool that nobody has placed. */
export interface UnplacedPass {
  readonly writes: readonly Write[];
  /** Epoch milliseconds at which the first of those that found no room has waited too long. */
  readonly nextTimeout?: number;
  readonly hasMore: boolean;
}

/** Places the unplaced tasks of a pool, oldest first; ends those that are not wanted or have waited too long. */
export function planUnplaced(
  snapshot: Snapshot,
  pool: string,
  { now, ids, settings }: { readonly now: number; readonly ids: IdSource; readonly settings: Settings },
): UnplacedPass {
  const all = snapshot
    .list("task", { lastStatus: "PROVISIONING" })
    .filter(({ value }) => value.containerInstanceArn === undefined && poolOf(value) === pool);
  const tasks = all.slice(0, placedPerPass);
  const unwanted = tasks.filter(({ value }) => value.desiredStatus === "STOPPED");
  const session = new PlacementSession(snapshot);
  const sought = tasks
    .filter(({ value }) => value.desiredStatus === "RUNNING")
    .map((task) => ({ task, ...seek(snapshot, session, task) }));
  const placed = sought.flatMap(({ placed }) => placed ?? []);
  const isOverdue = ({ value }: Stored<"task">) => now >= value.createdAt + roomTimeoutMilliseconds;
  const left = sought.filter(({ placed }) => placed === undefined);
  const waiting = left.filter(({ task }) => !isOverdue(task)).map(({ task }) => task.value.createdAt);
  return {
    writes: [
      ...placementWrites(placed, { snapshot, place: settings, now, ids }),
      ...unwanted.flatMap((task) => endTask(snapshot, task, now, {})),
      ...left
        .filter(({ task }) => isOverdue(task))
        .flatMap(({ task, refusals }) =>
          endTask(snapshot, task, now, { stopCode: "TaskFailedToStart", stoppedReason: timeoutReason(refusals) }),
        ),
    ],
    ...(waiting.length === 0
      ? {}
      : { nextTimeout: waiting.reduce((first, at) => Math.min(first, at)) + roomTimeoutMilliseconds }),
    hasMore: all.length > tasks.length && placed.length > 0,
  };
}

function seek(
  snapshot: Snapshot,
  session: PlacementSession,
  { arn, revision, value }: Stored<"task">,
): { readonly placed?: PlacedTask; readonly refusals: readonly Refusal[] } {
  const taskDefinition = snapshot.get("taskDefinition", value.taskDefinitionArn)?.value;
  if (taskDefinition === undefined) return { refusals: [] };
  const { placements, refusals } = session.place(requestFor(value, taskDefinition), 1);
  const [placement] = placements;
  return placement === undefined ? { refusals } : { placed: { arn, expected: revision, value, placement }, refusals };
}

/** Source: ECS developer guide, "API failures reasons", the entries for DescribeTasks. */
function timeoutReason(refusals: readonly Refusal[]): Task["stoppedReason"] & string {
  const [nearest] = refusals.toSorted((a, b) => closeness(b.reason) - closeness(a.reason));
  return `TaskFailedToStart: ${nearest?.reason ?? "EMPTY CAPACITY PROVIDER"}`;
}
