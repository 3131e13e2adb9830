import { randomBytes } from "node:crypto";
import { type HouseKeys, idsKeyOf } from "./house-keys.ts";

/** One of the house's keys. Times are epoch milliseconds. */
export interface RingKey {
  readonly createdAt: number;
  /** Base64 of 32 bytes; absent once the key has been dropped. */
  readonly key?: string;
  /** Base64 of 32 bytes. */
  readonly idsKey: string;
  /** Since when nothing in the store is sealed with it any more. */
  readonly retiredAt?: number;
}

/** All keys of the house, the newest first; the first has its key. */
export type Ring = readonly [RingKey, ...RingKey[]];

/** Longest that what is sealed outside of the store lasts: credentials of AssumeRole, twelve hours; in milliseconds. */
export const outstandingMs = 12 * 60 * 60_000;

export function newRingKey(key: Buffer, createdAt: number): RingKey {
  return { createdAt, key: key.toString("base64"), idsKey: idsKeyOf(key).toString("base64") };
}

/** A ring with one more key, which is the current one from now on. */
export const withNewKey = (ring: Ring, now: number, key = randomBytes(32)): Ring => [
  // Each moment has one key, and this one still the one of before.
  newRingKey(key, Math.max(now, ring[0].createdAt) + 1),
  ...ring,
];

/** Whether something in the store may still be sealed with a key that is not the current one. */
export const isResealing = ([, ...old]: Ring): boolean =>
  old.some(({ key, retiredAt }) => key !== undefined && retiredAt === undefined);

/** Everything in the store is sealed with the current key. */
export const withOldKeysRetired = ([current, ...old]: Ring, now: number): Ring => [
  current,
  ...old.map((key) => (key.retiredAt === undefined ? { ...key, retiredAt: now } : key)),
];

/** Without keys that were retired long enough ago; what ids follow from stays. */
export const withoutOutdatedKeys = ([current, ...old]: Ring, now: number, keptMs = outstandingMs): Ring => [
  current,
  ...old.map(({ key, ...rest }) =>
    key === undefined || (rest.retiredAt !== undefined && rest.retiredAt + keptMs <= now) ? rest : { key, ...rest },
  ),
];

/** The keys of a ring for those who use them. */
export function keysOfRing(ring: Ring): HouseKeys {
  const all = ring.flatMap(({ key }) => (key === undefined ? [] : [Buffer.from(key, "base64")]));
  const [current] = all;
  if (current === undefined || ring[0].key === undefined) throw new Error("the house's current key is missing");
  const oldest = ring.at(-1) ?? ring[0];
  return {
    current,
    all,
    idsKeyAt: (time) => Buffer.from((ring.find(({ createdAt }) => createdAt <= time) ?? oldest).idsKey, "base64"),
  };
}
