import type { Expression } from "./ast.ts";

/** The aggregates in an expression. */
export function aggregatesIn(expression: Expression): readonly Extract<Expression, { is: "aggregate" }>[] {
  switch (expression.is) {
    case "aggregate":
      return [expression];
    case "binary":
      return [...aggregatesIn(expression.left), ...aggregatesIn(expression.right)];
    case "not":
    case "minus":
      return aggregatesIn(expression.of);
    case "call":
      return expression.args.flatMap(aggregatesIn);
    case "in":
      return [expression.left, ...expression.list].flatMap(aggregatesIn);
    case "like":
      return expression.right instanceof RegExp
        ? aggregatesIn(expression.left)
        : [...aggregatesIn(expression.left), ...aggregatesIn(expression.right)];
    case "constant":
    case "field":
      return [];
  }
}
