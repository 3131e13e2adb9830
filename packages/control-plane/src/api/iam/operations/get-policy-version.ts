import type { IamOperation } from "../operation.ts";
import { requirePolicy } from "../policies/find-policy.ts";
import { defaultVersionOf, describeVersionWithDocument, requireVersion, versionsOf } from "../policies/versions.ts";

/**
 * A version of a managed policy with its document; of AWS's policies there is the default one. Source: IAM API
 * reference, GetPolicyVersion.
 */
export const getPolicyVersion: IamOperation<"GetPolicyVersion"> = async (input, { store }) => {
  const found = requirePolicy(store.snapshot(), input.PolicyArn);
  const version = requireVersion({ arn: input.PolicyArn ?? "", versions: versionsOf(found) }, input.VersionId);
  return { PolicyVersion: describeVersionWithDocument(version, defaultVersionOf(found)) };
};
