import { IamError } from "../api-error.ts";
import type { IamOperation } from "../operation.ts";
import { changePolicy } from "../policies/find-policy.ts";
import { requireVersion } from "../policies/versions.ts";

/** Deletes a version that does not count. Source: IAM API reference, DeletePolicyVersion. */
export const deletePolicyVersion: IamOperation<"DeletePolicyVersion"> = async (input, { store }) => {
  await changePolicy(store, input.PolicyArn, (policy) => {
    const { versionId } = requireVersion(policy, input.VersionId);
    if (versionId === policy.defaultVersionId) {
      throw new IamError("DeleteConflict", "Cannot delete the default version of a policy.");
    }
    return { ...policy, versions: policy.versions.filter((each) => each.versionId !== versionId) };
  });
  return {};
};
