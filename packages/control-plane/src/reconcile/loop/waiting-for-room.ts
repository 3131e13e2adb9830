import type { Change } from "../../store/store.ts";

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

  /** Those whom a change may have made room for. */
  wokenBy(change: Change): readonly string[] {
    if (this.waiting.size === 0) return [];
    const pool = poolWithNewRoom(change);
    return pool === undefined ? [] : [...(this.waiting.get(pool) ?? [])];
  }
}

/** The pool in which a change may have made room: a task is gone, or a container instance offers itself. */
function poolWithNewRoom({ before, after }: Change): string | undefined {
  if (after?.kind === "task") {
    const isGone =
      after.value.lastStatus === "STOPPED" && before?.kind === "task" && before.value.lastStatus !== "STOPPED";
    return isGone && after.value.containerInstanceArn !== undefined ? poolOf(after.value) : undefined;
  }
  if (after?.kind !== "containerInstance") return undefined;
  const { agentConnected, status, attributes, registered, capacity, clusterArn } = after.value;
  const was = before?.kind === "containerInstance" ? before.value : undefined;
  const offers = agentConnected && status === "ACTIVE";
  const isNews =
    was === undefined ||
    !was.agentConnected ||
    was.status !== "ACTIVE" ||
    was.attributes !== attributes ||
    was.registered !== registered;
  return offers && isNews ? (capacity === "FARGATE" ? "FARGATE" : clusterArn) : undefined;
}

/** Where the tasks of a launch type find room. */
export const poolOf = ({
  launchType,
  clusterArn,
}: {
  readonly launchType: string;
  readonly clusterArn: string;
}): string => (launchType === "FARGATE" ? "FARGATE" : clusterArn);
