/** How long others may have to wait for their turn. */
const turnMs = 4;

/**
 * Has searches of one process take turns with all else: together they keep the event loop for a few milliseconds at a time, however many
 * they are.
 */
export class Turns {
  #since = performance.now();
  readonly #waiting: (() => void)[] = [];

  /** Resolves at once while this turn lasts, and else when the caller's next one comes. */
  pause(): Promise<void> | undefined {
    if (this.#waiting.length === 0 && performance.now() - this.#since < turnMs) return undefined;
    const { promise, resolve } = Promise.withResolvers<void>();
    if (this.#waiting.push(resolve) === 1) setImmediate(() => this.#next());
    return promise;
  }

  #next(): void {
    this.#since = performance.now();
    this.#waiting.shift()?.();
    if (this.#waiting.length > 0) setImmediate(() => this.#next());
  }
}
