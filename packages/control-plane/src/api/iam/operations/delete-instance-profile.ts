import { IamError } from "../api-error.ts";
import type { IamOperation } from "../operation.ts";
import { requireProfile } from "../profiles/find-profile.ts";

/** Deletes an instance profile without a role. Source: IAM API reference, DeleteInstanceProfile. */
export const deleteInstanceProfile: IamOperation<"DeleteInstanceProfile"> = async (input, { store }) => {
  const { arn, revision, value } = requireProfile(store.snapshot(), input.InstanceProfileName);
  if (value.roleName !== undefined) {
    throw new IamError("DeleteConflict", "Cannot delete entity, must remove roles from instance profile first.");
  }
  await store.commit([{ kind: "instanceProfile", arn, expected: revision, value: null }]);
  return {};
};
