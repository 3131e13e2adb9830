import type { IamOperation } from "../operation.ts";
import { pageOf } from "../pages.ts";
import { requirePolicy } from "../policies/find-policy.ts";
import { describeTags } from "../tags.ts";

/** The tags of a managed policy, by key. Source: IAM API reference, ListPolicyTags. */
export const listPolicyTags: IamOperation<"ListPolicyTags"> = async (input, { store }) => {
  const found = requirePolicy(store.snapshot(), input.PolicyArn);
  const tags = found.by === "aws" ? [] : found.stored.value.tags;
  const { items, page } = pageOf(tags, input, ({ key = "" }) => key);
  return { Tags: describeTags(items), ...page };
};
