import { parseComparison } from "./comparison.ts";
import { type Condition, parseConditions } from "./condition.ts";
import type { FilterPattern } from "./filter-pattern.ts";
import { Scanner } from "./scanner.ts";

/** One field of a pattern; a nameless one is called by its position. */
interface Field {
  readonly name?: string;
  readonly condition?: Condition<string>;
}
const mostRegexes = 2;

/**
 * Reads `[ip, user, …, status=4*, bytes>1000]`: messages of fields with blanks between, where what is in quotation marks or brackets
 * is one. `...` stands for any number of fields; without it the last field is all the rest. @throws BadFilterPattern
 */
export function parseFieldsPattern(text: string): FilterPattern {
  const { before, after, hasEllipsis } = parseFields(new Scanner(text));
  const fields = [...before, ...after];
  const regexes = fields.reduce((sum, { condition }) => sum + (condition?.regexes ?? 0), 0);
  if (regexes > mostRegexes) new Scanner(text).fail(`More than ${mostRegexes} regular expressions`, 0);
  const isAnything = fields.length === 0;

  /** The values by name, in their order; undefined if the message does not match. */
  const read = (message: string): ReadonlyMap<string, string> | undefined => {
    const words = hasEllipsis || isAnything ? wordsOf(message) : wordsOf(message, fields.length);
    if (words.length < fields.length) return undefined;
    const found = new Map<string, string>();
    const firstAfter = words.length - after.length;
    for (const [at, word] of words.entries()) {
      const field = at < before.length ? before[at] : at >= firstAfter ? after[at - firstAfter] : undefined;
      if (field?.condition?.holds(word) === false) return undefined;
      found.set(`$${field?.name ?? at + 1}`, word);
    }
    return found;
  };
  return {
    kind: "fields",
    // Quotation marks are left out of a field, and are never within one.
    needles: fields.flatMap(({ condition }) => condition?.needles ?? []),
    regexes,
    matches: (message) => read(message) !== undefined,
    valuesIn: (message) => Object.fromEntries(read(message) ?? []),
    reader(reference) {
      if (fields.some(({ name }) => reference === `$${name}`)) return (message) => read(message)?.get(reference);
      const position = Number(/^\$([1-9]\d{0,3})$/.exec(reference)?.[1]);
      return Number.isNaN(position) ? undefined : (message) => wordsOf(message)[position - 1];
    },
  };
}

function parseFields(scanner: Scanner): {
  readonly before: readonly Field[];
  readonly after: readonly Field[];
  readonly hasEllipsis: boolean;
} {
  const sides: [Field[], Field[]] = [[], []];
  const names = new Set<string>();
  let hasEllipsis = false;
  scanner.require("[");
  while (!scanner.takes("]")) {
    if (scanner.takes("...")) {
      if (hasEllipsis) scanner.fail("There is more than one ellipsis", scanner.at - 3);
      hasEllipsis = true;
    } else sides[hasEllipsis ? 1 : 0].push(parseField(scanner, names));
    if (scanner.takes("]")) {
      return finish();
    }
    scanner.require(",");
    scanner.skipBlanks();
    if (scanner.next === "]") sides[hasEllipsis ? 1 : 0].push({}); // a comma with nothing behind it: a field without a name
  }
  return finish();

  function finish() {
    scanner.skipBlanks();
    if (scanner.next !== "") scanner.fail("Nothing is expected behind the last bracket");
    return { before: sides[0], after: sides[1], hasEllipsis };
  }
}

function parseField(scanner: Scanner, names: Set<string>): Field {
  scanner.skipBlanks();
  if (scanner.next === ",") return {};
  const from = scanner.at;
  const isBare = /[A-Za-z_(]/.test(scanner.next);
  if (!isBare) scanner.fail("The name of a field is expected");
  let name: string | undefined;
  const named = () => {
    scanner.skipBlanks();
    const at = scanner.at;
    const found = scanner.match(/[A-Za-z_][\w-]*/y)?.[0];
    if (found === undefined) scanner.fail("The name of a field is expected");
    if (name !== undefined && found !== name)
      scanner.fail(`The conditions of a field name one field, not ${name} and ${found}`, at);
    name = found;
  };
  let isPlain = false;
  const condition = parseConditions<string>(scanner, () => {
    named();
    scanner.skipBlanks();
    if (/[,\]]/.test(scanner.next) && scanner.text.slice(from, scanner.at).trim() === name) {
      isPlain = true;
      return { holds: () => true, needles: [], regexes: 0 };
    }
    return parseComparison(scanner);
  });
  if (name === undefined) scanner.fail("The name of a field is expected", from);
  if (names.has(name)) scanner.fail(`There are two fields ${String(name)}`, from);
  names.add(name);
  return { name, ...(isPlain ? {} : { condition }) };
}

const word = /"([^"]*)"|\[([^\]]*)\]|(\S+)/y;

/** @param most the last one is all the rest */
function wordsOf(message: string, most = Number.POSITIVE_INFINITY): readonly string[] {
  const found: string[] = [];
  let at = 0;
  for (;;) {
    while (at < message.length && isBlank(message.charCodeAt(at))) at++;
    if (at >= message.length) return found;
    word.lastIndex = at;
    const [whole = "", quoted, bracketed, plain = ""] = word.exec(message) ?? [];
    const end = at + whole.length;
    if (found.length === most - 1 && message.slice(end).trim() !== "") {
      found.push(message.slice(at).trimEnd());
      return found;
    }
    found.push(quoted ?? bracketed ?? plain);
    at = end;
  }
}
const isBlank = (code: number) => code === 32 || (code >= 9 && code <= 13);
