import { allBut, classes, setOf, setOfOne } from "../platform/regex/character-sets.ts";
import { alphabet } from "../platform/regex/regex-program.ts";
import type { PatternReader } from "./query-pattern-reader.ts";

/** One character, or several; `code` is there for one. */
interface Characters {
  readonly set: Uint8Array;
  readonly code?: number;
}

/** Of ASCII alone, as Java has them. */
const posix: Readonly<Record<string, RegExp>> = {
  Lower: /[a-z]/,
  Upper: /[A-Z]/,
  ASCII: /[^]/,
  Alpha: /[A-Za-z]/,
  Digit: /[0-9]/,
  Alnum: /[A-Za-z0-9]/,
  Punct: /[!-/:-@[-`{-~]/,
  Graph: /[!-~]/,
  Print: /[ -~]/,
  Blank: /[ \t]/,
  XDigit: /[0-9A-Fa-f]/,
  Space: /[ \t-\r]/,
};
const controls: Readonly<Record<string, number>> = { t: 9, n: 10, r: 13, f: 12, a: 7, e: 27 };

/** What stands behind a backslash. @throws PatternProblem */
export function readEscaped(reader: PatternReader): Characters {
  const from = reader.at++;
  const escaped = reader.next;
  const hexadecimal = reader.match(/x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})/y);
  if (hexadecimal !== undefined)
    return oneOf(reader, Number.parseInt(hexadecimal[1] ?? hexadecimal[2] ?? "", 16), from);
  const named = reader.match(/([pP])\{([A-Za-z]+)\}/y);
  if (named !== undefined) {
    const [, sign = "", name = ""] = named;
    const members = posix[name] ?? reader.fail(`a pattern cannot have \\${sign}{${name}}`, from);
    const set = inItsCases(
      reader,
      setOf((code) => code < alphabet - 1 && members.test(String.fromCharCode(code))),
    );
    return { set: sign === "P" ? allBut(set) : set };
  }
  reader.at++;
  const has = classes[escaped];
  if (has !== undefined) return { set: setOf(has) };
  const control = controls[escaped];
  if (control !== undefined) return { set: setOfOne(control), code: control };
  if (escaped === "") reader.fail("a pattern cannot end with a backslash", from);
  if (/[A-Za-z0-9]/.test(escaped)) reader.fail(`a pattern cannot have \\${escaped}`, from);
  return oneOf(reader, escaped.charCodeAt(0), from);
}

/** A character that stands for itself. @throws PatternProblem for one that is not ASCII */
export function oneOf(reader: PatternReader, code: number, at = reader.at): Characters {
  if (code >= alphabet - 1) reader.fail("a pattern can have ASCII characters only", at);
  return { set: inItsCases(reader, setOfOne(code)), code };
}

/** `[a-z_]`, or `[^a-z_]` for all others. @throws PatternProblem */
export function readClass(reader: PatternReader): Uint8Array {
  const from = reader.at++;
  const isNegated = reader.takes("^");
  const set = new Uint8Array(alphabet);
  do {
    if (reader.next === "") reader.fail('a class of characters is not closed with "]"', from);
    const first = readMember(reader);
    const last = rangeEnd(reader, first);
    if (last === undefined) for (const [code, has] of first.set.entries()) set[code] = (set[code] ?? 0) | has;
    else set.fill(1, first.code, last + 1);
  } while (reader.next !== "]");
  reader.at++;
  inItsCases(reader, set);
  return isNegated ? allBut(set) : set;
}

/** Puts the other case of each letter in, too, where that is asked for. */
function inItsCases({ ignoresCase }: PatternReader, set: Uint8Array): Uint8Array {
  if (!ignoresCase) return set;
  for (let small = 97; small <= 122; small++) {
    const has = (set[small] ?? 0) | (set[small - 32] ?? 0);
    set.fill(has, small, small + 1).fill(has, small - 32, small - 31);
  }
  return set;
}

/** Where a range ends that begins with `first`; undefined if none does. */
function rangeEnd(reader: PatternReader, first: Characters): number | undefined {
  if (reader.next !== "-" || reader.text[reader.at + 1] === "]" || first.code === undefined) return undefined;
  const from = reader.at++;
  const { code } = readMember(reader);
  if (code === undefined || code < first.code) reader.fail("a range of characters is the wrong way round", from);
  return code;
}

function readMember(reader: PatternReader): Characters {
  if (reader.next === "\\") return readEscaped(reader);
  if (reader.next === "[" || reader.text.startsWith("&&", reader.at)) {
    reader.fail("a class of characters cannot have others in it");
  }
  const found = oneOf(reader, reader.next.charCodeAt(0));
  reader.at++;
  return found;
}
