import type { IamOperation } from "../operation.ts";
import { changeRole } from "../roles/find-role.ts";

/** Takes the limit from a role. Source: IAM API reference, DeleteRolePermissionsBoundary. */
export const deleteRolePermissionsBoundary: IamOperation<"DeleteRolePermissionsBoundary"> = async (
  input,
  { store },
) => {
  await changeRole(store, input.RoleName, (role) => {
    const { permissionsBoundaryArn: _, ...unlimited } = role;
    return unlimited;
  });
  return {};
};
