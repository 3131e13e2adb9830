import type { IamOperation } from "../operation.ts";
import { boundaryFrom } from "../roles/boundary.ts";
import { changeRole } from "../roles/find-role.ts";

/**
 * Limits a role to what a managed policy allows, whatever else its policies say. Source: IAM API reference,
 * PutRolePermissionsBoundary.
 */
export const putRolePermissionsBoundary: IamOperation<"PutRolePermissionsBoundary"> = async (input, { store }) => {
  const boundary = boundaryFrom(store.snapshot(), input.PermissionsBoundary);
  await changeRole(store, input.RoleName, (role) => ({ ...role, ...boundary }));
  return {};
};
