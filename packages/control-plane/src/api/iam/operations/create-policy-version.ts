import { IamError } from "../api-error.ts";
import type { IamOperation } from "../operation.ts";
import { changePolicy } from "../policies/find-policy.ts";
import { describeVersion, requireManagedDocument, requireVersion } from "../policies/versions.ts";

/**
 * Adds a version to a managed policy, and makes it the one that counts if asked to. Source: IAM API reference,
 * CreatePolicyVersion.
 */
export const createPolicyVersion: IamOperation<"CreatePolicyVersion"> = async (input, { store, clock }) => {
  const policyDocument = requireManagedDocument(input.PolicyDocument);
  const createdAt = clock.now();
  const { versions, lastVersion, defaultVersionId } = await changePolicy(store, input.PolicyArn, (policy) => {
    if (policy.versions.length >= maxVersions) {
      const message = `A managed policy can have up to ${maxVersions} versions. Before you create a new version, you must delete an existing version.`;
      throw new IamError("LimitExceeded", message);
    }
    const versionId = `v${policy.lastVersion + 1}`;
    return {
      ...policy,
      versions: [...policy.versions, { versionId, policyDocument, createdAt }],
      lastVersion: policy.lastVersion + 1,
      updatedAt: createdAt,
      ...(input.SetAsDefault === true ? { defaultVersionId: versionId } : {}),
    };
  });
  const made = requireVersion({ arn: input.PolicyArn ?? "", versions }, `v${lastVersion}`);
  return { PolicyVersion: describeVersion(made, defaultVersionId) };
};

const maxVersions = 5;
