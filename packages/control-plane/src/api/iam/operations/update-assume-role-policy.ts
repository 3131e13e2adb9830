import type { IamOperation } from "../operation.ts";
import { changeRole } from "../roles/find-role.ts";
import { requireTrustDocument } from "../roles/trust-document.ts";

/** Trusts others with a role. Source: IAM API reference, UpdateAssumeRolePolicy. */
export const updateAssumeRolePolicy: IamOperation<"UpdateAssumeRolePolicy"> = async (input, { store }) => {
  const assumeRolePolicyDocument = requireTrustDocument(input.PolicyDocument);
  await changeRole(store, input.RoleName, (role) => ({ ...role, assumeRolePolicyDocument }));
  return {};
};
