import type { IamOperation } from "../operation.ts";
import { changePolicy } from "../policies/find-policy.ts";
import { withoutTags } from "../tags.ts";

/** Takes tags from a customer managed policy. Source: IAM API reference, UntagPolicy. */
export const untagPolicy: IamOperation<"UntagPolicy"> = async (input, { store }) => {
  await changePolicy(store, input.PolicyArn, (policy) => ({
    ...policy,
    tags: withoutTags(policy.tags, input.TagKeys),
  }));
  return {};
};
