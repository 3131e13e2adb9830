import { expect, test } from "vitest";
import { compilePolicy } from "./compile-policy.ts";
import { evaluateResource } from "./evaluate-resource.ts";
import type { Principal } from "./evaluate-trust.ts";
import { exampleContext } from "./example-policies.ts";

const resource = "arn:aws:elasticfilesystem:us-east-1:000000000000:file-system/fs-1";
const action = "elasticfilesystem:ClientMount";
const account = "arn:aws:iam::000000000000:root";
const role = "arn:aws:iam::000000000000:role/app";
const app: Principal = {
  accountId: "000000000000",
  arns: [role, "arn:aws:sts::000000000000:assumed-role/app/1"],
};

const decide = (principal: Principal | undefined, ...statements: readonly object[]) => {
  const Statement = statements.map((each) => ({ Effect: "Allow", Action: action, ...each }));
  const policy = compilePolicy(JSON.stringify({ Version: "2012-10-17", Statement }), "resource");
  return evaluateResource({ action, resource, context: exampleContext({}) }, principal, policy);
};

const everybody = { Principal: "*" };
const deny = { Effect: "Deny" };
test.each<readonly [string, Principal | undefined, readonly object[], string]>([
  ["everybody", undefined, [everybody], "allow"],
  ["everybody, in the long form", undefined, [{ Principal: { AWS: "*" } }], "allow"],
  ["a role, by its ARN", app, [{ Principal: { AWS: role } }], "allow"],
  ["somebody unknown is no role", undefined, [{ Principal: { AWS: role } }], "implicitDeny"],
  ["another role", app, [{ Principal: { AWS: `${role}-2` } }], "implicitDeny"],
  ["the account leaves it to the role's policies", app, [{ Principal: { AWS: account } }], "implicitDeny"],
  [
    "a Deny for the account is for its roles",
    app,
    [everybody, { ...deny, Principal: { AWS: account } }],
    "explicitDeny",
  ],
  ["and not for the unknown", undefined, [everybody, { ...deny, Principal: { AWS: account } }], "allow"],
  ["all but a role are denied", undefined, [everybody, { ...deny, NotPrincipal: { AWS: role } }], "explicitDeny"],
  ["the role itself is not", app, [everybody, { ...deny, NotPrincipal: { AWS: [account, role] } }], "allow"],
  ["another resource", app, [{ ...everybody, Resource: `${resource}0` }], "implicitDeny"],
  ["another action", app, [{ ...everybody, Action: "elasticfilesystem:ClientWrite" }], "implicitDeny"],
])("%s", (_name, principal, statements, expected) => {
  expect(decide(principal, ...statements)).toBe(expected);
});
