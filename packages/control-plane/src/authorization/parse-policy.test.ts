import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parsePolicy } from "./parse-policy.ts";
import { PolicyError, type PolicyUse } from "./policy-document.ts";

const identity = (statement: object, more: object = {}) =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "*", Resource: "*", ...statement }],
    ...more,
  });
const trust = (statement: object) =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: {
      Effect: "Allow",
      Action: "sts:AssumeRole",
      Principal: { Service: "ecs-tasks.amazonaws.com" },
      ...statement,
    },
  });

test("reads one value where several may stand", () => {
  const [statement] = parsePolicy(
    identity({ Action: "ecs:RunTask", Condition: { Bool: { "aws:SecureTransport": true } } }),
    "identity",
  ).statements;
  expect(statement).toEqual({
    effect: "Allow",
    actions: { except: false, of: ["ecs:RunTask"] },
    resources: { except: false, of: ["*"] },
    conditions: { Bool: { "aws:SecureTransport": ["true"] } },
  });
});

describe("refuses", () => {
  test.each<readonly [string, PolicyUse, string]>([
    ["", "identity", "This policy contains invalid Json"],
    ["[]", "identity", "Syntax errors in policy."],
    ["{}", "identity", "Syntax errors in policy."],
    [identity({}, { Version: "2020-01-01" }), "identity", "Syntax errors in policy."],
    [identity({}, { Extra: 1 }), "identity", "Syntax errors in policy."],
    [identity({ effect: "Deny" }), "identity", "Syntax errors in policy."],
    [identity({ Effect: "allow" }), "identity", "Syntax errors in policy."],
    [identity({ Action: undefined }), "identity", "Policy statement must contain actions."],
    [identity({ NotAction: "*" }), "identity", "Syntax errors in policy."],
    [identity({ Resource: undefined }), "identity", "Policy statement must contain resources."],
    [
      identity({ Action: "RunTask" }),
      "identity",
      "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.",
    ],
    [identity({ Action: "e s:RunTask" }), "identity", "Vendor e s is not valid"],
    [identity({ Resource: "web" }), "identity", 'Resource web must be in ARN format or "*".'],
    [
      identity({ Resource: "arn:other:ecs:::x" }),
      "identity",
      'Partition "other" is not valid for resource "arn:other:ecs:::x".',
    ],
    [identity({ Resource: "arn:aws:ecs" }), "identity", "The policy failed legacy parsing"],
    [identity({ Principal: "*" }), "identity", "Policy document should not specify a principal."],
    [
      identity({ Sid: "no-dashes" }),
      "identity",
      "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*",
    ],
    [identity({ Condition: { Equals: {} } }), "identity", "Invalid Condition type : Equals."],
    [
      identity({ Condition: { StringEquals: { region: "x" } } }),
      "identity",
      "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.",
    ],
    [trust({ Resource: "*" }), "trust", "Has prohibited field Resource"],
    [trust({ Principal: undefined }), "trust", "Missing required field Principal"],
    [trust({ Principal: { AWS: "somebody" } }), "trust", 'Invalid principal in policy: "AWS":"somebody"'],
    [trust({ Action: "ecs:RunTask" }), "trust", "AssumeRole policy may only specify STS AssumeRole actions."],
  ])("%s (%s)", (text, use, message) => {
    expect(() => parsePolicy(text, use)).toThrow(new PolicyError(message));
  });

  test("the same Sid twice", () => {
    const statement = { Sid: "a", Effect: "Allow", Action: "*", Resource: "*" };
    const text = JSON.stringify({ Version: "2012-10-17", Statement: [statement, statement] });
    expect(() => parsePolicy(text, "identity")).toThrow("Statement IDs (SID) in a single policy must be unique.");
  });
});

test("reads or refuses whatever comes, and does nothing else", () => {
  const value = fc.jsonValue();
  const statement = fc.dictionary(
    fc.constantFrom("Sid", "Effect", "Action", "NotAction", "Resource", "Principal", "Condition"),
    fc.oneof(value, fc.constantFrom("Allow", "*", "sts:AssumeRole")),
  );
  fc.assert(
    fc.property(
      fc.oneof(value, fc.record({ Statement: fc.oneof(value, fc.array(statement)) })),
      fc.constantFrom("identity", "trust"),
      (given, use) => {
        try {
          parsePolicy(JSON.stringify(given), use);
        } catch (error) {
          expect(error).toBeInstanceOf(PolicyError);
        }
      },
    ),
  );
});
