import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { conditionTest, isConditionOperator } from "./condition-operators.ts";
import { exampleContext } from "./example-policies.ts";
import { policyText } from "./policy-text.ts";

const passes = (operator: string, values: readonly string[] | undefined, ...wanted: readonly string[]) =>
  conditionTest(operator)(
    values,
    wanted.map((text) => policyText(text, { variables: true })),
    exampleContext({ "aws:username": "ada" }),
  );

test.each<readonly [string, string, readonly string[], boolean]>([
  ["StringEquals", "a", ["a"], true],
  ["StringEquals", "a", ["b", "a"], true],
  ["StringEquals", "a", ["A"], false],
  ["StringEquals", "a", ["*"], false],
  ["StringEquals", "ada", ["${aws:username}"], true],
  ["StringEquals", "x", ["${aws:nothing, 'x'}"], true],
  ["StringEquals", "*", ["${*}"], true],
  ["StringNotEquals", "a", ["b", "c"], true],
  ["StringNotEquals", "a", ["b", "a"], false],
  ["StringEqualsIgnoreCase", "A", ["a"], true],
  ["StringNotEqualsIgnoreCase", "A", ["a"], false],
  ["StringLike", "team-red", ["team-*"], true],
  ["StringLike", "team*", ["team${*}"], true],
  ["StringLike", "teams", ["team${*}"], false],
  ["StringNotLike", "team-red", ["team-*"], false],
  ["NumericEquals", "10", ["10.0"], true],
  ["NumericNotEquals", "10", ["11"], true],
  ["NumericLessThan", "9", ["10"], true],
  ["NumericLessThanEquals", "10", ["10"], true],
  ["NumericGreaterThan", "10", ["10"], false],
  ["NumericGreaterThanEquals", "10", ["10"], true],
  ["NumericLessThan", "nine", ["10"], false],
  ["DateGreaterThan", "2026-01-02T00:00:00Z", ["2026-01-01T00:00:00Z"], true],
  ["DateLessThan", "2026-01-02T00:00:00Z", ["2026-01-01T00:00:00Z"], false],
  ["DateLessThanEquals", "1767225600", ["2026-01-01T00:00:00Z"], true],
  ["DateEquals", "2026-01-01T00:00:00Z", ["2026-01-01T01:00:00+01:00"], true],
  ["DateNotEquals", "2026-01-01T00:00:00Z", ["2026-01-02"], true],
  ["Bool", "true", ["True"], true],
  ["Bool", "true", ["false"], false],
  ["BinaryEquals", "QmFzZTY0", ["QmFzZTY0"], true],
  ["IpAddress", "203.0.113.7", ["203.0.113.0/24"], true],
  ["IpAddress", "203.0.114.7", ["203.0.113.0/24"], false],
  ["IpAddress", "203.0.113.7", ["203.0.113.7"], true],
  ["IpAddress", "2001:db8::1", ["2001:db8::/32"], true],
  ["IpAddress", "2001:db8::1", ["203.0.113.0/24"], false],
  ["IpAddress", "203.0.113.7", ["203.0.113.0/240"], false],
  ["NotIpAddress", "203.0.113.7", ["203.0.113.0/24"], false],
  ["ArnEquals", "arn:aws:ecs:us-east-1:1:cluster/a", ["arn:aws:ecs:*:1:cluster/*"], true],
  ["ArnLike", "arn:aws:ecs:us-east-1:1:cluster/a", ["arn:aws:ecs:*:cluster/a"], false],
  ["ArnLike", "arn:aws:ecs:us-east-1:1:cluster/a", ["*"], true],
  ["ArnNotLike", "arn:aws:ecs:us-east-1:1:cluster/a", ["arn:aws:ecs:*:1:cluster/b"], true],
  ["ArnNotEquals", "arn:aws:ecs:us-east-1:1:cluster/a", ["arn:aws:ecs:*:1:cluster/a"], false],
  ["Null", "there", ["false"], true],
  ["Null", "there", ["true"], false],
])("%s of %s with %s: %s", (operator, value, wanted, expected) => {
  expect(passes(operator, [value], ...wanted)).toBe(expected);
  if (operator !== "Null") expect(passes(`${operator}IfExists`, [value], ...wanted)).toBe(expected);
});

test("what the request does not have meets nothing, and meets what is negated", () => {
  expect(passes("StringEquals", undefined, "a")).toBe(false);
  expect(passes("StringNotEquals", undefined, "a")).toBe(true);
  expect(passes("StringEqualsIfExists", undefined, "a")).toBe(true);
  expect(passes("Null", undefined, "true")).toBe(true);
});

describe("several values", () => {
  test.each<readonly [string, readonly string[] | undefined, readonly string[], boolean]>([
    ["ForAllValues:StringEquals", ["a", "b"], ["a", "b", "c"], true],
    ["ForAllValues:StringEquals", ["a", "d"], ["a", "b", "c"], false],
    ["ForAllValues:StringEquals", [], ["a"], true],
    ["ForAllValues:StringEquals", undefined, ["a"], true],
    ["ForAnyValue:StringEquals", ["a", "d"], ["a", "b", "c"], true],
    ["ForAnyValue:StringEquals", ["d"], ["a", "b", "c"], false],
    ["ForAnyValue:StringEquals", [], ["a"], false],
    ["ForAnyValue:StringEquals", undefined, ["a"], false],
    ["ForAnyValue:StringNotEquals", ["a", "d"], ["a", "b"], true],
    ["ForAllValues:StringNotEquals", ["a", "d"], ["a", "b"], false],
    ["ForAllValues:StringLike", ["team-a", "team-b"], ["team-*"], true],
  ])("%s of %j with %j: %s", (operator, values, wanted, expected) => {
    expect(passes(operator, values, ...wanted)).toBe(expected);
  });
});

test("knows its operators", () => {
  for (const name of ["StringEquals", "ForAnyValue:ArnLikeIfExists", "Null", "NotIpAddressIfExists"]) {
    expect(isConditionOperator(name)).toBe(true);
  }
  for (const name of ["stringequals", "NullIfExists", "ForSome:StringLike", "constructor", "StringEqualsIfexists"]) {
    expect(isConditionOperator(name)).toBe(false);
  }
});

test("a negated operator says the opposite of its plain one, for one value", () => {
  const sign = fc.string({ unit: fc.constantFrom("a", "*", "1", "."), minLength: 1, maxLength: 4 });
  const pairs = [
    ["StringEquals", "StringNotEquals"],
    ["StringLike", "StringNotLike"],
    ["NumericEquals", "NumericNotEquals"],
    ["IpAddress", "NotIpAddress"],
    ["ArnLike", "ArnNotLike"],
  ] as const;
  fc.assert(
    fc.property(
      fc.constantFrom(...pairs),
      sign,
      fc.array(sign, { minLength: 1, maxLength: 3 }),
      (pair, value, wanted) => {
        const [plain, negated] = pair;
        expect(passes(negated, [value], ...wanted)).toBe(!passes(plain, [value], ...wanted));
      },
    ),
  );
});
