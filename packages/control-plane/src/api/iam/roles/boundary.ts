import type { Role } from "../../../model/role.ts";
import type { Snapshot } from "../../../store/store.ts";
import { requirePolicy } from "../policies/find-policy.ts";

/** The member of a role that limits it. @throws IamError NoSuchEntity, InvalidInput if there is no such policy */
export function boundaryFrom(snapshot: Snapshot, policyArn: string | undefined): Pick<Role, "permissionsBoundaryArn"> {
  if (policyArn === undefined) return {};
  requirePolicy(snapshot, policyArn);
  return { permissionsBoundaryArn: policyArn };
}
