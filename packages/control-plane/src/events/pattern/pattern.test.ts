import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { couldMatch, matchesPattern } from "./match-pattern.ts";
import { parsePattern } from "./parse-pattern.ts";

const matches = (pattern: object, event: object) => matchesPattern(parsePattern(JSON.stringify(pattern)), event);

// Cases after those of the EventBridge user guide, "Event patterns" and "Comparison operators".
const event = {
  source: "aws.ecs",
  "detail-type": "ECS Task State Change",
  region: "us-east-1",
  resources: ["arn:one", "arn:two"],
  detail: {
    lastStatus: "STOPPED",
    stopCode: "EssentialContainerExited",
    count: 5,
    ratio: 2.5,
    address: "10.0.0.9",
    empty: "",
    nothing: null,
    none: [],
    flag: false,
    file: "dir/report.png",
    containers: [
      { name: "app", exitCode: 0 },
      { name: "log", exitCode: 1 },
    ],
  },
};

test.each<[string, object, boolean]>([
  ["exact", { source: ["aws.ecs"] }, true],
  ["one of several", { source: ["aws.ec2", "aws.ecs"] }, true],
  ["another", { source: ["aws.ec2"] }, false],
  ["one item of a list", { resources: ["arn:two", "arn:three"] }, true],
  ["all fields", { source: ["aws.ecs"], detail: { lastStatus: ["RUNNING"] } }, false],
  ["the empty text", { detail: { empty: [""] } }, true],
  ["null", { detail: { nothing: [null] } }, true],
  ["null is not absent", { detail: { missing: [null] } }, false],
  ["false", { detail: { flag: [false] } }, true],
  ["a number", { detail: { count: [5] } }, true],
  ["a number is no text", { detail: { count: ["5"] } }, false],
  ["prefix", { source: [{ prefix: "aws." }] }, true],
  ["prefix in any case", { source: [{ prefix: { "equals-ignore-case": "AWS." } }] }, true],
  ["suffix", { detail: { file: [{ suffix: ".png" }] } }, true],
  ["suffix in any case", { detail: { file: [{ suffix: { "equals-ignore-case": ".PNG" } }] } }, true],
  ["in any case", { detail: { lastStatus: [{ "equals-ignore-case": "stopped" }] } }, true],
  ["anything but", { detail: { lastStatus: [{ "anything-but": "RUNNING" }] } }, true],
  ["anything but several", { detail: { lastStatus: [{ "anything-but": ["RUNNING", "STOPPED"] }] } }, false],
  ["anything but a number", { detail: { count: [{ "anything-but": [4, 6] }] } }, true],
  ["anything but a beginning", { source: [{ "anything-but": { prefix: "aws." } }] }, false],
  ["anything but ends", { detail: { file: [{ "anything-but": { suffix: [".jpg", ".png"] } }] } }, false],
  ["anything but a wildcard", { detail: { file: [{ "anything-but": { wildcard: "*/x*" } }] } }, true],
  [
    "anything but, in any case",
    { detail: { lastStatus: [{ "anything-but": { "equals-ignore-case": "stopped" } }] } },
    false,
  ],
  ["anything but asks for something", { detail: { missing: [{ "anything-but": "x" }] } }, false],
  ["numeric", { detail: { count: [{ numeric: [">", 0, "<=", 5] }] } }, true],
  ["numeric, outside", { detail: { count: [{ numeric: [">", 5] }] } }, false],
  ["numeric equality", { detail: { ratio: [{ numeric: ["=", 2.5] }] } }, true],
  ["numeric of a text", { detail: { lastStatus: [{ numeric: ["=", 1] }] } }, false],
  ["exists", { detail: { stopCode: [{ exists: true }] } }, true],
  ["exists, absent", { detail: { missing: [{ exists: true }] } }, false],
  ["exists not", { detail: { missing: [{ exists: false }] } }, true],
  ["exists not, below nothing", { other: { deep: [{ exists: false }] } }, true],
  ["an empty list is nothing", { detail: { none: [{ exists: false }] } }, true],
  ["exists or a value", { detail: { missing: [{ exists: false }, "x"] } }, true],
  ["cidr", { detail: { address: [{ cidr: "10.0.0.0/24" }] } }, true],
  ["cidr, outside", { detail: { address: [{ cidr: "10.0.1.0/24" }] } }, false],
  ["cidr of the other family", { detail: { address: [{ cidr: "2001:db8::/32" }] } }, false],
  ["wildcard", { detail: { file: [{ wildcard: "dir/*.png" }] } }, true],
  ["wildcard needs all", { detail: { file: [{ wildcard: "dir/*.pn" }] } }, false],
  ["wildcard for nothing", { source: [{ wildcard: "*aws.ecs*" }] }, true],
  ["wildcards do not overlap", { detail: { lastStatus: [{ wildcard: "STOPP*PPED" }] } }, false],
  ["in lists of structures", { detail: { containers: { exitCode: [{ numeric: [">", 0] }] } } }, true],
  ["one structure as a whole", { detail: { containers: { name: ["app"], exitCode: [1] } } }, false],
  ["$or", { $or: [{ source: ["x"] }, { detail: { count: [5] } }] }, true],
  ["$or, none", { $or: [{ source: ["x"] }, { detail: { count: [6] } }] }, false],
  ["$or inside, and the rest", { source: ["aws.ecs"], detail: { $or: [{ count: [1] }, { flag: [false] }] } }, true],
  ["a leaf is no structure", { source: { deep: ["x"] } }, false],
])("%s", (_name, pattern, expected) => {
  expect(matches(pattern, event)).toBe(expected);
});

describe("patterns that cannot be read", () => {
  test.each<[unknown, string]>([
    ["text", `the pattern must be an object or an array`],
    [{}, "the pattern must not be empty"],
    [{ source: "aws.ecs" }, `"source" must be an object or an array`],
    [{ source: [] }, `"source" must not be an empty array`],
    [{ detail: {} }, `"detail" must not be empty`],
    [{ source: [{ like: "x" }] }, `unrecognized match type like at "source"`],
    [{ source: [{ constructor: "x" }] }, `unrecognized match type constructor at "source"`],
    [
      { source: [{ prefix: "a", suffix: "b" }] },
      `each match at "source" must be a value or an object with one match type`,
    ],
    [{ source: [["x"]] }, `each match at "source" must be a value or an object with one match type`],
    [{ source: [{ prefix: 1 }] }, `prefix at "source" must be a string`],
    [{ source: [{ exists: "yes" }] }, `exists at "source" must be true or false`],
    [{ a: { b: [{ numeric: ["~", 1] }] } }, `numeric at "a.b" has an unrecognized operator ~`],
    [{ a: [{ numeric: ["<", 1, ">", 0] }] }, `numeric at "a" must give the lower bound first, then the upper one`],
    [{ a: [{ numeric: ["<", 6e9] }] }, `numeric at "a" must compare with numbers between -5.0e9 and 5.0e9`],
    [{ a: [{ cidr: "10.0.0.0/33" }] }, `cidr at "a" must be an address block, as 10.0.0.0/24`],
    [{ a: [{ wildcard: "a**b" }] }, `wildcard at "a" must not have two wildcards next to each other`],
    [{ a: [{ wildcard: "a\\b" }] }, `wildcard at "a" has an invalid escape character`],
    [{ a: [{ "anything-but": [] }] }, `anything-but at "a" must not be an empty list`],
    [{ a: [{ "anything-but": ["a", 1] }] }, `anything-but at "a" must be a string, a number, or a list of either`],
    [{ a: [{ "anything-but": { numeric: ["=", 1] } }] }, `anything-but at "a" has an unsupported match type`],
  ])("%j", (pattern, message) => {
    expect(() => parsePattern(JSON.stringify(pattern))).toThrow(message);
  });

  test("no JSON", () => expect(() => parsePattern("{")).toThrow("the pattern is no JSON"));
});

const key = fc.constantFrom("source", "detail", "a", "b", "$or");
const { json } = fc.letrec((tie) => ({
  json: fc.oneof(
    { depthSize: "small" },
    fc.string(),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie("json"), { maxLength: 3 }),
    fc.dictionary(key, tie("json"), { maxKeys: 3 }),
  ),
}));
const { structure } = fc.letrec((tie) => ({
  structure: fc.dictionary(
    fc.constantFrom("a", "b", "c"),
    fc.oneof({ depthSize: "small" }, fc.string(), fc.integer(), fc.boolean(), tie("structure")),
    { minKeys: 1, maxKeys: 3, noNullPrototype: true },
  ),
}));

/** The pattern that says of every leaf what it is. */
const exactly = (value: unknown): unknown =>
  typeof value === "object" && value !== null
    ? Object.fromEntries(Object.entries(value).map(([name, each]) => [name, exactly(each)]))
    : [value];

test("any JSON is read or refused, and then judges any event", () => {
  fc.assert(
    fc.property(json, json, (pattern, candidate) => {
      try {
        matchesPattern(parsePattern(JSON.stringify(pattern)), candidate);
      } catch (error) {
        expect(error).toMatchObject({ name: "BadPattern" });
      }
    }),
    { numRuns: 300 },
  );
});

test("an event matches what is said of all its leaves, and what could not match does not", () => {
  fc.assert(
    fc.property(structure, structure, fc.constantFrom("x", "y"), (one, other, source) => {
      const pattern = parsePattern(JSON.stringify({ source: ["x"], detail: exactly(one) }));
      expect(matchesPattern(pattern, { source: "x", detail: one })).toBe(true);
      const whole = { source, detail: other };
      if (!couldMatch(pattern, { source })) expect(matchesPattern(pattern, whole)).toBe(false);
      expect(couldMatch(pattern, { source })).toBe(source === "x");
    }),
    { numRuns: 200 },
  );
});

test("a wildcard finds what was put together from its parts", () => {
  const part = fc.string({ maxLength: 5 });
  fc.assert(
    fc.property(fc.array(fc.tuple(part, part), { minLength: 1, maxLength: 4 }), (pairs) => {
      const escaped = (literal: string) => literal.replaceAll(/[\\*]/g, "\\$&");
      const pattern = pairs
        .map(([literal]) => `${escaped(literal)}*`)
        .join("")
        .replaceAll(/(?<!\\)\*+(?=\*)/g, "");
      const value = pairs.map(([literal, between]) => literal + between).join("");
      fc.pre(!/(?:^|[^\\])(?:\\\\)*\*\*/.test(pattern));
      expect(matches({ a: [{ wildcard: pattern }] }, { a: value })).toBe(true);
    }),
  );
});
