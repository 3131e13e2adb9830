import { expect, test } from "vitest";
import { awsManagedPolicies } from "./aws-managed-policies.ts";
import { compilePolicy } from "./compile-policy.ts";
import { evaluate } from "./evaluate.ts";
import { exampleRequest } from "./example-policies.ts";

test.each([...awsManagedPolicies])("%s is a policy", (arn, policy) => {
  expect(policy.arn).toBe(arn);
  expect(policy.policyId).toMatch(/^ANPA[A-Z2-7]{17}$/);
  expect(compilePolicy(policy.versions[0].policyDocument, "identity").length).toBeGreaterThan(0);
});

test("each has an id of its own", () => {
  expect(new Set([...awsManagedPolicies.values()].map(({ policyId }) => policyId)).size).toBe(awsManagedPolicies.size);
});

test.each([
  ["service-role/AmazonECSTaskExecutionRolePolicy", "logs:PutLogEvents", "allow"],
  ["service-role/AmazonECSTaskExecutionRolePolicy", "logs:CreateLogGroup", "implicitDeny"],
  ["service-role/AmazonEC2ContainerServiceforEC2Role", "ecs:SubmitTaskStateChange", "allow"],
  ["service-role/AmazonEC2ContainerServiceforEC2Role", "ecs:TagResource", "implicitDeny"],
  ["AmazonECS_FullAccess", "ecs:RunTask", "allow"],
  ["AmazonECS_FullAccess", "iam:PassRole", "implicitDeny"],
  ["ReadOnlyAccess", "ecs:RunTask", "implicitDeny"],
  ["ReadOnlyAccess", "ecs:DescribeTasks", "allow"],
  ["PowerUserAccess", "iam:CreateRole", "implicitDeny"],
  ["AdministratorAccess", "iam:CreateRole", "allow"],
])("%s and %s: %s", (name, action, expected) => {
  const document = awsManagedPolicies.get(`arn:aws:iam::aws:policy/${name}`)?.versions[0].policyDocument ?? "";
  expect(evaluate(exampleRequest({ action }), [compilePolicy(document, "identity")])).toBe(expected);
});
