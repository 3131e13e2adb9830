import type { Clock } from "../../platform/clock.ts";

/** At first so many tries at once, then one more after each pause. */
const atOnce = 20;
const pauseMs = 3_000;
/** The addresses that are remembered; beyond, the one that tried longest ago is forgotten. */
const mostAddresses = 10_000;

/** How often each address has tried to join lately. Kept in memory alone. */
export class JoinAttempts {
  private readonly clock: Clock;
  /** By address: when its tries will be forgotten, in epoch milliseconds. In the order of the last try. */
  private readonly spentUntil = new Map<string, number>();

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** Counts a try; false if that is too many. */
  take(address: string): boolean {
    const now = this.clock.now();
    const until = Math.max(now, this.spentUntil.get(address) ?? 0) + pauseMs;
    const allowed = until - now <= atOnce * pauseMs;
    this.spentUntil.delete(address);
    this.spentUntil.set(address, allowed ? until : until - pauseMs);
    if (this.spentUntil.size > mostAddresses) this.spentUntil.delete(this.spentUntil.keys().next().value ?? "");
    return allowed;
  }
}
