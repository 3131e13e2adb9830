import type { Policy } from "@aws-sdk/client-iam";
import type { IamOperation } from "../operation.ts";
import { pageOf } from "../pages.ts";
import { describeListedPolicy, policyUses } from "../policies/describe-policy.ts";
import { allPolicies } from "../policies/find-policy.ts";

/** The managed policies, AWS's and the account's own. Source: IAM API reference, ListPolicies. */
export const listPolicies: IamOperation<"ListPolicies"> = async (input, { store }) => {
  const { Scope: scope = "All", PathPrefix: prefix = "/", OnlyAttached: onlyAttached = false } = input;
  const snapshot = store.snapshot();
  const uses = policyUses(snapshot);
  const policies = allPolicies(snapshot)
    .filter(({ by }) => scope === "All" || (by === "aws") === (scope === "AWS"))
    .map((found) => describeListedPolicy(found, uses))
    .filter(({ Path: path = "/" }) => path.startsWith(prefix))
    .filter((policy) => !onlyAttached || (policy.AttachmentCount ?? 0) > 0)
    .filter((policy) => input.PolicyUsageFilter === undefined || isUsedAs(policy, input.PolicyUsageFilter));
  const { items, page } = pageOf(policies, input, ({ Arn: arn = "" }) => arn);
  return { Policies: [...items], ...page };
};

const isUsedAs = (policy: Policy, use: string) =>
  ((use === "PermissionsBoundary" ? policy.PermissionsBoundaryUsageCount : policy.AttachmentCount) ?? 0) > 0;
