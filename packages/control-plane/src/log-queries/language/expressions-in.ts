import type { Expression } from "./ast.ts";

/** An expression, and all within it. */
function* within(expression: Expression): Iterable<Expression> {
  yield expression;
  for (const part of partsOf(expression)) yield* within(part);
}

function partsOf(expression: Expression): readonly Expression[] {
  switch (expression.is) {
    case "binary":
      return [expression.left, expression.right];
    case "not":
    case "minus":
      return [expression.of];
    case "call":
    case "aggregate":
      return expression.args;
    case "in":
      return [expression.left, ...expression.list];
    case "like":
      return expression.right instanceof RegExp ? [expression.left] : [expression.left, expression.right];
    case "constant":
    case "field":
      return [];
  }
}

/** The aggregates in an expression; there are none within each other. */
export const aggregatesIn = (expression: Expression): readonly Extract<Expression, { is: "aggregate" }>[] =>
  [...within(expression)].filter((each) => each.is === "aggregate");

/** The names of the fields in an expression, also of those within aggregates. */
export const fieldsIn = (expression: Expression): readonly string[] =>
  [...within(expression)].flatMap((each) => (each.is === "field" ? [each.name] : []));
