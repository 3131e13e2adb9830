import { type InstanceProfile, instanceProfileArn, instanceProfileKey } from "../../../model/role.ts";
import { ConflictError } from "../../../store/store.ts";
import { IamError } from "../api-error.ts";
import type { IamOperation } from "../operation.ts";
import { describeProfile } from "../profiles/describe-profile.ts";
import { withTags } from "../tags.ts";

/** Makes an instance profile, without a role. Source: IAM API reference, CreateInstanceProfile. */
export const createInstanceProfile: IamOperation<"CreateInstanceProfile"> = async (
  input,
  { store, clock, ids, caller },
) => {
  const { InstanceProfileName: instanceProfileName = "", Path: path = "/" } = input;
  const profile: InstanceProfile = {
    instanceProfileName,
    path,
    arn: instanceProfileArn(caller, path, instanceProfileName),
    instanceProfileId: `AIPA${ids.hex(17).toUpperCase()}`,
    tags: withTags([], input.Tags),
    createdAt: clock.now(),
  };
  try {
    const arn = instanceProfileKey(instanceProfileName);
    await store.commit([{ kind: "instanceProfile", arn, expected: 0, value: profile }]);
  } catch (error) {
    if (!(error instanceof ConflictError)) throw error;
    const message = `Instance Profile ${instanceProfileName} already exists.`;
    throw new IamError("EntityAlreadyExists", message, { cause: error });
  }
  return { InstanceProfile: describeProfile(profile, store.snapshot()) };
};
