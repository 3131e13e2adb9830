import type { Clock } from "../platform/clock.ts";
import type { Logger } from "../platform/logger.ts";
import type { LogStore } from "./log-store.ts";

const dayMs = 24 * 60 * 60 * 1000;
const everyMs = 60 * 60 * 1000;
/** Events removed at a time; in between others have their turn. */
const atOnce = 5_000;

/** Removes events that are older than their group keeps them: at once, then every hour. @returns the way to stop it */
export function keepRetention({
  logStore,
  clock,
  logger,
}: {
  readonly logStore: LogStore;
  readonly clock: Clock;
  readonly logger: Logger;
}): () => void {
  let callOff = () => {};
  const sweep = () => {
    let wait = everyMs;
    try {
      for (const { name, retentionDays } of logStore.groups()) {
        if (retentionDays === undefined) continue;
        const gone = logStore.expire(name, clock.now() - retentionDays * dayMs, atOnce);
        if (gone === atOnce) wait = 100;
      }
    } catch (error) {
      logger.error({ err: error }, "old log events could not be removed");
    }
    callOff = clock.after(wait, sweep);
  };
  sweep();
  return () => callOff();
}
