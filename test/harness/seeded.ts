import type { IdSource } from "../../packages/control-plane/src/platform/ids.ts";

/** Chance that repeats: the same seed gives the same numbers. */
export interface Chance {
  /** 0…1, without 1. */
  next(): number;
  /** A whole number from 0 to below `limit`. */
  below(limit: number): number;
  /** Whether something of this probability happens now. */
  happens(probability: number): boolean;
  readonly ids: IdSource;
}

/** A xorshift generator of 32 bits, good enough to choose faults with. */
export function chanceOf(seed: number): Chance {
  let state = (seed ^ 0x9e3779b9) | 0 || 1;
  const next = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  const hex = (digits: number) => Array.from({ length: digits }, () => below(16).toString(16)).join("");
  return {
    next,
    below,
    happens: (probability) => next() < probability,
    ids: { hex, uuid: () => [8, 4, 4, 4, 12].map(hex).join("-") },
  };
}
