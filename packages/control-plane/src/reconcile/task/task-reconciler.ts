import type { Clock } from "../../platform/clock.ts";
import type { IdSource } from "../../platform/ids.ts";
import type { Settings } from "../../settings.ts";
import type { Change, Snapshot, Store } from "../../store/store.ts";
import type { Next, Reconciler } from "../loop/reconciler.ts";
import { poolOf, WaitingForRoom } from "../loop/waiting-for-room.ts";
import { planUnplaced } from "./unplaced-tasks.ts";

/**
 * Finds places for tasks that were stored without one. Keys are pools: a cluster's ARN, or FARGATE; so one pass places
 * many tasks in one commit, and no two passes look for room in the same place.
 */
export class TaskReconciler implements Reconciler {
  readonly name = "task";
  private readonly deps: {
    readonly store: Store;
    readonly clock: Clock;
    readonly ids: IdSource;
    readonly settings: Settings;
  };
  private readonly waiting = new WaitingForRoom();

  constructor(deps: TaskReconciler["deps"]) {
    this.deps = deps;
  }

  allKeys(snapshot: Snapshot): readonly string[] {
    return [...new Set(snapshot.list("task", { lastStatus: "PROVISIONING" }).map(({ value }) => poolOf(value)))];
  }

  keysFor(change: Change): readonly string[] {
    const { after } = change;
    const isUnplaced = after?.kind === "task" && after.value.lastStatus === "PROVISIONING";
    return [...(isUnplaced ? [poolOf(after.value)] : []), ...this.waiting.wokenBy(change)];
  }

  async reconcile(pool: string): Promise<Next> {
    const { store, clock } = this.deps;
    const now = clock.now();
    this.waiting.remove(pool);
    const { writes, nextTimeout, hasMore } = planUnplaced(store.snapshot(), pool, { ...this.deps, now });
    if (nextTimeout !== undefined) this.waiting.add(pool, pool);
    if (writes.length > 0) await store.commit(writes);
    if (hasMore) return { afterSeconds: 0 };
    return nextTimeout === undefined ? "when-changed" : { afterSeconds: Math.max(1, (nextTimeout - now) / 1000) };
  }
}
