import { lastSegment } from "@hatoba/contract";
import type { IamOperation } from "../operation.ts";
import { pageOf } from "../pages.ts";
import { requireRole } from "../roles/find-role.ts";

/** The managed policies of a role. Source: IAM API reference, ListAttachedRolePolicies. */
export const listAttachedRolePolicies: IamOperation<"ListAttachedRolePolicies"> = async (input, { store }) => {
  const { attachedPolicyArns } = requireRole(store.snapshot(), input.RoleName).value;
  const policies = attachedPolicyArns
    .map((arn) => ({ PolicyName: lastSegment(arn), PolicyArn: arn }))
    .filter(({ PolicyArn: arn }) => pathOf(arn).startsWith(input.PathPrefix ?? "/"));
  const { items, page } = pageOf(policies, input, ({ PolicyArn: arn }) => arn);
  return { AttachedPolicies: [...items], ...page };
};

/** `/service-role/` of `arn:aws:iam::aws:policy/service-role/NAME`. */
const pathOf = (policyArn: string) => policyArn.slice(policyArn.indexOf("/"), policyArn.lastIndexOf("/") + 1);
