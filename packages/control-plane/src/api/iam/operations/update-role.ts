import type { IamOperation } from "../operation.ts";
import { changeRole } from "../roles/find-role.ts";

/** Changes how a role is described and how long its sessions last. Source: IAM API reference, UpdateRole. */
export const updateRole: IamOperation<"UpdateRole"> = async (input, { store }) => {
  const { Description: description, MaxSessionDuration: maxSessionDuration } = input;
  await changeRole(store, input.RoleName, (role) => ({
    ...role,
    ...(description === undefined ? {} : { description }),
    ...(maxSessionDuration === undefined ? {} : { maxSessionDuration }),
  }));
  return {};
};
