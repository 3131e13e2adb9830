import type { IamOperation } from "../operation.ts";
import { pageOf } from "../pages.ts";
import { requireRole } from "../roles/find-role.ts";

/** The names of the policies that are part of a role. Source: IAM API reference, ListRolePolicies. */
export const listRolePolicies: IamOperation<"ListRolePolicies"> = async (input, { store }) => {
  const { inlinePolicies } = requireRole(store.snapshot(), input.RoleName).value;
  const { items, page } = pageOf(inlinePolicies, input, ({ policyName }) => policyName);
  return { PolicyNames: items.map(({ policyName }) => policyName), ...page };
};
