import { isAggregate } from "../values/aggregates.ts";
import { functions } from "../values/functions.ts";
import { periodOf } from "../values/period.ts";
import type { Binary, Expression } from "./ast.ts";
import { BadRegex, queryRegex } from "./query-regex.ts";
import type { QueryText } from "./query-text.ts";

/** Expressions within each other. */
const deepest = 200;

/** What stands in the way of reading further: how deep it is, and whether aggregates are welcome. */
interface Place {
  readonly depth: number;
  readonly aggregates: boolean;
}

/** Reads an expression. @throws BadQuery */
export function parseExpression(text: QueryText, place: Place = { depth: 0, aggregates: false }): Expression {
  if (place.depth > deepest) text.fail("the query is nested too deep");
  const inner = { ...place, depth: place.depth + 1 };
  const both = () => chain(text, [["and", "and"]], () => negation(text, inner));
  return chain(text, [["or", "or"]], both);
}

type Sign = readonly [sign: string, operator: Binary];

/** Operands with operators of one rank between them, from the left. */
function chain(text: QueryText, signs: readonly Sign[], operand: () => Expression): Expression {
  let left = operand();
  for (;;) {
    const found = signs.find(([sign]) => (/^\w/.test(sign) ? text.takesWord(sign) : text.takes(sign)));
    if (found === undefined) return left;
    left = { is: "binary", operator: found[1], left, right: operand() };
  }
}

function negation(text: QueryText, place: Place): Expression {
  if (place.depth > deepest) text.fail("the query is nested too deep");
  if (!text.takesWord("not")) return comparison(text, place);
  return { is: "not", of: negation(text, { ...place, depth: place.depth + 1 }) };
}

const comparisons: readonly Sign[] = [
  ["!=", "!="],
  ["<>", "!="],
  ["<=", "<="],
  [">=", ">="],
  ["==", "="],
  ["=", "="],
  ["<", "<"],
  [">", ">"],
];

function comparison(text: QueryText, place: Place): Expression {
  const sum = () => additions(text, place);
  const left = sum();
  if (text.takes("=~")) return { is: "like", left, right: parseRegex(text) ?? sum() };
  const isNegated = text.match(/not(?=\s+(like|in)\b)/iy) !== undefined;
  const maybeNot = (of: Expression): Expression => (isNegated ? { is: "not", of } : of);
  if (text.takesWord("like")) return maybeNot({ is: "like", left, right: parseRegex(text) ?? sum() });
  if (text.takesWord("in")) return maybeNot({ is: "in", left, list: parseList(text, place) });
  const found = comparisons.find(([sign]) => text.takes(sign));
  return found === undefined ? left : { is: "binary", operator: found[1], left, right: sum() };
}

function additions(text: QueryText, place: Place): Expression {
  const signs: readonly Sign[] = [
    ["+", "+"],
    ["-", "-"],
  ];
  return chain(text, signs, () => products(text, place));
}

function products(text: QueryText, place: Place): Expression {
  const signs: readonly Sign[] = [
    ["*", "*"],
    ["/", "/"],
    ["%", "%"],
  ];
  return chain(text, signs, () => power(text, place));
}

function power(text: QueryText, place: Place): Expression {
  const left = operand(text, place);
  if (!text.takes("^")) return left;
  return { is: "binary", operator: "^", left, right: power(text, { ...place, depth: place.depth + 1 }) };
}

function operand(text: QueryText, place: Place): Expression {
  if (place.depth > deepest) text.fail("the query is nested too deep");
  const deeper = { ...place, depth: place.depth + 1 };
  if (text.takes("(")) {
    const inner = parseExpression(text, deeper);
    text.require(")");
    return inner;
  }
  if (text.takes("-")) return { is: "minus", of: operand(text, deeper) };
  const number = text.match(/(\d+\.?\d*|\.\d+)(e[+-]?\d+)?(?![\w.@])/iy)?.[0];
  if (number !== undefined) return { is: "constant", value: Number(number) };
  const quoted = parseQuoted(text);
  if (quoted !== undefined) return { is: "constant", value: quoted };
  const start = text.at;
  const name = parseName(text);
  if (name === undefined) text.fail(`unexpected symbol found ${text.seen()}`);
  if (!name.isQuoted && text.takes("(")) return parseCall(text, name.text, start, deeper);
  return { is: "field", name: name.text };
}

/** A text in quotation marks of either kind; undefined if none stands here. */
export function parseQuoted(text: QueryText): string | undefined {
  const [, double, single] = text.match(/"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'/sy) ?? [];
  return (double ?? single)?.replaceAll(/\\(["'\\])/g, "$1");
}

/** A field's name, whole or in parts in backticks; undefined if none stands here. */
export function parseName(text: QueryText): { readonly text: string; readonly isQuoted: boolean } | undefined {
  const found = text.match(/(?:`[^`]+`|[A-Za-z_@][\w@]*)(?:\.(?:`[^`]+`|[\w@]+))*/y)?.[0];
  return found === undefined ? undefined : { text: found.replaceAll("`", ""), isQuoted: found.includes("`") };
}

/** `/…/`; undefined if none stands here. @throws BadQuery if it is none that can be run */
export function parseRegex(text: QueryText): RegExp | undefined {
  const source = text.match(/\/((?:[^/\\\n]|\\.)+)\//y)?.[1];
  if (source === undefined) return undefined;
  try {
    return queryRegex(source);
  } catch (error) {
    if (!(error instanceof BadRegex)) throw error;
    return text.fail(`invalid regular expression: ${error.message}`);
  }
}

function parseList(text: QueryText, place: Place): readonly Expression[] {
  const closing = text.takes("[")
    ? "]"
    : text.takes("(")
      ? ")"
      : text.fail(`unexpected symbol found ${text.seen()}, '[' is expected`);
  const list: Expression[] = [];
  if (text.takes(closing)) return list;
  do list.push(parseExpression(text, place));
  while (text.takes(","));
  text.require(closing);
  return list;
}

function parseCall(text: QueryText, name: string, start: number, place: Place): Expression {
  const lower = name.toLowerCase();
  const args: Expression[] = [];
  const withinAggregate = { ...place, aggregates: place.aggregates && !isAggregate(lower) };
  if (!text.takes(")")) {
    do args.push(parseArgument(text, lower, withinAggregate));
    while (text.takes(","));
    text.require(")");
  }
  if (isAggregate(lower)) {
    if (!place.aggregates) text.fail(`the function ${name} stands in stats only`, start);
    if (args.length === 0 && lower !== "count") text.fail(`the function ${name} takes a field`, start);
    if (args.length === 0) args.push({ is: "constant", value: 1 });
    return { is: "aggregate", name: lower, args, key: text.text.slice(start, text.at) };
  }
  const known = functions[lower];
  if (known === undefined) text.fail(`unknown function ${name}`, start);
  const [least, most] = known.takes;
  if (args.length < least || args.length > most) {
    text.fail(
      `the function ${name} takes ${least === most ? least : `${least} to ${most}`} arguments, not ${args.length}`,
      start,
    );
  }
  return { is: "call", name: lower, args };
}

/** Beside expressions: `*` of count, and periods as `5m`. */
function parseArgument(text: QueryText, name: string, place: Place): Expression {
  if (name === "count" && text.takes("*")) return { is: "constant", value: 1 };
  if (["bin", "datefloor", "dateceil"].includes(name)) {
    const period = text.match(/(\d+(?:\.\d+)?)\s*([a-z]+)(?![\w.@(])/iy)?.[0];
    if (period !== undefined) {
      if (periodOf(period) === undefined) text.fail(`${period} is no period of time`);
      return { is: "constant", value: period };
    }
  }
  return parseExpression(text, place);
}
