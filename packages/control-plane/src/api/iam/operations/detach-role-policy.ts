import { IamError } from "../api-error.ts";
import type { IamOperation } from "../operation.ts";
import { changeRole } from "../roles/find-role.ts";

/** Takes a managed policy from a role. Source: IAM API reference, DetachRolePolicy. */
export const detachRolePolicy: IamOperation<"DetachRolePolicy"> = async (input, { store }) => {
  await changeRole(store, input.RoleName, (role) => {
    const attachedPolicyArns = role.attachedPolicyArns.filter((arn) => arn !== input.PolicyArn);
    if (attachedPolicyArns.length === role.attachedPolicyArns.length) {
      throw new IamError("NoSuchEntity", `Policy ${input.PolicyArn} was not found.`);
    }
    return { ...role, attachedPolicyArns };
  });
  return {};
};
