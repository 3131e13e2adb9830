import { IamError } from "../api-error.ts";
import { documentSize, requireDocument } from "../documents.ts";
import type { IamOperation } from "../operation.ts";
import { changeRole } from "../roles/find-role.ts";

/** Adds a policy to a role, or puts another in its place. Source: IAM API reference, PutRolePolicy. */
export const putRolePolicy: IamOperation<"PutRolePolicy"> = async (input, { store }) => {
  const { PolicyName: policyName = "" } = input;
  const policyDocument = requireDocument(input.PolicyDocument, "identity");
  await changeRole(store, input.RoleName, (role) => {
    const others = role.inlinePolicies.filter((each) => each.policyName !== policyName);
    const inlinePolicies = [...others, { policyName, policyDocument }];
    const size = inlinePolicies.reduce((sum, each) => sum + documentSize(each.policyDocument), 0);
    if (size > maxSize) {
      throw new IamError("LimitExceeded", `Maximum policy size of ${maxSize} bytes exceeded for role ${role.roleName}`);
    }
    return { ...role, inlinePolicies };
  });
  return {};
};

/** Of all inline policies of a role together. */
const maxSize = 10_240;
