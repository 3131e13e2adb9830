import { expect, test } from "vitest";
import { compilePolicy } from "./compile-policy.ts";
import { evaluateTrust, type Principal } from "./evaluate-trust.ts";
import { exampleContext } from "./example-policies.ts";

const accountId = "000000000000";
const role = "arn:aws:iam::000000000000:role/ci";
const session: Principal = { accountId, arns: ["arn:aws:sts::000000000000:assumed-role/ci/1", role] };
const root: Principal = { accountId, arns: [`arn:aws:iam::${accountId}:root`] };
const tasks: Principal = { accountId, arns: [], service: "ecs-tasks.amazonaws.com" };

const decide = (principal: Principal, ...statements: readonly object[]) =>
  evaluateTrust(
    { action: "sts:AssumeRole", principal, context: exampleContext({ "sts:ExternalId": "42" }) },
    compilePolicy(
      JSON.stringify({
        Version: "2012-10-17",
        Statement: statements.map((each) => ({ Effect: "Allow", Action: "sts:AssumeRole", ...each })),
      }),
      "trust",
    ),
  );

test.each<readonly [string, Principal, object, string]>([
  ["a service, by name", tasks, { Principal: { Service: ["ec2.amazonaws.com", "ecs-tasks.amazonaws.com"] } }, "allow"],
  ["another service", tasks, { Principal: { Service: "ec2.amazonaws.com" } }, "implicitDeny"],
  ["a service is nobody of the account", tasks, { Principal: { AWS: accountId } }, "implicitDeny"],
  [
    "an account does not stand for services",
    session,
    { Principal: { Service: "ecs-tasks.amazonaws.com" } },
    "implicitDeny",
  ],
  ["a role, by its ARN", session, { Principal: { AWS: role } }, "allow"],
  ["a session, by its ARN", session, { Principal: { AWS: "arn:aws:sts::000000000000:assumed-role/ci/1" } }, "allow"],
  ["another role", session, { Principal: { AWS: `${role}-2` } }, "implicitDeny"],
  ["the account, by its id", session, { Principal: { AWS: accountId } }, "allowByAccount"],
  ["the account, by its root", session, { Principal: { AWS: `arn:aws:iam::${accountId}:root` } }, "allowByAccount"],
  ["everybody", session, { Principal: "*" }, "allowByAccount"],
  ["the root itself", root, { Principal: { AWS: `arn:aws:iam::${accountId}:root` } }, "allowByAccount"],
  ["another account", root, { Principal: { AWS: "111111111111" } }, "implicitDeny"],
  ["another action", root, { Principal: "*", Action: "sts:TagSession" }, "implicitDeny"],
  [
    "a condition that holds",
    root,
    { Principal: "*", Condition: { StringEquals: { "sts:ExternalId": "42" } } },
    "allowByAccount",
  ],
  [
    "a condition that does not",
    root,
    { Principal: "*", Condition: { StringEquals: { "sts:ExternalId": "43" } } },
    "implicitDeny",
  ],
  ["everybody but", session, { NotPrincipal: { AWS: role } }, "implicitDeny"],
])("%s", (_name, principal, statement, expected) => {
  expect(decide(principal, statement)).toBe(expected);
});

test("a Deny wins", () => {
  expect(decide(session, { Principal: { AWS: role } }, { Effect: "Deny", Principal: { AWS: role } })).toBe(
    "explicitDeny",
  );
});
