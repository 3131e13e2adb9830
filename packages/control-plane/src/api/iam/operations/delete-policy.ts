import { ConflictError } from "../../../store/store.ts";
import { IamError } from "../api-error.ts";
import type { IamOperation } from "../operation.ts";
import { policyUses } from "../policies/describe-policy.ts";
import { requireOwnPolicy } from "../policies/find-policy.ts";

/**
 * Deletes a policy that no role has any more, with the one version that is left. Whoever gives it to a role writes
 * the policy too, so that one of both loses. Source: IAM API reference, DeletePolicy.
 */
export const deletePolicy: IamOperation<"DeletePolicy"> = async ({ PolicyArn: policyArn }, { store }) => {
  for (;;) {
    const snapshot = store.snapshot();
    const { arn: key, revision, value } = requireOwnPolicy(snapshot, policyArn);
    const { attached, boundaries } = policyUses(snapshot);
    if (attached.has(value.arn) || boundaries.has(value.arn)) {
      throw new IamError("DeleteConflict", "Cannot delete a policy attached to entities.");
    }
    if (value.versions.length > 1) {
      const message =
        "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.";
      throw new IamError("DeleteConflict", message);
    }
    try {
      await store.commit([{ kind: "managedPolicy", arn: key, expected: revision, value: null }]);
      return {};
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
    }
  }
};
