import type { IamOperation } from "../operation.ts";
import { pageOf } from "../pages.ts";
import { requireProfile } from "../profiles/find-profile.ts";
import { describeTags } from "../tags.ts";

/** The tags of an instance profile, by key. Source: IAM API reference, ListInstanceProfileTags. */
export const listInstanceProfileTags: IamOperation<"ListInstanceProfileTags"> = async (input, { store }) => {
  const { tags } = requireProfile(store.snapshot(), input.InstanceProfileName).value;
  const { items, page } = pageOf(tags, input, ({ key = "" }) => key);
  return { Tags: describeTags(items), ...page };
};
