import { roleUniqueId } from "../../../credentials/role-unique-id.ts";
import type { IamOperation } from "../operation.ts";
import { pageOf } from "../pages.ts";
import { requirePolicy } from "../policies/find-policy.ts";

/**
 * The roles that have a managed policy; there are no users and groups. Source: IAM API reference,
 * ListEntitiesForPolicy.
 */
export const listEntitiesForPolicy: IamOperation<"ListEntitiesForPolicy"> = async (input, { store }) => {
  const snapshot = store.snapshot();
  const { PolicyArn: policyArn = "", EntityFilter: filter, PathPrefix: prefix = "/", PolicyUsageFilter: use } = input;
  requirePolicy(snapshot, policyArn);
  const roles = filter === undefined || filter === "Role" ? snapshot.list("role").map(({ value }) => value) : [];
  const having = roles.filter(
    (role) =>
      role.path.startsWith(prefix) &&
      ((use !== "PermissionsBoundary" && role.attachedPolicyArns.includes(policyArn)) ||
        (use !== "PermissionsPolicy" && role.permissionsBoundaryArn === policyArn)),
  );
  const { items, page } = pageOf(having, input, ({ roleName }) => roleName);
  const PolicyRoles = items.map(({ roleName, arn }) => ({ RoleName: roleName, RoleId: roleUniqueId(arn) }));
  return { PolicyRoles, PolicyUsers: [], PolicyGroups: [], ...page };
};
