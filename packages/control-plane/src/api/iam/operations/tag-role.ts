import type { IamOperation } from "../operation.ts";
import { changeRole } from "../roles/find-role.ts";
import { withTags } from "../tags.ts";

/** Tags a role. Source: IAM API reference, TagRole. */
export const tagRole: IamOperation<"TagRole"> = async (input, { store }) => {
  await changeRole(store, input.RoleName, (role) => ({ ...role, tags: withTags(role.tags, input.Tags) }));
  return {};
};
