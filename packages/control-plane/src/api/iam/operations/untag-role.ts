import type { IamOperation } from "../operation.ts";
import { changeRole } from "../roles/find-role.ts";
import { withoutTags } from "../tags.ts";

/** Takes tags from a role. Source: IAM API reference, UntagRole. */
export const untagRole: IamOperation<"UntagRole"> = async (input, { store }) => {
  await changeRole(store, input.RoleName, (role) => ({ ...role, tags: withoutTags(role.tags, input.TagKeys) }));
  return {};
};
