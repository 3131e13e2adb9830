import fc from "fast-check";
import { expect, test } from "vitest";
import { isImmutable, matchesWildcard } from "./tag-mutability.ts";

test.each([
  ["MUTABLE", [], false],
  ["IMMUTABLE", [], true],
  ["IMMUTABLE_WITH_EXCLUSION", ["dev-*"], false],
  ["IMMUTABLE_WITH_EXCLUSION", ["prod-*"], true],
  ["MUTABLE_WITH_EXCLUSION", ["dev-*"], true],
  ["MUTABLE_WITH_EXCLUSION", ["prod-*"], false],
] as const)("dev-1 with %s %j: %s", (tagMutability, tagExclusions, immutable) => {
  expect(isImmutable({ tagMutability, tagExclusions }, "dev-1")).toBe(immutable);
});

test("a wildcard is what the same regular expression is", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 8 });
  const pattern = fc.string({ unit: fc.constantFrom("a", "b", "*"), maxLength: 6 });
  fc.assert(
    fc.property(pattern, text, (wildcard, given) => {
      const expression = new RegExp(`^${wildcard.replaceAll("*", ".*")}$`);
      expect(matchesWildcard(wildcard, given)).toBe(expression.test(given));
    }),
  );
});
