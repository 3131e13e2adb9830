import type { IamOperation } from "../operation.ts";
import { pageOf } from "../pages.ts";
import { requireRole } from "../roles/find-role.ts";
import { describeTags } from "../tags.ts";

/** The tags of a role, by key. Source: IAM API reference, ListRoleTags. */
export const listRoleTags: IamOperation<"ListRoleTags"> = async (input, { store }) => {
  const { tags } = requireRole(store.snapshot(), input.RoleName).value;
  const { items, page } = pageOf(tags, input, ({ key = "" }) => key);
  return { Tags: describeTags(items), ...page };
};
