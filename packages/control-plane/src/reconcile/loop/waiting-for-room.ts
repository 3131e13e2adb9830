import type { Change } from "../../store/store.ts";

/** How many of those who wait are woken for the room that one stopped task leaves. */
const wokenPerTask = 16;

/**
 * Who waits for room on container instances, so that a change that makes some wakes them and nobody else. It is a
 * memory only: after a restart every key has a pass anyway, and is entered here again if it still finds no room.
 */
export class WaitingForRoom {
  private readonly waiting = new Map<string, Set<string>>();

  /** @param pool a cluster's ARN, or `FARGATE` */
  add(pool: string, key: string): void {
    const keys = this.waiting.get(pool) ?? new Set();
    keys.add(key);
    this.waiting.set(pool, keys);
  }

  remove(key: string): void {
    for (const [pool, keys] of this.waiting) if (keys.delete(key) && keys.size === 0) this.waiting.delete(pool);
  }

  /** How many wait in a pool. */
  count(pool: string): number {
    return this.waiting.get(pool)?.size ?? 0;
  }

  /**
   * Those whom a change may have made room for: all of a pool when a container instance offers itself; the next few, in
   * turn, when a task has stopped, since its room is that of few and there may be thousands of them.
   */
  wokenBy(change: Change): readonly string[] {
    if (this.waiting.size === 0) return [];
    const offering = poolOfOffer(change);
    if (offering !== undefined) return [...(this.waiting.get(offering) ?? [])];
    const left = poolOfStopped(change);
    return left === undefined ? [] : this.nextFew(left);
  }

  private nextFew(pool: string): readonly string[] {
    const keys = this.waiting.get(pool) ?? new Set();
    const woken = keys.values().take(wokenPerTask).toArray();
    for (const key of woken) {
      keys.delete(key);
      keys.add(key);
    }
    return woken;
  }
}

/** The pool in which a task has stopped that had a place. */
function poolOfStopped({ before, after }: Change): string | undefined {
  if (after?.kind !== "task" || before?.kind !== "task") return undefined;
  const hasStopped = after.value.lastStatus === "STOPPED" && before.value.lastStatus !== "STOPPED";
  return hasStopped && after.value.containerInstanceArn !== undefined ? poolOf(after.value) : undefined;
}

/** The pool in which a container instance has begun to offer something. */
function poolOfOffer({ before, after }: Change): string | undefined {
  if (after?.kind !== "containerInstance") return undefined;
  const { agentConnected, status, attributes, registered, capacity, clusterArn } = after.value;
  const was = before?.kind === "containerInstance" ? before.value : undefined;
  const isNews =
    was === undefined ||
    !was.agentConnected ||
    was.status !== "ACTIVE" ||
    was.attributes !== attributes ||
    was.registered !== registered;
  return agentConnected && status === "ACTIVE" && isNews ? poolOf({ launchType: capacity, clusterArn }) : undefined;
}

/** Where the tasks of a launch type find room. */
export const poolOf = (where: { readonly launchType: string; readonly clusterArn: string }): string =>
  where.launchType === "FARGATE" ? "FARGATE" : where.clusterArn;
