import type * as sdk from "@aws-sdk/client-iam";
import { type InstanceProfile, roleKey } from "../../../model/role.ts";
import type { Snapshot } from "../../../store/store.ts";
import { describeListedRole } from "../roles/describe-role.ts";
import { shownTags } from "../tags.ts";
import { shownTime } from "../times.ts";

/** An instance profile with its role, in IAM's shape. */
export function describeProfile(profile: InstanceProfile, snapshot: Snapshot): sdk.InstanceProfile {
  const role = profile.roleName === undefined ? undefined : snapshot.get("role", roleKey(profile.roleName))?.value;
  return {
    Path: profile.path,
    InstanceProfileName: profile.instanceProfileName,
    InstanceProfileId: profile.instanceProfileId,
    Arn: profile.arn,
    CreateDate: shownTime(profile.createdAt),
    Roles: role === undefined ? [] : [describeListedRole(role)],
    ...shownTags(profile.tags),
  };
}
