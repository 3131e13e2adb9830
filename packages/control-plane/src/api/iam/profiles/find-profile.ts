import { type InstanceProfile, instanceProfileKey } from "../../../model/role.ts";
import { NotFoundError, type Snapshot, type Store, type Stored } from "../../../store/store.ts";
import { update } from "../../../store/update.ts";
import { IamError } from "../api-error.ts";

const noSuchProfile = (name: string) => new IamError("NoSuchEntity", `Instance Profile ${name} cannot be found.`);

/** The instance profile of that name. @throws IamError NoSuchEntity */
export function requireProfile(snapshot: Snapshot, name = ""): Stored<"instanceProfile"> {
  const stored = snapshot.get("instanceProfile", instanceProfileKey(name));
  if (stored?.value.instanceProfileName !== name) throw noSuchProfile(name);
  return stored;
}

/** Changes an instance profile, again if somebody else was faster. @throws IamError NoSuchEntity */
export async function changeProfile(
  store: Store,
  name: string | undefined,
  change: (profile: InstanceProfile) => InstanceProfile,
): Promise<void> {
  const { arn } = requireProfile(store.snapshot(), name);
  try {
    await update(store, "instanceProfile", arn, change);
  } catch (error) {
    if (error instanceof NotFoundError) throw noSuchProfile(name ?? "");
    throw error;
  }
}

/** @throws IamError DeleteConflict for a role that is in an instance profile */
export function requireNoProfile(snapshot: Snapshot, roleName: string): void {
  if (snapshot.count("instanceProfile", { roleName }) === 0) return;
  throw new IamError("DeleteConflict", "Cannot delete entity, must remove roles from instance profile first.");
}
