import type { Binary, Expression } from "./language/ast.ts";
import type { Row } from "./row.ts";
import { functions } from "./values/functions.ts";
import { compare, equal, isTrue, numberOf, textOf, type Value } from "./values/value.ts";

/** @param now epoch milliseconds @param aggregates values of aggregates by their text, for expressions that have some */
export interface Scope {
  readonly now: number;
  readonly aggregates?: ReadonlyMap<string, Value>;
}

/** What an expression comes to in a row. Never throws; what cannot be worked out is undefined. */
export function evaluate(expression: Expression, row: Row, scope: Scope): Value {
  switch (expression.is) {
    case "constant":
      return expression.value;
    case "field":
      return row.get(expression.name);
    case "not":
      return !isTrue(evaluate(expression.of, row, scope));
    case "minus":
      return orNothing(-numberOf(evaluate(expression.of, row, scope)));
    case "aggregate":
      return scope.aggregates?.get(expression.key);
    case "in": {
      const left = evaluate(expression.left, row, scope);
      return expression.list.some((each) => equal(left, evaluate(each, row, scope)));
    }
    case "like":
      return like(evaluate(expression.left, row, scope), expression.right, row, scope);
    case "call": {
      const args = expression.args.map((each) => evaluate(each, row, scope));
      return functions[expression.name]?.of(args, { timestamp: row.get("@timestamp"), now: scope.now });
    }
    case "binary":
      return binary(expression.operator, expression.left, expression.right, row, scope);
  }
}

const orNothing = (number: number): Value => (Number.isNaN(number) ? undefined : number);

function like(left: Value, right: Expression | RegExp, row: Row, scope: Scope): boolean {
  if (left === undefined) return false;
  if (right instanceof RegExp) return right.test(textOf(left));
  return textOf(left).includes(textOf(evaluate(right, row, scope)));
}

function binary(operator: Binary, a: Expression, b: Expression, row: Row, scope: Scope): Value {
  if (operator === "and") return isTrue(evaluate(a, row, scope)) && isTrue(evaluate(b, row, scope));
  if (operator === "or") return isTrue(evaluate(a, row, scope)) || isTrue(evaluate(b, row, scope));
  const [left, right] = [evaluate(a, row, scope), evaluate(b, row, scope)];
  switch (operator) {
    case "=":
      return equal(left, right);
    case "!=":
      return !equal(left, right);
    case "<":
    case "<=":
    case ">":
    case ">=":
      return left !== undefined && right !== undefined && ordered(operator, compare(left, right));
    case "+":
    case "-":
    case "*":
    case "/":
    case "%":
    case "^":
      return orNothing(arithmetic(operator, numberOf(left), numberOf(right)));
  }
}

function ordered(operator: "<" | "<=" | ">" | ">=", order: number): boolean {
  if (order === 0) return operator === "<=" || operator === ">=";
  return order < 0 ? operator.startsWith("<") : operator.startsWith(">");
}

function arithmetic(operator: "+" | "-" | "*" | "/" | "%" | "^", a: number, b: number): number {
  switch (operator) {
    case "+":
      return a + b;
    case "-":
      return a - b;
    case "*":
      return a * b;
    case "/":
      return b === 0 ? Number.NaN : a / b;
    case "%":
      return b === 0 ? Number.NaN : a % b;
    case "^":
      return a ** b;
  }
}
