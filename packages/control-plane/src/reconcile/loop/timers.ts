import type { Clock } from "../../platform/clock.ts";

/** One alarm per key; of two, the earlier one stays. */
export class Timers {
  private readonly clock: Clock;
  private readonly ring: (key: string) => void;
  private readonly pending = new Map<string, { readonly at: number; readonly cancel: () => void }>();

  constructor(clock: Clock, ring: (key: string) => void) {
    this.clock = clock;
    this.ring = ring;
  }

  set(key: string, milliseconds: number): void {
    const at = this.clock.now() + milliseconds;
    const before = this.pending.get(key);
    if (before !== undefined && before.at <= at) return;
    before?.cancel();
    const cancel = this.clock.after(milliseconds, () => {
      this.pending.delete(key);
      this.ring(key);
    });
    this.pending.set(key, { at, cancel });
  }

  clear(key: string): void {
    this.pending.get(key)?.cancel();
    this.pending.delete(key);
  }

  clearAll(): void {
    for (const { cancel } of this.pending.values()) cancel();
    this.pending.clear();
  }
}
