import fc from "fast-check";
import { expect, test } from "vitest";
import { literally, matches, patternOf } from "./wildcard.ts";

test.each([
  ["*", "", true],
  ["*", "anything/at:all", true],
  ["ecs:Run*", "ecs:RunTask", true],
  ["ecs:*Task", "ecs:RunTask", true],
  ["ecs:*Task", "ecs:RunTasks", false],
  ["ecs:Run????", "ecs:RunTask", true],
  ["ecs:Run???", "ecs:RunTask", false],
  ["a*b*c", "a-b-b-c", true],
  ["a*b*c", "a-c-b", false],
  ["", "", true],
  ["", "a", false],
  ["a.c", "abc", false],
])("%s and %s: %s", (pattern, text, expected) => {
  expect(matches(patternOf(pattern), text)).toBe(expected);
});

test("signs that are meant as they stand are no wildcards", () => {
  expect(matches(literally("a*"), "ab")).toBe(false);
  expect(matches(literally("a*"), "a*")).toBe(true);
});

const text = fc.string({ unit: fc.constantFrom("a", "b", ":", "/"), maxLength: 12 });
const pattern = fc.string({ unit: fc.constantFrom("a", "b", ":", "*", "?"), maxLength: 12 });

test("agrees with the regular expression that means the same", () => {
  fc.assert(
    fc.property(pattern, text, (wild, plain) => {
      const source = wild.replaceAll("*", "[^]*").replaceAll("?", "[^]");
      expect(matches(patternOf(wild), plain)).toBe(new RegExp(`^${source}$`).test(plain));
    }),
  );
});

test("many stars cost no more than they are long", () => {
  const started = performance.now();
  expect(matches(patternOf(`${"*a".repeat(200)}b`), "a".repeat(2000))).toBe(false);
  expect(performance.now() - started).toBeLessThan(1000);
});
