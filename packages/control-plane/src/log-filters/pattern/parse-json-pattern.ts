import { parseComparison } from "./comparison.ts";
import { type Condition, parseConditions } from "./condition.ts";
import type { FilterPattern } from "./filter-pattern.ts";
import { Scanner } from "./scanner.ts";
import { parseSelector, type Selector } from "./selector.ts";

/** Source: CloudWatch Logs user guide, "Filter pattern syntax", quotas of JSON patterns. */
const most = { regexes: 2, wildcards: 3 } as const;

/**
 * Reads `{ … }`: selectors compared with `=`, `!=`, `<`, `<=`, `>`, `>=`, or `IS NULL`, `IS TRUE`, `IS FALSE`, `NOT EXISTS`. Messages
 * that are no JSON objects do not match. @throws BadFilterPattern
 */
export function parseJsonPattern(text: string): FilterPattern {
  const scanner = new Scanner(text);
  scanner.require("{");
  let wildcards = 0;
  const condition = parseConditions(scanner, () => {
    const selector = parseSelector(scanner);
    wildcards += Number(selector.hasWildcard);
    return parseTest(scanner, selector);
  });
  scanner.require("}");
  scanner.skipBlanks();
  if (scanner.next !== "") scanner.fail("Nothing is expected behind the last brace");
  if (condition.regexes > most.regexes) scanner.fail(`More than ${most.regexes} regular expressions`, 0);
  if (wildcards > most.wildcards) scanner.fail(`More than ${most.wildcards} selectors with wildcards`, 0);
  // Texts may stand in JSON in two ways, but then there is a backslash.
  const plain = condition.needles.filter((needle) => /^[^"\\\p{Cc}]+$/u.test(needle));
  const document = (message: string) => {
    if (!message.includes("\\") && plain.some((needle) => !message.includes(needle))) return undefined;
    return documentIn(message);
  };
  return {
    kind: "json",
    needles: [],
    regexes: condition.regexes,
    matches(message) {
      const found = document(message);
      return found !== undefined && condition.holds(found);
    },
    valuesIn: () => ({}),
    reader: (reference) => readerOf(reference),
  };
}

/** Reads a value off events, as `$.latency` of a metric filter. Undefined for what is no selector. */
function readerOf(reference: string): ((message: string) => string | undefined) | undefined {
  const scanner = new Scanner(reference);
  if (!reference.startsWith("$.") && !reference.startsWith("$[")) return undefined;
  const selector = parseSelector(scanner);
  if (scanner.next !== "" || selector.hasWildcard) scanner.fail("A selector of one value is expected");
  return (message) => {
    const [value] = selector.select(documentIn(message));
    return ["string", "number", "boolean"].includes(typeof value) ? String(value) : undefined;
  };
}

function documentIn(message: string): object | undefined {
  if (!/^\s*\{/.test(message)) return undefined;
  try {
    return JSON.parse(message) as object;
  } catch {
    return undefined;
  }
}

const isScalar = (value: unknown): value is string | number => typeof value === "string" || typeof value === "number";

function parseTest(scanner: Scanner, selector: Selector): Condition<object> {
  scanner.skipBlanks();
  const keyword = scanner.match(/(IS|NOT)(?![\w])/iy)?.[1]?.toUpperCase();
  if (keyword === "IS") {
    scanner.skipBlanks();
    const word = scanner.match(/\w+/y)?.[0].toUpperCase() ?? "";
    const wanted = { NULL: null, TRUE: true, FALSE: false }[word];
    if (wanted === undefined) scanner.fail("IS takes NULL, TRUE or FALSE");
    return { holds: (document) => selector.select(document).includes(wanted), needles: selector.names, regexes: 0 };
  }
  if (keyword === "NOT") {
    scanner.skipBlanks();
    if (scanner.match(/EXISTS(?![\w])/iy) === undefined) scanner.fail("NOT takes EXISTS");
    return { holds: (document) => selector.select(document).length === 0, needles: [], regexes: 0 };
  }
  const comparison = parseComparison(scanner);
  return {
    holds: (document) => selector.select(document).some((value) => isScalar(value) && comparison.holds(value)),
    needles: [...selector.names, ...comparison.needles],
    regexes: comparison.regexes,
  };
}
