import { alphabet } from "./regex-program.ts";

/** The characters that `has` says yes to. */
export const setOf = (has: (code: number) => boolean): Uint8Array =>
  Uint8Array.from({ length: alphabet }, (_, code) => Number(has(code)));

/** One character, which has to be ASCII. */
export function setOfOne(code: number): Uint8Array {
  const set = new Uint8Array(alphabet);
  set[code] = 1;
  return set;
}

/** Everything but these. */
export const allBut = (set: Uint8Array): Uint8Array => set.map((has) => 1 - has);

const isDigit = (code: number) => code >= 48 && code <= 57;
const isWord = (code: number) =>
  isDigit(code) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || code === 95;
const isBlank = (code: number) => code === 32 || (code >= 9 && code <= 13);

/** What stands behind a backslash for several characters. */
export const classes: Readonly<Record<string, (code: number) => boolean>> = {
  d: isDigit,
  D: (code) => !isDigit(code),
  w: isWord,
  W: (code) => !isWord(code),
  s: isBlank,
  S: (code) => !isBlank(code),
};

/** `.`, which does not stand for the end of a line. */
export const notAtLineEnd: Uint8Array = setOf((code) => code !== 10 && code !== 13);
