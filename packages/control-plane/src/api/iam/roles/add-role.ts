import { type Role, roleKey } from "../../../model/role.ts";
import { ConflictError, type Store } from "../../../store/store.ts";
import { IamError } from "../api-error.ts";

/** Stores a new role. @throws IamError EntityAlreadyExists */
export async function addRole(store: Store, role: Role): Promise<void> {
  try {
    await store.commit([{ kind: "role", arn: roleKey(role.roleName), expected: 0, value: role }]);
  } catch (error) {
    if (!(error instanceof ConflictError)) throw error;
    throw new IamError("EntityAlreadyExists", `Role with name ${role.roleName} already exists.`, { cause: error });
  }
}
