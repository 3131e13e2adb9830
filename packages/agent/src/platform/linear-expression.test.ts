import { expect, test } from "vitest";
import { linearExpression } from "./linear-expression.ts";

test.each([
  ["^\\d{4}", "2026 a", true],
  ["^\\d{4}", " 2026", false],
  ["^\\d{20}$", "0123456789".repeat(2), true],
  ["(?i)^\\[ERROR\\]\\S", "[error]x", true],
  ["(?i)^\\[ERROR\\]\\S", "[Error] x", false],
  ["(?i)^[A-F]+$", "abCF", true],
  ["(?s)a.b", "a\nb", true],
  ["(?m)^b", "a\nb", true],
])("%s of %j: %s", (pattern, text, is) => {
  expect(linearExpression(pattern).test(text)).toBe(is);
});

// Each of them takes longer than anybody waits where V8 goes back step by step.
test.each(["(a+)+$", "^(\\w+\\s?)*$", "(?i)(A|a)+$", "(?m)^(a*)*$", "^(a+){2,20}$", "^(a+)+\\1$"])(
  "%s comes to an end",
  (pattern) => {
    expect(linearExpression(pattern).test(`${"a".repeat(60)}!`)).toBe(false);
  },
);

test("what is none is said", () => {
  expect(() => linearExpression("(")).toThrow(SyntaxError);
});
