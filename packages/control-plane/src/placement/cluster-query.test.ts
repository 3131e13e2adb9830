import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { exampleContainerInstance } from "../model/examples.ts";
import { attributesOf } from "./candidate.ts";
import { parseClusterQuery } from "./cluster-query.ts";
import type { QuerySubject } from "./query-comparison.ts";

const instance = exampleContainerInstance({
  ec2InstanceId: "i-abcd1234",
  availabilityZone: "us-east-1a",
  registeredAt: Date.UTC(2026, 0, 2),
  versionInfo: { agentVersion: "1.14.5" },
  attributes: [
    { name: "ecs.instance-type", value: "g2.2xlarge" },
    { name: "stack", value: "production" },
    { name: "rank", value: "9" },
    { name: "flag" },
  ],
});
const subject: QuerySubject = {
  instance,
  attributes: attributesOf(instance),
  runningTasks: 1,
  isHosting: (group) => group === "service:production",
  groups: () => new Set(["service:production"]),
};

const ask = (text: string) => {
  const query = parseClusterQuery(text);
  return "error" in query ? query.error : query.matches(subject);
};

describe("an expression", () => {
  it.each([
    ["attribute:ecs.instance-type == g2.2xlarge", true],
    ["attribute:ecs.instance-type equals t2.small", false],
    ["attribute:ecs.instance-type != t2.small", true],
    ["attribute:ecs.instance-type not_equals g2.2xlarge", false],
    ["attribute:missing == x", false],
    ["attribute:missing != x", true],
    ["attribute:ecs.availability-zone in [us-east-1a, us-east-1b]", true],
    ["attribute:ecs.availability-zone !in [us-east-1a, us-east-1b]", false],
    ["attribute:ecs.availability-zone not_in ['us-east-1c']", true],
    ["attribute:ecs.instance-type =~ g2.* and attribute:ecs.availability-zone != us-east-1d", true],
    ["attribute:ecs.instance-type =~ 2xlarge", false],
    ["attribute:ecs.instance-type !~ t2.*", true],
    ["attribute:ecs.instance-type matches [gt]2\\..*", true],
    ["attribute:ecs.instance-type =~ (g2|t2).*", true],
    ["(attribute:ecs.instance-type =~ (g2|t2).*)", true],
    ["(attribute:ecs.instance-type !~ (?:m5|(c5|r5)).+)and attribute:rank==9", true],
    ["attribute:ecs.instance-type =~ '(g2|t2)\\.(small|2xlarge)'", true],
    ["attribute:stack =~ (?i)PROD[(a-z]+", true],
    ["attribute:stack =~ prod|production", true],
    ["not(attribute:stack =~ (a+)+b)", true],
    ["task:group =~ (service|family):(production|staging)", true],
    ["attribute:stack exists", true],
    ["attribute:flag exists", true],
    ["attribute:missing exists", false],
    ["attribute:missing !exists", true],
    ["attribute:stack not_exists", false],
    ["attribute:rank > 10", false],
    ["attribute:rank less_than 10", true],
    ["task:group == service:production", true],
    ["not(task:group == database)", true],
    ["!(task:group == service:production)", false],
    ["task:group in [database, service:production]", true],
    ["task:group =~ service:.*", true],
    ["runningTasksCount == 1", true],
    ["runningTasksCount >= 2", false],
    ["agentVersion < 1.14.5", false],
    ["agentVersion <= 1.14.5", true],
    ["agentVersion < 1.100.0", true],
    ["agentConnected == true", true],
    ["agentConnected != true", false],
    ["registeredAt < 2026-01-03", true],
    ["registeredAt > 2026-01-02T00:00:00Z", false],
    ["registeredAt == 2026-01-02T01:00:00+01:00", true],
    ["ec2InstanceId in ['i-abcd1234', 'i-wxyx7890']", true],
    ["attribute:stack==production&&attribute:rank==9", true],
    ["attribute:stack == test || attribute:rank == 9 && attribute:flag exists", true],
    ["(attribute:stack == production or attribute:rank == 1) and attribute:missing exists", false],
    ["not not attribute:stack exists", true],
    ['attribute:stack == "production"', true],
  ])("%s is %s", (text, expected) => expect(ask(text)).toBe(expected));

  it.each([
    ["", "expected an attribute or a field at position 1, found the end"],
    ["colour == red", "unknown field colour at position 1"],
    ["attribute:stack", "expected an operator at position 16, found the end"],
    ["attribute:stack ==", "expected a value at position 19, found the end"],
    ["attribute:stack in production", 'expected a list in "[" and "]" at position 20, found "production"'],
    ["attribute:stack in [a b]", 'expected "," or "]" at position 23, found "b]"'],
    ["(attribute:stack exists", 'expected ")" at position 24, found the end'],
    [
      "attribute:stack exists attribute:flag exists",
      'expected and, or, or the end at position 24, found "attribute:flag exist"',
    ],
    ["runningTasksCount in [1]", "runningTasksCount does not take in at position 19"],
    ["registeredAt < yesterday", "yesterday is no date at position 16"],
    ["attribute:stack =~", "expected a value at position 19, found the end"],
    ["attribute:stack =~ )", 'expected a value at position 20, found ")"'],
    ["attribute:stack =~ a[", 'a class of characters is not closed with "]" at position 21'],
    ["attribute:stack =~ 'a b('", 'a group of a pattern is not closed with ")" at position 24'],
    [
      "attribute:stack =~ a{600} or task:group =~ b{600}",
      "the patterns of an expression repeat too much at position 44",
    ],
  ])("%s is refused", (text, problem) => expect(ask(text)).toBe(`Invalid cluster query expression: ${problem}.`));

  it("never throws, whatever the text", () => {
    const words = fc.constantFrom(
      "attribute:stack",
      "==",
      "!",
      "not",
      "(",
      ")",
      "and",
      "||",
      "in",
      "[",
      "]",
      ",",
      "'",
      "x",
      "=~",
      "exists",
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(words).map((parts) => parts.join(" ")),
        ),
        (text) => {
          expect(["string", "boolean"]).toContain(typeof ask(text));
        },
      ),
    );
    expect(ask("(".repeat(10_000))).toMatch(/too deeply nested/);
    expect(ask("!".repeat(10_000))).toMatch(/too deeply nested/);
  });
});
