import { type FilterRegex, parseRegex } from "./parse-regex.ts";
import type { Scanner } from "./scanner.ts";
import { matchesWildcard } from "./wildcard.ts";

/** A value of an event is held against a value of the pattern. */
export interface Comparison {
  holds(value: string | number): boolean;
  /** Texts that every value has in it for which it holds. */
  readonly needles: readonly string[];
  /** How many regular expressions it has. */
  readonly regexes: number;
}

type Operator = "=" | "!=" | "<" | "<=" | ">" | ">=";
type Operand =
  | { readonly kind: "regex"; readonly regex: FilterRegex }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "number"; readonly text: string; readonly number: number };

const numberPattern = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** Reads an operator and what stands behind it. @throws BadFilterPattern */
export function parseComparison(scanner: Scanner): Comparison {
  scanner.skipBlanks();
  const at = scanner.at;
  const operator = scanner.match(/!=|>=|<=|=|>|</y)?.[0] as Operator | undefined;
  if (operator === undefined) scanner.fail("An operator (=, !=, <, <=, >, >=) is expected");
  const operand = parseOperand(scanner);
  if (operator === "=" || operator === "!=") {
    const equals = equality(operand);
    return operator === "="
      ? { holds: equals, needles: needlesOf(operand), regexes: Number(operand.kind === "regex") }
      : { holds: (value) => !equals(value), needles: [], regexes: Number(operand.kind === "regex") };
  }
  if (operand.kind !== "number") scanner.fail(`${operator} compares with numbers only`, at);
  return { holds: ordering(operator, operand.number), needles: [], regexes: 0 };
}

function parseOperand(scanner: Scanner): Operand {
  scanner.skipBlanks();
  if (scanner.next === "%") {
    scanner.at++;
    return { kind: "regex", regex: parseRegex(scanner) };
  }
  if (scanner.next === '"') {
    const from = scanner.at;
    const quoted = scanner.match(/"((?:[^"\\]|\\.)*)"/sy)?.[1];
    if (quoted === undefined) scanner.fail("A quotation mark is not closed", from);
    return { kind: "text", text: quoted.replaceAll(/\\(.)/gs, "$1") };
  }
  const text = scanner.match(/[^\s"%&|(){}[\]<>=!,]+/y)?.[0];
  if (text === undefined) scanner.fail("A value is expected");
  return numberPattern.test(text) ? { kind: "number", text, number: Number(text) } : { kind: "text", text };
}

function equality(operand: Operand): (value: string | number) => boolean {
  switch (operand.kind) {
    case "regex":
      return (value) => operand.regex.test(String(value));
    case "text":
      return (value) => matchesWildcard(operand.text, String(value));
    case "number":
      return (value) => value === operand.text || numberOf(value) === operand.number;
  }
}

const numberOf = (value: string | number): number =>
  typeof value === "number" ? value : numberPattern.test(value) ? Number(value) : Number.NaN;

function ordering(operator: Exclude<Operator, "=" | "!=">, than: number): (value: string | number) => boolean {
  switch (operator) {
    case "<":
      return (value) => numberOf(value) < than;
    case "<=":
      return (value) => numberOf(value) <= than;
    case ">":
      return (value) => numberOf(value) > than;
    case ">=":
      return (value) => numberOf(value) >= than;
  }
}

function needlesOf(operand: Operand): readonly string[] {
  if (operand.kind === "number") return []; // 1e3 is 1000
  if (operand.kind === "regex") return operand.regex.needles;
  return operand.text.split("*").filter((part) => part !== "");
}
