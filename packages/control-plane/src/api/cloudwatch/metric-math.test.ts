import { expect, test } from "vitest";
import { evaluate, idsIn, parseExpression, type Series } from "./metric-math.ts";

const series = new Map<string, Series>([
  [
    "errors",
    [
      [3, 1],
      [2, 5],
      [1, 2],
    ],
  ],
  [
    "all",
    [
      [3, 10],
      [2, 0],
      [1, 4],
    ],
  ],
  ["few", [[2, 7]]],
]);

test.each<[string, Series]>([
  [
    "errors",
    [
      [3, 1],
      [2, 5],
      [1, 2],
    ],
  ],
  [
    "100 * errors / all",
    [
      [3, 10],
      [1, 50],
    ],
  ],
  [
    "errors-all-1",
    [
      [3, -10],
      [2, 4],
      [1, -3],
    ],
  ],
  [
    "(errors + all) * -0.5",
    [
      [3, -5.5],
      [2, -2.5],
      [1, -3],
    ],
  ],
  ["errors - few * 2", [[2, -9]]],
  [
    "1 + errors * 2 + 3",
    [
      [3, 6],
      [2, 14],
      [1, 8],
    ],
  ],
])("%s", (text, expected) => {
  const expression = parseExpression(text);
  expect(expression && evaluate(expression, series)).toEqual(expected);
});

test.each([
  "",
  "errors +",
  "errors all",
  "(errors",
  "errors)",
  "RATE(errors)",
  "fill(errors, 0)",
  "errors > 1",
  "SELECT AVG(CPUUtilization) FROM SCHEMA(x)",
  "* errors",
  `${"(".repeat(60)}errors${")".repeat(60)}`,
  "-".repeat(2000),
  "1.",
])("%s is not there", (text) => expect(parseExpression(text)).toBeUndefined());

test("names what it refers to", () => {
  const expression = parseExpression("a + 2 * (b - a)");
  expect(expression && idsIn(expression)).toEqual(["a", "b", "a"]);
});
