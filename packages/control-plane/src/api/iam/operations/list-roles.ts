import type { IamOperation } from "../operation.ts";
import { pageOf } from "../pages.ts";
import { describeListedRole } from "../roles/describe-role.ts";

/** The roles below a path, by name. Source: IAM API reference, ListRoles. */
export const listRoles: IamOperation<"ListRoles"> = async (input, { store }) => {
  const { PathPrefix: prefix = "/" } = input;
  const roles = store
    .snapshot()
    .list("role")
    .map(({ value }) => value)
    .filter(({ path }) => path.startsWith(prefix));
  const { items, page } = pageOf(roles, input, ({ roleName }) => roleName.toLowerCase());
  return { Roles: items.map(describeListedRole), ...page };
};
