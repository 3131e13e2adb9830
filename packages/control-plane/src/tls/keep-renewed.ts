import type { Clock } from "../platform/clock.ts";
import type { Logger } from "../platform/logger.ts";
import type { ServerTls } from "./open-tls.ts";

const dayMs = 24 * 3_600_000;

/**
 * Looks every day whether there is another certificate by now: one that was renewed, or a file that somebody replaced.
 * @returns the way to stop it
 */
export function keepRenewed({
  current,
  open,
  use,
  clock,
  logger,
}: {
  readonly current: ServerTls;
  readonly open: () => Promise<ServerTls>;
  readonly use: (tls: ServerTls) => void;
  readonly clock: Clock;
  readonly logger: Logger;
}): () => void {
  let used = current;
  let callOff = () => {};
  const look = async () => {
    const found = await open();
    if (found.cert === used.cert) return;
    use(found);
    used = found;
    logger.info({}, "serving with a new certificate");
  };
  const wait = () => {
    callOff = clock.after(dayMs, () => {
      look().catch((error: unknown) => logger.error({ err: error }, "the certificate could not be renewed"));
      wait();
    });
  };
  wait();
  return () => callOff();
}
