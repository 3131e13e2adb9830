import type { IamOperation } from "../operation.ts";
import { describeProfile } from "../profiles/describe-profile.ts";
import { requireProfile } from "../profiles/find-profile.ts";

/** An instance profile with its role. Source: IAM API reference, GetInstanceProfile. */
export const getInstanceProfile: IamOperation<"GetInstanceProfile"> = async (input, { store }) => {
  const snapshot = store.snapshot();
  return { InstanceProfile: describeProfile(requireProfile(snapshot, input.InstanceProfileName).value, snapshot) };
};
