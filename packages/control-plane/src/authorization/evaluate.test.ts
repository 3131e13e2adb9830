import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { evaluate } from "./evaluate.ts";
import { exampleContext, examplePolicy, exampleRequest } from "./example-policies.ts";

describe("golden", () => {
  const cluster = "arn:aws:ecs:us-east-1:000000000000:cluster/default";
  const taskDefinition = "arn:aws:ecs:us-east-1:000000000000:task-definition/web:1";

  test.each<readonly [string, readonly object[], object, string]>([
    ["an action by name", [{ Action: "ecs:RunTask" }], {}, "allow"],
    ["actions have no case", [{ Action: "ECS:runtask" }], {}, "allow"],
    ["resources have", [{ Resource: taskDefinition.toUpperCase().replace("ARN:AWS", "arn:aws") }], {}, "implicitDeny"],
    ["all actions of a service", [{ Action: ["logs:*", "ecs:*"] }], {}, "allow"],
    ["another service", [{ Action: "ec2:*" }], {}, "implicitDeny"],
    ["all but", [{ NotAction: "iam:*" }], {}, "allow"],
    ["all but this", [{ NotAction: "ecs:Run*" }], {}, "implicitDeny"],
    ["a family, any revision", [{ Resource: taskDefinition.replace(":1", ":*") }], {}, "allow"],
    ["another family", [{ Resource: taskDefinition.replace("web", "api") }], {}, "implicitDeny"],
    ["all resources but", [{ NotResource: cluster }], {}, "allow"],
    ["all resources but this", [{ NotResource: `${taskDefinition.slice(0, -1)}*` }], {}, "implicitDeny"],
    ["a deny beside an allow", [{}, { Effect: "Deny", Action: "ecs:RunTask" }], {}, "explicitDeny"],
    ["a deny of something else", [{}, { Effect: "Deny", Action: "ecs:StopTask" }], {}, "allow"],
    // The ECS developer guide's way to keep a role to one cluster.
    [
      "one cluster by condition",
      [{ Action: "ecs:RunTask", Condition: { ArnEquals: { "ecs:cluster": cluster } } }],
      { "ecs:cluster": cluster },
      "allow",
    ],
    [
      "another cluster by condition",
      [{ Action: "ecs:RunTask", Condition: { ArnEquals: { "ecs:cluster": cluster } } }],
      { "ecs:cluster": `${cluster}-2` },
      "implicitDeny",
    ],
    [
      "the tag of whoever calls",
      [{ Condition: { StringEquals: { "aws:ResourceTag/team": "${aws:PrincipalTag/team}" } } }],
      { "aws:ResourceTag/team": "red", "aws:PrincipalTag/team": "red" },
      "allow",
    ],
    [
      "somebody without a tag meets nothing",
      [{ Condition: { StringEquals: { "aws:ResourceTag/team": "${aws:PrincipalTag/team}" } } }],
      { "aws:ResourceTag/team": "red" },
      "implicitDeny",
    ],
    [
      "a variable in a resource",
      [{ Resource: "arn:aws:ecs:*:*:task-definition/${aws:PrincipalTag/family}:*" }],
      { "aws:PrincipalTag/family": "web" },
      "allow",
    ],
    [
      "a value brings no wildcards",
      [{ Resource: "arn:aws:ecs:*:*:task-definition/${aws:PrincipalTag/family}:*" }],
      { "aws:PrincipalTag/family": "*" },
      "implicitDeny",
    ],
    [
      "several operators are all asked for",
      [
        {
          Condition: {
            StringEquals: { "aws:RequestedRegion": "us-east-1" },
            Bool: { "ecs:enable-execute-command": "false" },
          },
        },
      ],
      { "aws:RequestedRegion": "us-east-1", "ecs:enable-execute-command": "true" },
      "implicitDeny",
    ],
  ])("%s", (_name, statements, keys, expected) => {
    const policy = examplePolicy(...(statements as Record<string, unknown>[]));
    expect(evaluate(exampleRequest({ context: exampleContext(keys as Record<string, string>) }), [policy])).toBe(
      expected,
    );
  });
});

describe("properties", () => {
  const actions = ["ecs:RunTask", "ecs:StopTask", "logs:PutLogEvents"];
  const statement = fc.record({
    Effect: fc.constantFrom("Allow", "Deny"),
    Action: fc.constantFrom("*", "ecs:*", "ecs:Run*", ...actions),
    Resource: fc.constantFrom("*", "arn:aws:ecs:*:*:task-definition/web:*", "arn:aws:ecs:*:*:cluster/a"),
    Condition: fc.constantFrom({}, { StringEquals: { "aws:RequestedRegion": "us-east-1" } }),
  });
  const policies = fc.array(fc.array(statement, { minLength: 1, maxLength: 3 }), { maxLength: 4 });
  const request = fc
    .record({
      action: fc.constantFrom(...actions),
      resource: fc.constantFrom(
        "arn:aws:ecs:us-east-1:000000000000:task-definition/web:1",
        "arn:aws:ecs:us-east-1:000000000000:cluster/a",
        "*",
      ),
      keys: fc.constantFrom({}, { "aws:RequestedRegion": "us-east-1" }, { "aws:RequestedRegion": "eu-west-1" }),
    })
    .map(exampleRequest);
  const compiled = (all: readonly (readonly Record<string, unknown>[])[]) => all.map((each) => examplePolicy(...each));

  test("a Deny that applies wins, wherever it stands", () => {
    fc.assert(
      fc.property(policies, request, fc.nat(), (all, asked, position) => {
        const deny = examplePolicy({ Effect: "Deny", Action: asked.action });
        expect(evaluate(asked, compiled(all).toSpliced(position % (all.length + 1), 0, deny))).toBe("explicitDeny");
      }),
    );
  });

  test("one more Allow never takes access away, one more Deny never gives any", () => {
    fc.assert(
      fc.property(policies, request, statement, (all, asked, added) => {
        const before = evaluate(asked, compiled(all));
        const after = evaluate(asked, [...compiled(all), examplePolicy(added)]);
        if (added.Effect === "Allow" && before === "allow") expect(after).toBe("allow");
        if (added.Effect === "Deny" && before !== "allow")
          expect(after).toBe(before === "explicitDeny" ? before : after);
        if (added.Effect === "Deny" && before !== "allow") expect(after).not.toBe("allow");
      }),
    );
  });

  test("the order of policies and statements says nothing, nor how they are spread", () => {
    fc.assert(
      fc.property(policies, request, (all, asked) => {
        const decision = evaluate(asked, compiled(all));
        expect(evaluate(asked, compiled(all.toReversed().map((each) => each.toReversed())))).toBe(decision);
        expect(evaluate(asked, compiled(all.flat().map((each) => [each])))).toBe(decision);
      }),
    );
  });

  test("Deny statements alone allow nothing", () => {
    fc.assert(
      fc.property(policies, request, (all, asked) => {
        const denying = all.map((each) => each.map((one) => ({ ...one, Effect: "Deny" })));
        expect(evaluate(asked, compiled(denying))).not.toBe("allow");
      }),
    );
  });
});
