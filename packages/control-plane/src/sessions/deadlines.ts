import type { Clock } from "../platform/clock.ts";

/** Any number of named deadlines over one timer; setting one again for later costs nothing. */
export class Deadlines<Name extends string> {
  private readonly clock: Clock;
  private readonly deadlines = new Map<Name, { readonly at: number; readonly act: () => void }>();
  private armedFor = Number.POSITIVE_INFINITY;
  private callOff = () => {};

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** @param at epoch milliseconds; an earlier deadline of that name is replaced */
  set(name: Name, at: number, act: () => void): void {
    this.deadlines.set(name, { at, act });
    this.arm(at);
  }

  has(name: Name): boolean {
    return this.deadlines.has(name);
  }

  clear(name: Name): void {
    this.deadlines.delete(name);
  }

  clearAll(): void {
    this.deadlines.clear();
    this.callOff();
    this.armedFor = Number.POSITIVE_INFINITY;
  }

  private arm(at: number): void {
    if (at >= this.armedFor) return;
    this.callOff();
    this.armedFor = at;
    this.callOff = this.clock.after(Math.max(0, at - this.clock.now()), () => this.fire());
  }

  private fire(): void {
    this.armedFor = Number.POSITIVE_INFINITY;
    const now = this.clock.now();
    const due = [...this.deadlines].filter(([, { at }]) => at <= now).toSorted(([, a], [, b]) => a.at - b.at);
    for (const [name, deadline] of due) {
      if (this.deadlines.get(name) !== deadline) continue; // one that came before has changed it
      this.deadlines.delete(name);
      deadline.act();
    }
    for (const { at } of this.deadlines.values()) this.arm(at);
  }
}
