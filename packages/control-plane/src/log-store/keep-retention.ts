import type { Clock } from "../platform/clock.ts";
import type { Logger } from "../platform/logger.ts";
import type { LogStore } from "./log-store.ts";

const dayMs = 24 * 60 * 60 * 1000;
const everyMs = 60 * 60 * 1000;

/**
 * Removes events that are older than their group keeps them: at once, then every hour.
 * @returns the way to stop it; it resolves when nothing is under way any more
 */
export function keepRetention({
  logStore,
  clock,
  logger,
}: {
  readonly logStore: Pick<LogStore, "groups" | "expire">;
  readonly clock: Clock;
  readonly logger: Logger;
}): () => Promise<void> {
  let callOff = () => {};
  let sweep: Promise<void>;
  const expire = async () => {
    try {
      const kept = logStore.groups().filter(({ retentionDays }) => retentionDays !== undefined);
      await Promise.all(
        kept.map(({ name, retentionDays = 0 }) => logStore.expire(name, clock.now() - retentionDays * dayMs)),
      );
    } catch (error) {
      logger.error({ err: error }, "old log events could not be removed");
    }
  };
  const begin = () => {
    callOff = clock.after(everyMs, begin);
    sweep = expire();
  };
  begin();
  return () => {
    callOff();
    return sweep;
  };
}
