import type { IamOperation } from "../operation.ts";
import { changeProfile } from "../profiles/find-profile.ts";
import { withoutTags } from "../tags.ts";

/** Takes tags from an instance profile. Source: IAM API reference, UntagInstanceProfile. */
export const untagInstanceProfile: IamOperation<"UntagInstanceProfile"> = async (input, { store }) => {
  await changeProfile(store, input.InstanceProfileName, (profile) => ({
    ...profile,
    tags: withoutTags(profile.tags, input.TagKeys),
  }));
  return {};
};
