import { ControlPlaneError } from "../../channel/control-plane.ts";
import type { Clock } from "../../platform/clock.ts";

/** Tries of one call. Source: texts that ECS shows, "service call has been retried 5 time(s)". */
const mostTries = 5;
const firstPauseMs = 200;

/** A call that failed for good, and how often it was made. */
export class CallFailed extends Error {
  override readonly name = "CallFailed";
  readonly tries: number;
  constructor(tries: number, cause: unknown) {
    super(explain(cause), { cause });
    this.tries = tries;
  }
}

/** Makes a call, again while it may help: when nobody answers, or the service is busy or broken. @throws CallFailed */
export async function patiently<T>(clock: Clock, signal: AbortSignal, call: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await call();
    } catch (error) {
      signal.throwIfAborted();
      if (tries >= mostTries || !mayPass(error)) throw new CallFailed(tries, error);
      await pause(clock, firstPauseMs * 2 ** (tries - 1), signal);
    }
  }
}

function mayPass(error: unknown): boolean {
  if (!(error instanceof ControlPlaneError)) return false;
  return error.statusCode === 0 || error.statusCode >= 500 || /Throttl|TooManyRequests/.test(error.name);
}

function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (!(error instanceof ControlPlaneError)) return error.message;
  const { name, message, statusCode, requestId } = error;
  const facts = statusCode === 0 ? "" : ` status code: ${statusCode}, request id: ${requestId ?? ""}`;
  return `${name}: ${message}${facts}`;
}

/** @throws what `signal` was aborted with */
export async function pause(clock: Clock, milliseconds: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const { promise, resolve } = Promise.withResolvers<void>();
  const callOff = clock.after(milliseconds, resolve);
  const over = () => resolve();
  signal.addEventListener("abort", over, { once: true });
  await promise;
  signal.removeEventListener("abort", over); // or a long wait of many pauses would gather them
  callOff();
  signal.throwIfAborted();
}
