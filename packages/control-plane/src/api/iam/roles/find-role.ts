import { type Role, roleKey } from "../../../model/role.ts";
import { NotFoundError, type Snapshot, type Store, type Stored } from "../../../store/store.ts";
import { update } from "../../../store/update.ts";
import { IamError } from "../api-error.ts";

const noSuchRole = (roleName: string) =>
  new IamError("NoSuchEntity", `The role with name ${roleName} cannot be found.`);

/** A role has no inline policy of that name. */
export const noSuchRolePolicy = (policyName = ""): IamError =>
  new IamError("NoSuchEntity", `The role policy with name ${policyName} cannot be found.`);

/** The role of that name. @throws IamError NoSuchEntity */
export function requireRole(snapshot: Snapshot, roleName = ""): Stored<"role"> {
  const stored = snapshot.get("role", roleKey(roleName));
  if (stored?.value.roleName !== roleName) throw noSuchRole(roleName);
  return stored;
}

/** Roles that services make for themselves are theirs to change. */
export const isServiceLinked = ({ path }: Role): boolean => path.startsWith("/aws-service-role/");

/** @throws IamError UnmodifiableEntity for a service-linked role */
export function requireOwn(role: Role): Role {
  if (!isServiceLinked(role)) return role;
  const message = `Cannot perform the operation on the protected role '${role.roleName}' - this role is only modifiable by AWS`;
  throw new IamError("UnmodifiableEntity", message);
}

/** Changes a role, again if somebody else was faster. @throws IamError NoSuchEntity, UnmodifiableEntity */
export async function changeRole(store: Store, roleName = "", change: (role: Role) => Role): Promise<Role> {
  try {
    return await update(store, "role", roleKey(roleName), (role) => {
      if (role.roleName !== roleName) throw noSuchRole(roleName);
      return change(requireOwn(role));
    });
  } catch (error) {
    if (error instanceof NotFoundError) throw noSuchRole(roleName);
    throw error;
  }
}
