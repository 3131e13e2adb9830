import type { FilterPattern } from "./filter-pattern.ts";
import { parseRegex } from "./parse-regex.ts";
import { Scanner } from "./scanner.ts";

interface Term {
  readonly sign: "" | "-" | "?";
  readonly text: string;
}

/**
 * Reads terms that all have to be in the message (`a "b c"`), terms that must not (`-d`), terms of which one is enough
 * (`?e ?f`; beside others they change nothing), or one regular expression (`%…%`). Case counts. @throws BadFilterPattern
 */
export function parseTerms(text: string): FilterPattern {
  const scanner = new Scanner(text);
  scanner.skipBlanks();
  if (scanner.next === "%") return parseOneRegex(scanner);
  const terms: Term[] = [];
  for (scanner.skipBlanks(); scanner.next !== ""; scanner.skipBlanks()) terms.push(parseTerm(scanner));
  const textsOf = (sign: Term["sign"]) => terms.filter((term) => term.sign === sign).map((term) => term.text);
  const [all, none, any] = [textsOf(""), textsOf("-"), textsOf("?")];
  const anyCounts = any.length > 0 && all.length === 0 && none.length === 0;
  return {
    kind: "terms",
    needles: anyCounts && any.length === 1 ? any : all,
    regexes: 0,
    matches: (message) =>
      all.every((each) => message.includes(each)) &&
      !none.some((each) => message.includes(each)) &&
      (!anyCounts || any.some((each) => message.includes(each))),
    valuesIn: () => ({}),
    reader: () => undefined,
  };
}

function parseTerm(scanner: Scanner): Term {
  const from = scanner.at;
  const sign = (scanner.match(/[-?]/y)?.[0] ?? "") as Term["sign"];
  if (scanner.next === '"') {
    const quoted = scanner.match(/"((?:[^"\\]|\\.)*)"/sy)?.[1];
    if (quoted === undefined) scanner.fail("A quotation mark is not closed");
    return { sign, text: quoted.replaceAll(/\\(.)/gs, "$1") };
  }
  const text = scanner.match(/[^\s"]+/y)?.[0];
  if (text === undefined) {
    if (sign === "") scanner.fail("A term is expected", from);
    return { sign: "", text: sign }; // a sign alone is a term
  }
  if (/^%.+%$/s.test(text)) scanner.fail("A regular expression stands alone", from);
  return { sign, text };
}

function parseOneRegex(scanner: Scanner): FilterPattern {
  scanner.at++;
  const regex = parseRegex(scanner);
  scanner.skipBlanks();
  if (scanner.next !== "") scanner.fail("A regular expression stands alone");
  return {
    kind: "terms",
    needles: regex.needles,
    regexes: 1,
    matches: (message) => regex.test(message),
    valuesIn: () => ({}),
    reader: () => undefined,
  };
}
