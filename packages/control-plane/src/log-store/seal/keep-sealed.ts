import type { Clock } from "../../platform/clock.ts";
import type { Logger } from "../../platform/logger.ts";
import type { BlockLogStore } from "../block-log-store.ts";

const everyMs = 10 * 60 * 1000;
const oldestMs = 60 * 60 * 1000;

/**
 * Has fresh events sealed after an hour, few as they may be: what is to be removed, by retention or with its stream, takes up no
 * room for longer than that. @returns the way to stop it; it resolves when nothing is under way any more
 */
export function keepSealed({
  logStore,
  clock,
  logger,
}: {
  readonly logStore: Pick<BlockLogStore, "seal">;
  readonly clock: Clock;
  readonly logger: Logger;
}): () => Promise<void> {
  let underWay = Promise.resolve();
  let callOff: () => void;
  const begin = () => {
    underWay = logStore
      .seal(clock.now() - oldestMs)
      .catch((error: unknown) => logger.error({ err: error }, "log events could not be sealed"));
    callOff = clock.after(everyMs, begin);
  };
  callOff = clock.after(everyMs, begin);
  return () => {
    callOff();
    return underWay;
  };
}
