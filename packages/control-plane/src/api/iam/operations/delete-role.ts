import { ConflictError } from "../../../store/store.ts";
import { IamError } from "../api-error.ts";
import type { IamOperation } from "../operation.ts";
import { requireNoProfile } from "../profiles/find-profile.ts";
import { requireOwn, requireRole } from "../roles/find-role.ts";

/**
 * Deletes a role that has no policies any more and is in no instance profile; its sessions may do nothing from then
 * on. Source: IAM API reference, DeleteRole.
 */
export const deleteRole: IamOperation<"DeleteRole"> = async ({ RoleName: roleName }, { store }) => {
  for (;;) {
    const { arn, revision, value } = requireRole(store.snapshot(), roleName);
    const role = requireOwn(value);
    if (role.attachedPolicyArns.length > 0) {
      throw new IamError("DeleteConflict", "Cannot delete entity, must detach all policies first.");
    }
    if (role.inlinePolicies.length > 0) {
      throw new IamError("DeleteConflict", "Cannot delete entity, must delete policies first.");
    }
    requireNoProfile(store.snapshot(), role.roleName);
    try {
      await store.commit([{ kind: "role", arn, expected: revision, value: null }]);
      return {};
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
    }
  }
};
