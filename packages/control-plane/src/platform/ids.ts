import { randomFillSync, randomUUID } from "node:crypto";

/** Where new identifiers come from. Tests bring a counting one, so that what they see repeats. */
export interface IdSource {
  /** `digits` random lower-case hexadecimal digits; an ECS id has 32, an EC2 id 17. */
  hex(digits: number): string;
  /** A UUID, version 4. */
  uuid(): string;
}

export const randomIds: IdSource = {
  hex: (digits) => randomHex(Math.ceil(digits / 2)).slice(0, digits),
  uuid: () => randomUUID(),
};

/** Random bytes that were drawn and not given out: drawing many at once costs as much as drawing a few. */
const drawn = Buffer.alloc(4096);
let given = drawn.length;

/** @param bytes fewer than are drawn at once */
function randomHex(bytes: number): string {
  if (given + bytes > drawn.length) {
    randomFillSync(drawn);
    given = 0;
  }
  given += bytes;
  return drawn.toString("hex", given - bytes, given);
}

/** Ids that count up from 1: `0…01`, `0…02`. */
export function countingIds(): IdSource {
  let last = 0;
  const hex = (digits: number) => (++last).toString(16).padStart(digits, "0").slice(-digits);
  return { hex, uuid: () => hex(32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5") };
}
