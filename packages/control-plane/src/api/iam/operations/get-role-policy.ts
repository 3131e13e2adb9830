import { encodedDocument } from "../documents.ts";
import type { IamOperation } from "../operation.ts";
import { noSuchRolePolicy, requireRole } from "../roles/find-role.ts";

/** A policy that is part of a role. Source: IAM API reference, GetRolePolicy. */
export const getRolePolicy: IamOperation<"GetRolePolicy"> = async (input, { store }) => {
  const { roleName, inlinePolicies } = requireRole(store.snapshot(), input.RoleName).value;
  const policy = inlinePolicies.find(({ policyName }) => policyName === input.PolicyName);
  if (policy === undefined) throw noSuchRolePolicy(input.PolicyName);
  return { RoleName: roleName, PolicyName: policy.policyName, PolicyDocument: encodedDocument(policy.policyDocument) };
};
