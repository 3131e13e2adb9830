import type { Clock } from "../platform/clock.ts";

/** How long work that the container engine could not do waits for it, in milliseconds. */
const longestAbsenceMs = 5 * 60_000;
const retryMs = { first: 1000, factor: 1.5, most: 5000 } as const;
/** Tries of one piece of work while the engine answers. Source: agent protocol §5.4 and §5.6. */
const mostTries = 5;

/** Whether the container engine is there, and how long to wait for it before trying again. */
export class EnginePresence {
  readonly #clock: Clock;
  readonly #waiting = new Set<() => void>();
  #lostAt: number | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  lost(): void {
    this.#lostAt ??= this.#clock.now();
  }

  /** It answers, and what is known of containers has been compared with it. */
  found(): void {
    this.#lostAt = undefined;
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }

  /**
   * Waits until it makes sense to try again.
   * @param tries how often it was tried already
   * @param patient waits however long the engine is away
   * @returns whether to try again at all
   * @throws what `signal` was aborted with
   */
  async beforeRetry(tries: number, patient: boolean, signal: AbortSignal): Promise<boolean> {
    signal.throwIfAborted();
    if (this.#lostAt === undefined) {
      if (tries >= mostTries) return false;
      await this.#pause(Math.min(retryMs.first * retryMs.factor ** (tries - 1), retryMs.most), signal);
      return true;
    }
    const left = this.#lostAt + longestAbsenceMs - this.#clock.now();
    if (!patient && left <= 0) return false;
    await this.#pause(patient ? longestAbsenceMs : left, signal);
    return true;
  }

  /** Ends early when the engine is found. */
  #pause(milliseconds: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = () => {
        cancel();
        this.#waiting.delete(end);
        signal.removeEventListener("abort", abort);
        resolve();
      };
      const abort = () => {
        cancel();
        this.#waiting.delete(end);
        reject(signal.reason as Error);
      };
      const cancel = this.#clock.after(milliseconds, end);
      this.#waiting.add(end);
      signal.addEventListener("abort", abort, { once: true });
    });
  }
}
