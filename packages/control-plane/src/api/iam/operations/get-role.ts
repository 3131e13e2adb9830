import type { IamOperation } from "../operation.ts";
import { describeRole } from "../roles/describe-role.ts";
import { requireRole } from "../roles/find-role.ts";

/** A role with its trust policy. When it was last used is not kept. Source: IAM API reference, GetRole. */
export const getRole: IamOperation<"GetRole"> = async ({ RoleName: roleName }, { store }) => ({
  Role: { ...describeRole(requireRole(store.snapshot(), roleName).value), RoleLastUsed: {} },
});
