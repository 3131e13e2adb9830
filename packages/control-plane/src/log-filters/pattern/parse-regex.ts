import { allBut, classes, notAtLineEnd, setOf, setOfOne } from "../../platform/regex/character-sets.ts";
import { compileRegex, forever, type Regex, sizeOf } from "../../platform/regex/compile-regex.ts";
import { alphabet, RegexRunner } from "../../platform/regex/regex-program.ts";
import type { Scanner } from "./scanner.ts";

/** A regular expression of a filter pattern. */
export interface FilterRegex {
  test(text: string): boolean;
  /** Texts that everything it matches has in it. */
  readonly needles: readonly string[];
}

/** Instructions of one expression; repetitions are written out. */
const mostInstructions = 4_000;
const symbols = /[A-Za-z0-9_#=@/;:,\- ]/;
const operators = "^$?[]{}|\\*+.";

/**
 * Reads `%…%` behind its first sign, up to and with the last. Letters, digits, `_ # = @ / ; : , -` and blanks stand for
 * themselves; the operators are `^ $ ? [ ] { } | \ * + .`; there are no parentheses.
 * Source: CloudWatch Logs user guide, "Supported regular expressions (regex) syntax".
 * @throws BadFilterPattern
 */
export function parseRegex(scanner: Scanner): FilterRegex {
  const alternatives: Item[][] = [[]];
  const from = scanner.at;
  while (scanner.next !== "%") {
    if (scanner.next === "") scanner.fail("A regular expression is not closed with %", from);
    if (scanner.next === "|") {
      scanner.at++;
      alternatives.push([]);
    } else alternatives.at(-1)?.push(parseItem(scanner));
  }
  if (scanner.at === from) scanner.fail("A regular expression is empty");
  scanner.at++;
  const regex: Regex = { is: "either", of: alternatives.map((items) => ({ is: "sequence", of: items.map(regexOf) })) };
  if (sizeOf(regex) > mostInstructions) scanner.fail("A regular expression repeats too much", from);
  const runner = new RegexRunner(compileRegex(regex));
  const [only = [], ...others] = alternatives;
  return { test: (text) => runner.test(text), needles: others.length === 0 ? literalsOf(only) : [] };
}

interface Item {
  readonly is: Uint8Array | "start" | "end";
  /** The one character that it stands for. */
  readonly literal?: string;
  readonly least: number;
  readonly most: number;
}

function parseItem(scanner: Scanner): Item {
  const anchor = ({ "^": "start", $: "end" } as const)[scanner.next];
  if (anchor !== undefined) {
    scanner.at++;
    return { is: anchor, least: 1, most: 1 };
  }
  const atom = parseAtom(scanner);
  return { ...atom, ...parseQuantifier(scanner) };
}

function parseAtom(scanner: Scanner): Pick<Item, "is" | "literal"> {
  const character = scanner.next;
  if (character === "[") return { is: parseClass(scanner) };
  if (character === ".") {
    scanner.at++;
    return { is: notAtLineEnd };
  }
  const { set, literal } = parseCharacter(scanner);
  return { is: set, ...(literal === undefined ? {} : { literal }) };
}

/** One character, plain or escaped, or a class as `\d`. */
function parseCharacter(scanner: Scanner): { readonly set: Uint8Array; readonly literal?: string } {
  const character = scanner.next;
  const one = (literal: string) => ({ set: setOfOne(literal.charCodeAt(0)), literal });
  if (character !== "\\") {
    if (!symbols.test(character)) {
      const what = operators.includes(character) && character !== "" ? "is out of place" : "is not supported";
      scanner.fail(`'${character}' ${what} in a regular expression`);
    }
    scanner.at++;
    return one(character);
  }
  const hexadecimal = scanner.match(/\\x([0-9A-Fa-f]{2})/y)?.[1];
  if (hexadecimal !== undefined) {
    const code = Number.parseInt(hexadecimal, 16);
    if (code >= alphabet - 1)
      scanner.fail("Only ASCII characters are supported in a regular expression", scanner.at - 4);
    return one(String.fromCharCode(code));
  }
  const escaped = scanner.text[scanner.at + 1] ?? "";
  const has = classes[escaped];
  if (has === undefined && (escaped === "" || !(operators.includes(escaped) || /[_#=@/;:,\- ]/.test(escaped)))) {
    scanner.fail(`'\\${escaped}' is not supported in a regular expression`);
  }
  scanner.at += 2;
  return has === undefined ? one(escaped) : { set: setOf(has) };
}

function parseClass(scanner: Scanner): Uint8Array {
  const from = scanner.at++;
  const isNegated = scanner.next === "^";
  if (isNegated) scanner.at++;
  const set = new Uint8Array(alphabet);
  const first = scanner.at;
  while (scanner.next !== "]") {
    if (scanner.next === "" || scanner.next === "%") scanner.fail("A character class is not closed with ]", from);
    const start = parseMember(scanner);
    if (scanner.next !== "-" || scanner.text[scanner.at + 1] === "]" || start.literal === undefined) {
      for (const [code, has] of start.set.entries()) if (has === 1) set[code] = 1;
      continue;
    }
    scanner.at++;
    const { literal: last } = parseMember(scanner);
    if (last === undefined || last < start.literal) scanner.fail("A range of characters is the wrong way round");
    for (let code = start.literal.charCodeAt(0); code <= last.charCodeAt(0); code++) set[code] = 1;
  }
  if (scanner.at === first) scanner.fail("A character class is empty", from);
  scanner.at++;
  return isNegated ? allBut(set) : set;
}

/** In a class most operators stand for themselves. */
function parseMember(scanner: Scanner): ReturnType<typeof parseCharacter> {
  const character = scanner.next;
  if (character === "\\" || !operators.includes(character)) return parseCharacter(scanner);
  scanner.at++;
  return { set: setOfOne(character.charCodeAt(0)), literal: character };
}

function parseQuantifier(scanner: Scanner): Pick<Item, "least" | "most"> {
  const simple = { "*": [0, forever], "+": [1, forever], "?": [0, 1] }[scanner.next];
  if (simple !== undefined) {
    scanner.at++;
    return { least: simple[0] ?? 0, most: simple[1] ?? 0 };
  }
  if (scanner.next !== "{") return { least: 1, most: 1 };
  const [, least = "", comma, most = ""] = scanner.match(/\{(\d{1,4})(,(\d{0,4}))?\}/y)?.slice(0, 4) ?? [];
  if (least === "") scanner.fail("A repetition is written as {2}, {2,} or {2,4}");
  const bounds = { least: Number(least), most: comma === undefined ? Number(least) : Number(most || forever) };
  if (bounds.most < bounds.least) scanner.fail("A repetition is the wrong way round");
  return bounds;
}

const regexOf = ({ is, least, most }: Item): Regex => {
  const of: Regex = typeof is === "string" ? { is } : { is: "set", set: is };
  return least === 1 && most === 1 ? of : { is: "repeat", of, least, most };
};

/** Characters side by side that have to be there. */
function literalsOf(items: readonly Item[]): readonly string[] {
  const found: string[] = [];
  let run = "";
  const end = () => {
    if (run !== "") found.push(run);
    run = "";
  };
  for (const { literal, least, most } of items) {
    if (literal === undefined || least === 0) {
      end();
      continue;
    }
    run += literal.repeat(least);
    if (most !== least) {
      end();
      run = literal.repeat(least);
    }
  }
  end();
  return found;
}
