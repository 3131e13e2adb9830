import type { IamOperation } from "../operation.ts";
import { changeRole, noSuchRolePolicy } from "../roles/find-role.ts";

/** Takes a policy out of a role. Source: IAM API reference, DeleteRolePolicy. */
export const deleteRolePolicy: IamOperation<"DeleteRolePolicy"> = async (input, { store }) => {
  await changeRole(store, input.RoleName, (role) => {
    const inlinePolicies = role.inlinePolicies.filter(({ policyName }) => policyName !== input.PolicyName);
    if (inlinePolicies.length === role.inlinePolicies.length) throw noSuchRolePolicy(input.PolicyName);
    return { ...role, inlinePolicies };
  });
  return {};
};
