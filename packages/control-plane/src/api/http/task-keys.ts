import type { Clock } from "../../platform/clock.ts";
import type { Store } from "../../store/store.ts";
import type { AccessKeys } from "./access-keys.ts";

/** How long a stopped task's keys still hold, in milliseconds: what its log drivers have is on its way. */
const graceAfterStop = 5 * 60_000;

/**
 * The keys of `keys`, without those of tasks that have stopped, or that nobody knows: a copy of them that somebody has kept opens
 * nothing. Keys that are not a task's are left alone.
 */
export const whileTasksLive = (keys: AccessKeys, { store, clock }: { store: Store; clock: Clock }): AccessKeys => ({
  lookupKey(accessKeyId, sessionToken) {
    const key = keys.lookupKey(accessKeyId, sessionToken);
    const taskArn = key?.caller.roleSession?.taskArn;
    if (taskArn === undefined) return key;
    const task = store.snapshot().get("task", taskArn)?.value;
    if (task === undefined) return undefined;
    const isOver = task.lastStatus === "STOPPED" && (task.stoppedAt ?? 0) + graceAfterStop <= clock.now();
    return isOver ? undefined : key;
  },
});
