import { ConflictError } from "../../../store/store.ts";
import { IamError } from "../api-error.ts";
import type { IamOperation } from "../operation.ts";
import { requireProfile } from "../profiles/find-profile.ts";
import { requireRole } from "../roles/find-role.ts";

/**
 * Puts the one role into an instance profile. Writes the role as it is, so that nobody deletes it meanwhile. Source:
 * IAM API reference, AddRoleToInstanceProfile.
 */
export const addRoleToInstanceProfile: IamOperation<"AddRoleToInstanceProfile"> = async (input, { store }) => {
  for (;;) {
    const snapshot = store.snapshot();
    const { value: profile, ...held } = requireProfile(snapshot, input.InstanceProfileName);
    const { value: role, ...holding } = requireRole(snapshot, input.RoleName);
    if (profile.roleName !== undefined) {
      throw new IamError("LimitExceeded", "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1");
    }
    try {
      await store.commit([
        {
          kind: "instanceProfile",
          arn: held.arn,
          expected: held.revision,
          value: { ...profile, roleName: role.roleName },
        },
        { kind: "role", arn: holding.arn, expected: holding.revision, value: role },
      ]);
      return {};
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
    }
  }
};
