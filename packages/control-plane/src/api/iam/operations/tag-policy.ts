import type { IamOperation } from "../operation.ts";
import { changePolicy } from "../policies/find-policy.ts";
import { withTags } from "../tags.ts";

/** Tags a customer managed policy. Source: IAM API reference, TagPolicy. */
export const tagPolicy: IamOperation<"TagPolicy"> = async (input, { store }) => {
  await changePolicy(store, input.PolicyArn, (policy) => ({ ...policy, tags: withTags(policy.tags, input.Tags) }));
  return {};
};
