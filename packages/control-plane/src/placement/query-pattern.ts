import { notAtLineEnd } from "../platform/regex/character-sets.ts";
import { compileRegex, forever, type Regex, sizeOf } from "../platform/regex/compile-regex.ts";
import { RegexRunner } from "../platform/regex/regex-program.ts";
import { oneOf, readClass, readEscaped } from "./query-pattern-class.ts";
import { PatternReader } from "./query-pattern-reader.ts";

/** A regular expression of a query. */
export interface QueryPattern {
  /** Whether all of the text fits. Takes a time that grows with the text alone. */
  test(text: string): boolean;
  /** How much it takes: characters and classes, with repetitions written out. */
  readonly size: number;
}

/** Patterns of one expression together; repetitions are written out. */
export const mostInstructions = 1_000;

/**
 * Reads a regular expression as Java has them, for whole texts: groups, alternatives, classes, repetitions, `(?i)` in
 * front. What looks around or back is not there, as it could not be run once over the text; nor are possessive
 * repetitions. Source: ECS developer guide, "Cluster query language", which has `matches` take Java's patterns;
 * java.util.regex.Pattern.
 * @throws PatternProblem
 */
export function readQueryPattern(text: string): QueryPattern {
  const reader = new PatternReader(text);
  reader.ignoresCase = reader.takes("(?i)");
  const whole = readEither(reader);
  if (reader.next === ")") reader.fail('a pattern has a ")" that closes nothing');
  const regex: Regex = { is: "sequence", of: [{ is: "start" }, whole, { is: "end" }] };
  const size = sizeOf(regex);
  if (size > mostInstructions) reader.fail("a pattern repeats too much", 0);
  const runner = new RegexRunner(compileRegex(regex));
  return { test: (subject) => runner.test(subject), size };
}

function readEither(reader: PatternReader): Regex {
  const options = [readSequence(reader)];
  while (reader.takes("|")) options.push(readSequence(reader));
  return options.length === 1 && options[0] !== undefined ? options[0] : { is: "either", of: options };
}

function readSequence(reader: PatternReader): Regex {
  const items: Regex[] = [];
  while (reader.next !== "" && reader.next !== "|" && reader.next !== ")") items.push(readItem(reader));
  return { is: "sequence", of: items };
}

const anchors: Readonly<Record<string, "start" | "end">> = {
  "^": "start",
  $: "end",
  "\\A": "start",
  "\\z": "end",
  "\\Z": "end",
};

function readItem(reader: PatternReader): Regex {
  const anchor = anchors[reader.match(/[\^$]|\\[AzZ]/y)?.[0] ?? ""];
  if (anchor !== undefined) return { is: anchor };
  const quoted = reader.match(/\\Q([^]*?)(?:\\E|$)/y);
  if (quoted !== undefined) {
    const from = reader.at - quoted[0].length + 2;
    const of = (quoted[1] ?? "").split("").map((character, index) => one(reader, character, from + index));
    return { is: "sequence", of };
  }
  return readRepetition(reader, readAtom(reader));
}

const one = (reader: PatternReader, character: string, at: number): Regex => ({
  is: "set",
  set: oneOf(reader, character.charCodeAt(0), at).set,
});

function readAtom(reader: PatternReader): Regex {
  switch (reader.next) {
    case "(":
      return reader.nested(() => readGroup(reader));
    case "[":
      return { is: "set", set: readClass(reader) };
    case "\\":
      return { is: "set", set: readEscaped(reader).set };
    case "*":
    case "+":
    case "?":
    case "{":
      return reader.fail(`a pattern has nothing for "${reader.next}" to repeat`);
    case ".":
      reader.at++;
      return { is: "set", set: notAtLineEnd };
    default: {
      const found = one(reader, reader.next, reader.at);
      reader.at++;
      return found;
    }
  }
}

/** What a group is called does not matter here: nothing looks back at it. */
function readGroup(reader: PatternReader): Regex {
  const from = reader.at++;
  const isPlain = reader.next !== "?" || reader.match(/\?:|\?<[A-Za-z][A-Za-z0-9]*>/y) !== undefined;
  if (!isPlain) reader.fail(`a pattern cannot have "${reader.text.slice(from, from + 3)}"`, from);
  const inside = readEither(reader);
  if (!reader.takes(")")) reader.fail('a group of a pattern is not closed with ")"', from);
  return inside;
}

function readRepetition(reader: PatternReader, of: Regex): Regex {
  const from = reader.at;
  const bounds = readBounds(reader);
  if (bounds === undefined) return of;
  reader.takes("?"); // as little as can be: the same texts fit
  if (/[*+?{]/.test(reader.next)) reader.fail("a pattern repeats a repetition");
  if (bounds.most < bounds.least) reader.fail("a repetition of a pattern is the wrong way round", from);
  return { is: "repeat", of, ...bounds };
}

function readBounds(reader: PatternReader): { readonly least: number; readonly most: number } | undefined {
  if (reader.takes("*")) return { least: 0, most: forever };
  if (reader.takes("+")) return { least: 1, most: forever };
  if (reader.takes("?")) return { least: 0, most: 1 };
  if (reader.next !== "{") return undefined;
  const [, least, comma, most] =
    reader.match(/\{(\d{1,4})(,(\d{0,4}))?\}/y) ??
    reader.fail("a repetition of a pattern is written as {2}, {2,} or {2,4}");
  if (comma === undefined) return { least: Number(least), most: Number(least) };
  return { least: Number(least), most: most === "" ? forever : Number(most) };
}
