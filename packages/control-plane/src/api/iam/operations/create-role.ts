import { type Role, roleArn } from "../../../model/role.ts";
import { IamError } from "../api-error.ts";
import type { IamOperation } from "../operation.ts";
import { addRole } from "../roles/add-role.ts";
import { boundaryFrom } from "../roles/boundary.ts";
import { describeRole } from "../roles/describe-role.ts";
import { requireTrustDocument } from "../roles/trust-document.ts";
import { withTags } from "../tags.ts";

/** Makes a role. Source: IAM API reference, CreateRole. */
export const createRole: IamOperation<"CreateRole"> = async (input, { store, clock, caller }) => {
  const { RoleName: roleName = "", Path: path = "/" } = input;
  if (path.startsWith("/aws-service-role/")) {
    throw new IamError("InvalidInput", "Only service-linked roles have a path that begins with /aws-service-role/.");
  }
  const role: Role = {
    roleName,
    path,
    arn: roleArn(caller, path, roleName),
    assumeRolePolicyDocument: requireTrustDocument(input.AssumeRolePolicyDocument),
    ...(input.Description === undefined ? {} : { description: input.Description }),
    maxSessionDuration: input.MaxSessionDuration ?? 3600,
    ...boundaryFrom(store.snapshot(), input.PermissionsBoundary),
    inlinePolicies: [],
    attachedPolicyArns: [],
    tags: withTags([], input.Tags),
    createdAt: clock.now(),
  };
  await addRole(store, role);
  return { Role: describeRole(role) };
};
