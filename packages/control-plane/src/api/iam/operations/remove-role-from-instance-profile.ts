import { IamError } from "../api-error.ts";
import type { IamOperation } from "../operation.ts";
import { changeProfile } from "../profiles/find-profile.ts";

/** Takes the role out of an instance profile. Source: IAM API reference, RemoveRoleFromInstanceProfile. */
export const removeRoleFromInstanceProfile: IamOperation<"RemoveRoleFromInstanceProfile"> = async (
  input,
  { store },
) => {
  await changeProfile(store, input.InstanceProfileName, ({ roleName, ...profile }) => {
    if (roleName === undefined || roleName !== input.RoleName) {
      throw new IamError("NoSuchEntity", `The role with name ${input.RoleName} cannot be found.`);
    }
    return profile;
  });
  return {};
};
