import type { Connection } from "@hatoba/contract";
import type { Clock } from "../platform/clock.ts";
import type { Logger } from "../platform/logger.ts";
import { type BackOff, waitMs } from "./back-off.ts";
import { HandshakeError } from "./socket.ts";

export interface StayConnectedOptions {
  readonly what: string;
  readonly open: () => Promise<Connection>;
  /** Serves a connection until it ends; says why it ended if it knows. */
  readonly serve: (connection: Connection) => Promise<{ readonly code: number; readonly reason: string } | undefined>;
  readonly backOff: BackOff;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly random: () => number;
  readonly signal: AbortSignal;
}

/** A deregistered instance is let in no sooner. Source: agent protocol, section 3.3. */
const inactiveWaitMs = 3_600_000;
/** A connection that lasted this long was a good one: waits begin anew. */
const steadyMs = 60_000;
/** Ends that say nothing against connecting again at once. Source: agent protocol, section 3.3. */
const ordinaryCodes = [1000, 1001, 1006, 1011];

/** Keeps one connection open, again and again, until `signal` aborts. */
export async function stayConnected(options: StayConnectedOptions): Promise<void> {
  const { clock, logger, what, signal, backOff, random } = options;
  let failures = 0;
  while (!signal.aborted) {
    const started = clock.now();
    const end = await connectOnce(options);
    if (signal.aborted) return;
    if (end.ordinary || clock.now() - started >= steadyMs) failures = 0;
    else failures++;
    const wait = end.inactive ? inactiveWaitMs : failures === 0 ? 0 : waitMs(backOff, failures, random());
    logger[failures === 0 ? "info" : "warn"]({ reason: end.reason, waitMs: wait }, `${what} connection ended`);
    if (wait > 0) await pause(wait, clock, signal);
  }
}

interface End {
  readonly ordinary: boolean;
  readonly inactive: boolean;
  readonly reason: string;
}

async function connectOnce({ open, serve, clock, logger, what, signal }: StayConnectedOptions): Promise<End> {
  let connection: Connection;
  try {
    connection = await open();
  } catch (error) {
    const refusal = error instanceof HandshakeError ? error.refusal : undefined;
    const reason = error instanceof Error ? error.message : String(error);
    return { ordinary: false, inactive: refusal === "InactiveInstanceException", reason };
  }
  logger.info({}, `${what} connection open`);
  const opened = clock.now();
  const hangUp = () => connection.close(1000, "The agent stops");
  signal.addEventListener("abort", hangUp);
  if (signal.aborted) hangUp();
  const end = await serve(connection);
  signal.removeEventListener("abort", hangUp);
  const { code = 1000, reason = "" } = end ?? {};
  return {
    // A server that closes as soon as it has let us in must not be asked again at full speed.
    ordinary: ordinaryCodes.includes(code) && clock.now() - opened > 250,
    inactive: !ordinaryCodes.includes(code) && reason.includes("InactiveInstanceException"),
    reason: `${code} ${reason}`,
  };
}

async function pause(milliseconds: number, clock: Clock, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const callOff = clock.after(milliseconds, resolve);
  signal.addEventListener("abort", () => resolve(), { once: true });
  await promise;
  callOff();
}
