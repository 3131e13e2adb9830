import { ConflictError, type Store, type Write } from "../../../store/store.ts";
import { IamError } from "../api-error.ts";
import { type FoundPolicy, findPolicy } from "../policies/find-policy.ts";
import { requireOwn, requireRole } from "./find-role.ts";

/** AWS gives out more on request. Source: IAM user guide, "IAM and AWS STS quotas". */
const maxAttached = 20;

/**
 * Gives a role a managed policy. A customer's policy is written as it is in the same commit, so that nobody deletes it
 * meanwhile. @throws IamError NoSuchEntity, LimitExceeded, UnmodifiableEntity
 */
export async function attachPolicy(
  store: Store,
  request: { readonly RoleName?: string | undefined; readonly PolicyArn?: string | undefined },
): Promise<void> {
  const { RoleName: roleName, PolicyArn: policyArn = "" } = request;
  for (;;) {
    const snapshot = store.snapshot();
    const { arn, revision, value } = requireRole(snapshot, roleName);
    const role = requireOwn(value);
    const policy = findPolicy(snapshot, policyArn);
    if (policy === undefined) {
      throw new IamError("NoSuchEntity", `Policy ${policyArn} does not exist or is not attachable.`);
    }
    if (role.attachedPolicyArns.includes(policyArn)) return;
    const attachedPolicyArns = [...role.attachedPolicyArns, policyArn];
    if (attachedPolicyArns.length > maxAttached) {
      throw new IamError("LimitExceeded", `Cannot exceed quota for PoliciesPerRole: ${maxAttached}`);
    }
    try {
      const write: Write = { kind: "role", arn, expected: revision, value: { ...role, attachedPolicyArns } };
      await store.commit([write, ...holding(policy)]);
      return;
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
    }
  }
}

function holding(found: FoundPolicy): Write[] {
  if (found.by === "aws") return [];
  const { kind, arn, revision, value } = found.stored;
  return [{ kind, arn, expected: revision, value }];
}
