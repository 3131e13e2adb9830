import type { Clock } from "../platform/clock.ts";

/** Requests a second and in a burst, for one client and path. Source: agent protocol §6.2. */
export const endpointRate = { perSecond: 40, burst: 60 } as const;
/** So many clients and paths are counted; the ones unused for longest are forgotten. */
const mostKept = 5000;

/** Lets through so many requests of each key a second, and a burst after a rest. */
export class RateLimit {
  readonly #clock: Clock;
  readonly #buckets = new Map<string, { tokens: number; at: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether one more may pass; it is counted if so. */
  admits(key: string): boolean {
    const now = this.#clock.now();
    const known = this.#buckets.get(key);
    const { perSecond, burst } = endpointRate;
    const filled = known === undefined ? burst : Math.min(burst, known.tokens + ((now - known.at) / 1000) * perSecond);
    const admits = filled >= 1;
    this.#buckets.delete(key);
    this.#buckets.set(key, { tokens: admits ? filled - 1 : filled, at: now });
    if (this.#buckets.size > mostKept) this.#buckets.delete(this.#buckets.keys().next().value ?? "");
    return admits;
  }
}
