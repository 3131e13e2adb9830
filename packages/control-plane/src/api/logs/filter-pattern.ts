import { LogsError } from "./api-error.ts";

/** Whether a message matches. */
export type Matcher = (message: string) => boolean;

/**
 * Reads a filter pattern: terms that all have to be in the message (`a "b c"`), terms that must not (`-d`), terms of which
 * one is enough (`?e ?f`), and JSON selectors (`{ $.level = "error" && $.status >= 500 }`). Empty
 * matches everything. Case counts. Source: CloudWatch Logs user guide, "Filter pattern syntax".
 * @throws LogsError InvalidParameterException
 */
export function parseFilterPattern(pattern: string): Matcher {
  const text = pattern.trim();
  if (text === "") return () => true;
  if (text.startsWith("{")) return jsonMatcher(text);
  if (/%.+%/s.test(text.replaceAll(/"(?:[^"\\]|\\.)*"/gs, "")))
    throw invalid("regular expressions in % are not supported yet");
  if (text.startsWith("[")) throw invalid("space-delimited patterns in [] are not supported yet");
  if (text.replaceAll(termPattern, "").includes('"')) throw invalid("a quotation mark is not closed");
  const terms = [...text.matchAll(termPattern)].map(([, sign = "", quoted, word]) => ({
    sign,
    matches: contains(quoted?.replaceAll(/\\(.)/gs, "$1") ?? word ?? ""),
  }));
  const all = terms.filter(({ sign }) => sign === "");
  const none = terms.filter(({ sign }) => sign === "-");
  const any = terms.filter(({ sign }) => sign === "?");
  return (message) =>
    all.every(({ matches }) => matches(message)) &&
    !none.some(({ matches }) => matches(message)) &&
    // Beside terms that have to be there, optional ones change nothing.
    (any.length === 0 || all.length > 0 || any.some(({ matches }) => matches(message)));
}

const termPattern = /([-?]?)(?:"((?:[^"\\]|\\.)*)"|([^\s"]+))/gs;
const invalid = (why: string) => new LogsError("InvalidParameterException", `Invalid filter pattern: ${why}.`);
const contains =
  (term: string): Matcher =>
  (message) =>
    message.includes(term);

type Condition = (value: unknown) => boolean;
const tokenPattern = /\s*(&&|\|\||\(|\)|!=|>=|<=|=|>|<|"(?:[^"\\]|\\.)*"|\$(?:\.[\w-]+|\[\d+\])+|[\w.*+-]+)/y;

/** Selectors are compared with `=`, `!=`, `<`, `<=`, `>`, `>=`, or `IS NULL`, `IS TRUE`, `IS FALSE`, `NOT EXISTS`. */
function jsonMatcher(text: string): Matcher {
  if (!text.endsWith("}")) throw invalid("a brace is not closed");
  const tokens = tokensOf(text.slice(1, -1));
  let at = 0;
  const next = () => tokens[at++] ?? "";
  const either = (): Condition => {
    const options = [both()];
    for (; tokens[at] === "||"; options.push(both())) at++;
    return (value) => options.some((option) => option(value));
  };
  const both = (): Condition => {
    const parts = [single()];
    for (; tokens[at] === "&&"; parts.push(single())) at++;
    return (value) => parts.every((part) => part(value));
  };
  const single = (): Condition => {
    if (tokens[at] === "(") {
      at++;
      const inner = either();
      if (next() !== ")") throw invalid("a parenthesis is not closed");
      return inner;
    }
    return comparison(next(), next);
  };
  const condition = either();
  if (at !== tokens.length) throw invalid(`unexpected ${tokens[at]}`);
  return (message) => {
    try {
      return condition(JSON.parse(message));
    } catch {
      return false; // not JSON: then no selector selects anything
    }
  };
}

function tokensOf(text: string): readonly string[] {
  const tokens: string[] = [];
  for (let at = 0; at < text.trimEnd().length; at = tokenPattern.lastIndex) {
    tokenPattern.lastIndex = at;
    const [, token] = tokenPattern.exec(text) ?? [];
    if (token === undefined) throw invalid(`unexpected ${text.slice(at).trim().slice(0, 20)}`);
    tokens.push(token);
  }
  return tokens;
}

function comparison(selector: string, next: () => string): Condition {
  if (!selector.startsWith("$")) throw invalid(`a selector as $.name is expected, not ${selector || "the end"}`);
  const steps = [...selector.matchAll(/\.([\w-]+)|\[(\d+)\]/g)].map(([, name, index]) => name ?? Number(index));
  const select = (value: unknown) =>
    steps.reduce<unknown>(
      (found, step) =>
        typeof found === "object" && found !== null ? (found as Record<string | number, unknown>)[step] : undefined,
      value,
    );
  const operator = next().toUpperCase();
  if (operator === "IS") {
    const wanted = { NULL: null, TRUE: true, FALSE: false }[next().toUpperCase()];
    if (wanted === undefined) throw invalid("IS takes NULL, TRUE or FALSE");
    return (value) => select(value) === wanted;
  }
  if (operator === "NOT") {
    if (next().toUpperCase() !== "EXISTS") throw invalid("NOT takes EXISTS");
    return (value) => select(value) === undefined;
  }
  return compare(operator, next(), select);
}

function compare(operator: string, operand: string, select: (value: unknown) => unknown): Condition {
  const quoted = operand.startsWith('"');
  const text = quoted ? operand.slice(1, -1).replaceAll(/\\(.)/g, "$1") : operand;
  const number = Number(text);
  const isNumber = !quoted && text !== "" && !Number.isNaN(number);
  const equals = (found: unknown) =>
    isNumber
      ? found === number
      : (typeof found === "string" || typeof found === "boolean") && matchesWildcard(text, String(found));
  const ordered = (holds: (found: number) => boolean): Condition => {
    if (!isNumber) throw invalid(`${operator} compares numbers, not ${operand || "nothing"}`);
    return (value) => {
      const found = select(value);
      return typeof found === "number" && holds(found);
    };
  };
  if (operand === "") throw invalid(`a value is expected behind ${operator || "the selector"}`);
  switch (operator) {
    case "=":
      return (value) => equals(select(value));
    case "!=":
      return (value) => select(value) !== undefined && !equals(select(value));
    case ">":
      return ordered((found) => found > number);
    case ">=":
      return ordered((found) => found >= number);
    case "<":
      return ordered((found) => found < number);
    case "<=":
      return ordered((found) => found <= number);
    default:
      throw invalid(`unexpected ${operator || "end"}`);
  }
}

/** `*` stands for any text. Costs one pass over the text, however many there are. */
function matchesWildcard(pattern: string, text: string): boolean {
  const [first = "", ...rest] = pattern.split("*");
  const last = rest.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first) || text.length < first.length + last.length) return false;
  let at = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return text.endsWith(last) && text.length - last.length >= at;
}
