/** Bytes that may be sent at the moment. Whoever has none waits. */
export class Credit {
  #bytes: number;
  #wake: (() => void) | undefined;

  constructor(bytes: number) {
    this.#bytes = bytes;
  }

  add(bytes: number): void {
    this.#bytes += bytes;
    this.#wake?.();
  }

  /**
   * Takes as much as there is, up to `most`, once there is any. One caller at a time.
   * @returns 0 if `signal` was aborted
   */
  async take(most: number, signal: AbortSignal): Promise<number> {
    while (this.#bytes <= 0 && !signal.aborted) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      const stop = () => resolve();
      signal.addEventListener("abort", stop, { once: true });
      await promise;
      signal.removeEventListener("abort", stop);
    }
    if (signal.aborted) return 0;
    const taken = Math.min(most, this.#bytes);
    this.#bytes -= taken;
    return taken;
  }
}
