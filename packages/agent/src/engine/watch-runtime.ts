import type { Clock } from "../platform/clock.ts";
import type { Logger } from "../platform/logger.ts";
import type { ContainerRuntime } from "../runtime/container-runtime.ts";

export interface RuntimeWatch {
  readonly runtime: Pick<ContainerRuntime, "events">;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  onContainer(id: string): void;
  /** Events may have been missed. What it throws counts as the engine being away. */
  onReset(): Promise<void>;
  /** The engine does not answer. */
  onLost(): void;
}

const retryMs = { first: 250, factor: 1.5, most: 5000 } as const;

/** Follows the runtime's events until `signal` aborts, through every loss of the engine. */
export async function watchRuntime(watch: RuntimeWatch): Promise<void> {
  const { runtime, clock, logger, signal } = watch;
  let pause: number = retryMs.first;
  while (!signal.aborted) {
    try {
      for await (const event of runtime.events(signal)) {
        if (event.kind === "container") {
          watch.onContainer(event.id);
        } else {
          await watch.onReset();
          pause = retryMs.first;
        }
      }
    } catch (error) {
      if (!signal.aborted) logger.warn({ err: error }, "the container engine does not answer");
    }
    if (signal.aborted) return;
    watch.onLost();
    await sleep(clock, pause, signal);
    pause = Math.min(pause * retryMs.factor, retryMs.most);
  }
}

/** Resolves after a time, or at once when `signal` aborts. */
export function sleep(clock: Clock, milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      cancel();
      signal.removeEventListener("abort", end);
      resolve();
    };
    const cancel = clock.after(milliseconds, end);
    if (signal.aborted) end();
    else signal.addEventListener("abort", end, { once: true });
  });
}
