import { expect, test } from "vitest";
import { examplePlace, exampleRole } from "../../model/examples.ts";
import { roleKey } from "../../model/role.ts";
import { MemoryStore } from "../../store/memory-store.ts";
import { iamRights } from "./iam-rights.ts";

const [before, after, policy] = ["before", "after", "x"].map((name) => `arn:aws:iam::000000000000:policy/${name}`);
const store = new MemoryStore();
const value = exampleRole({ roleName: "app", permissionsBoundaryArn: before ?? "" });
await store.commit([{ kind: "role", arn: roleKey("app"), expected: 0, value }]);
const keysOf = (operation: string, input: object) =>
  iamRights[operation]?.({ RoleName: "app", ...input }, { place: examplePlace, snapshot: store.snapshot() })[0]?.keys;

// Source: Service Authorization Reference, AWS IAM, condition keys of each action.
test.each([
  ["AttachRolePolicy", { PolicyArn: policy }, before],
  ["DetachRolePolicy", { PolicyArn: policy }, before],
  ["PutRolePolicy", {}, before],
  ["DeleteRolePolicy", {}, before],
  ["DeleteRolePermissionsBoundary", {}, before],
  ["PutRolePermissionsBoundary", { PermissionsBoundary: after }, after],
  ["CreateRole", { RoleName: "new", PermissionsBoundary: after }, after],
])("%s %j may be allowed for roles within a boundary alone", (operation, input, boundary) => {
  expect(keysOf(operation, input)).toMatchObject({
    "iam:PermissionsBoundary": boundary,
    ...("PolicyArn" in input ? { "iam:PolicyARN": policy } : {}),
  });
});
