import type { IamOperation } from "../operation.ts";
import { changePolicy } from "../policies/find-policy.ts";
import { requireVersion } from "../policies/versions.ts";

/** Makes another version the one that counts. Source: IAM API reference, SetDefaultPolicyVersion. */
export const setDefaultPolicyVersion: IamOperation<"SetDefaultPolicyVersion"> = async (input, { store, clock }) => {
  await changePolicy(store, input.PolicyArn, (policy) => ({
    ...policy,
    defaultVersionId: requireVersion(policy, input.VersionId).versionId,
    updatedAt: clock.now(),
  }));
  return {};
};
