import fc from "fast-check";
import { expect, test } from "vitest";
import type { RuleTarget } from "../../model/event-rule.ts";
import { parseJsonPath } from "./json-path.ts";
import { targetInput, unknownNames } from "./target-input.ts";

const event = {
  version: "0",
  id: "1",
  "detail-type": "ECS Task State Change",
  source: "aws.ecs",
  account: "000000000000",
  time: "2026-01-01T00:00:00Z",
  region: "us-east-1",
  resources: ["arn:one"],
  detail: { lastStatus: "RUNNING", quote: 'say "no"', version: 3, nested: { a: [1, 2] } },
} as const;
const delivered = { event, ruleArn: "arn:rule", ruleName: "mine", ingestedAt: Date.UTC(2026, 0, 1) };
const input = (target: Partial<RuleTarget>) => targetInput({ Id: "1", Arn: "a", ...target }, delivered);
const template = (InputTemplate: string, InputPathsMap: Record<string, string> = {}) =>
  input({ InputTransformer: { InputTemplate, InputPathsMap } });

test("the event, a part of it, a constant", () => {
  expect(JSON.parse(input({}))).toEqual(event);
  expect(input({ InputPath: "$.detail" })).toBe(JSON.stringify(event.detail));
  expect(input({ InputPath: "$['detail-type']" })).toBe('"ECS Task State Change"');
  expect(input({ InputPath: "$.missing" })).toBe("");
  expect(input({ Input: '{"a":1}' })).toBe('{"a":1}');
});

const paths = {
  status: "$.detail.lastStatus",
  quote: "$.detail.quote",
  v: "$.detail.version",
  n: "$.detail.nested",
  none: "$.none",
};
test.each([
  ['"It is <status>, version <v>."', '"It is RUNNING, version 3."'],
  ['"<quote>"', '"say \\"no\\""'],
  ['{"s": <status>, "v": <v>, "n": <n>}', '{"s": "RUNNING", "v": 3, "n": {"a":[1,2]}}'],
  ['{"s": "<status>/<v>"}', '{"s": "RUNNING/3"}'],
  ['{"x": <none>, "y": "<none>"}', '{"x": null, "y": ""}'],
  ['{"q": "a \\" <status>"}', '{"q": "a \\" RUNNING"}'],
  ['"<aws.events.rule-name> <aws.events.rule-arn>"', '"mine arn:rule"'],
  ["<aws.events.event.ingestion-time>", '"2026-01-01T00:00:00Z"'],
])("%s", (text, expected) => {
  expect(template(text, paths)).toBe(expected);
});

test("the whole event, with and without its detail", () => {
  expect(JSON.parse(template("<aws.events.event.json>"))).toEqual(event);
  expect(JSON.parse(template("<aws.events.event>"))).not.toHaveProperty("detail");
});

test("names that are nobody's", () => {
  expect(unknownNames({ InputTemplate: '"<a> <b> <aws.events.event>"', InputPathsMap: { a: "$.a" } })).toEqual(["b"]);
});

test.each(["$", "$.a", "$.a-b.c", "$.a[0]", "$['a b']", '$["a"].b'])("%s is a path", (path) => {
  expect(parseJsonPath(path)).toBeDefined();
});
test.each(["", "a", "$.", "$..a", "$.a[*]", "$.a[x]", "$a", "$.a b"])("%s is none", (path) => {
  expect(parseJsonPath(path)).toBeUndefined();
});

test("a quoted template of any values is JSON", () => {
  fc.assert(
    fc.property(fc.json(), (json) => {
      const detail = { value: JSON.parse(json) as unknown };
      const transformer = { InputTemplate: '{"text": "<x>", "value": <x>}', InputPathsMap: { x: "$.detail.value" } };
      const text = targetInput(
        { Id: "1", Arn: "a", InputTransformer: transformer },
        { ...delivered, event: { ...event, detail } },
      );
      const read = JSON.parse(text) as { readonly value: unknown };
      expect(JSON.stringify(read.value)).toBe(JSON.stringify(detail.value));
    }),
  );
});
