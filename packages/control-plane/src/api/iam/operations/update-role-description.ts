import type { IamOperation } from "../operation.ts";
import { describeRole } from "../roles/describe-role.ts";
import { changeRole } from "../roles/find-role.ts";

/** Describes a role otherwise; UpdateRole took its place. Source: IAM API reference, UpdateRoleDescription. */
export const updateRoleDescription: IamOperation<"UpdateRoleDescription"> = async (input, { store }) => {
  const description = input.Description ?? "";
  return { Role: describeRole(await changeRole(store, input.RoleName, (role) => ({ ...role, description }))) };
};
