import { hkdfSync } from "node:crypto";

/**
 * The house's secret keys, 32 bytes each: one that everything new is made with, and those of before that still open what
 * they made.
 */
export interface HouseKeys {
  readonly current: Buffer;
  /** The current one first. */
  readonly all: readonly Buffer[];
  /**
   * What ids of something made at `time` (epoch milliseconds) follow from. It stays when the key of that time is gone, so
   * that containers find their credentials for as long as they run; nothing else can be made with it.
   */
  idsKeyAt(time: number): Buffer;
}

/** @throws Error if the key has not 32 bytes */
export function houseKeys(keys: Buffer | HouseKeys): HouseKeys {
  if (!Buffer.isBuffer(keys)) return keys;
  if (keys.length !== 32) throw new Error("a house key has 32 bytes");
  const idsKey = idsKeyOf(keys);
  return { current: keys, all: [keys], idsKeyAt: () => idsKey };
}

/** What ids follow from while `key` is the current one. */
export const idsKeyOf = (key: Buffer): Buffer => Buffer.from(hkdfSync("sha256", key, "", "ids", 32));
