import type { IamOperation } from "../operation.ts";
import { pageOf } from "../pages.ts";
import { describeProfile } from "../profiles/describe-profile.ts";
import { requireRole } from "../roles/find-role.ts";

/** The instance profiles that a role is in. Source: IAM API reference, ListInstanceProfilesForRole. */
export const listInstanceProfilesForRole: IamOperation<"ListInstanceProfilesForRole"> = async (input, { store }) => {
  const snapshot = store.snapshot();
  const { roleName } = requireRole(snapshot, input.RoleName).value;
  const profiles = snapshot.list("instanceProfile", { roleName }).map(({ value }) => value);
  const { items, page } = pageOf(profiles, input, ({ instanceProfileName }) => instanceProfileName.toLowerCase());
  return { InstanceProfiles: items.map((profile) => describeProfile(profile, snapshot)), ...page };
};
