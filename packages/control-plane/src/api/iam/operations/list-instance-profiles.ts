import type { IamOperation } from "../operation.ts";
import { pageOf } from "../pages.ts";
import { describeProfile } from "../profiles/describe-profile.ts";

/** The instance profiles below a path, by name. Source: IAM API reference, ListInstanceProfiles. */
export const listInstanceProfiles: IamOperation<"ListInstanceProfiles"> = async (input, { store }) => {
  const snapshot = store.snapshot();
  const profiles = snapshot.list("instanceProfile").map(({ value }) => value);
  const below = profiles.filter(({ path }) => path.startsWith(input.PathPrefix ?? "/"));
  const { items, page } = pageOf(below, input, ({ instanceProfileName }) => instanceProfileName.toLowerCase());
  return { InstanceProfiles: items.map((profile) => describeProfile(profile, snapshot)), ...page };
};
