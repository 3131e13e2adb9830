import type { IamOperation } from "../operation.ts";
import { describePolicy, policyUses } from "../policies/describe-policy.ts";
import { requirePolicy } from "../policies/find-policy.ts";

/** A managed policy without its document. Source: IAM API reference, GetPolicy. */
export const getPolicy: IamOperation<"GetPolicy"> = async ({ PolicyArn: policyArn }, { store }) => {
  const snapshot = store.snapshot();
  return { Policy: describePolicy(requirePolicy(snapshot, policyArn), policyUses(snapshot)) };
};
