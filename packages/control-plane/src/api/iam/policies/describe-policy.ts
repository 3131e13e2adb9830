import type * as sdk from "@aws-sdk/client-iam";
import type { Snapshot } from "../../../store/store.ts";
import { shownTags } from "../tags.ts";
import { shownTime } from "../times.ts";
import type { FoundPolicy } from "./find-policy.ts";

/** How often each policy is attached, and how often it is a boundary, by ARN. Looks at every role once. */
export interface PolicyUses {
  readonly attached: ReadonlyMap<string, number>;
  readonly boundaries: ReadonlyMap<string, number>;
}

export function policyUses(snapshot: Snapshot): PolicyUses {
  const [attached, boundaries] = [new Map<string, number>(), new Map<string, number>()];
  const count = (counts: Map<string, number>, arn: string) => counts.set(arn, (counts.get(arn) ?? 0) + 1);
  for (const { value: role } of snapshot.list("role")) {
    for (const arn of role.attachedPolicyArns) count(attached, arn);
    if (role.permissionsBoundaryArn !== undefined) count(boundaries, role.permissionsBoundaryArn);
  }
  return { attached, boundaries };
}

/** A policy as lists show it: without description and tags. */
export function describeListedPolicy(found: FoundPolicy, uses: PolicyUses): sdk.Policy {
  const policy = found.by === "aws" ? found.policy : found.stored.value;
  return {
    PolicyName: policy.policyName,
    PolicyId: policy.policyId,
    Arn: policy.arn,
    Path: policy.path,
    DefaultVersionId: policy.defaultVersionId,
    AttachmentCount: uses.attached.get(policy.arn) ?? 0,
    PermissionsBoundaryUsageCount: uses.boundaries.get(policy.arn) ?? 0,
    IsAttachable: true,
    CreateDate: shownTime(policy.createdAt),
    UpdateDate: shownTime(policy.updatedAt),
  };
}

/** A policy as GetPolicy shows it. */
export function describePolicy(found: FoundPolicy, uses: PolicyUses): sdk.Policy {
  const policy = found.by === "aws" ? found.policy : found.stored.value;
  return {
    ...describeListedPolicy(found, uses),
    ...(policy.description === undefined ? {} : { Description: policy.description }),
    ...shownTags(policy.tags),
  };
}
