import type { IamOperation } from "../operation.ts";
import { attachPolicy } from "../roles/attach-policy.ts";

/** Gives a role a managed policy; one that it has already is no error. Source: IAM API reference, AttachRolePolicy. */
export const attachRolePolicy: IamOperation<"AttachRolePolicy"> = async (input, { store }) => {
  await attachPolicy(store, input);
  return {};
};
