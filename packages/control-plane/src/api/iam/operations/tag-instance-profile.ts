import type { IamOperation } from "../operation.ts";
import { changeProfile } from "../profiles/find-profile.ts";
import { withTags } from "../tags.ts";

/** Tags an instance profile. Source: IAM API reference, TagInstanceProfile. */
export const tagInstanceProfile: IamOperation<"TagInstanceProfile"> = async (input, { store }) => {
  await changeProfile(store, input.InstanceProfileName, (profile) => ({
    ...profile,
    tags: withTags(profile.tags, input.Tags),
  }));
  return {};
};
