import { type AwsManagedPolicy, awsManagedPolicies } from "../../../authorization/aws-managed-policies.ts";
import { type ManagedPolicy, managedPolicyKeyOf } from "../../../model/role.ts";
import { NotFoundError, type Snapshot, type Store, type Stored } from "../../../store/store.ts";
import { update } from "../../../store/update.ts";
import { IamError } from "../api-error.ts";

/** A managed policy: AWS's, which is a fact, or a customer's, which is stored. */
export type FoundPolicy =
  | { readonly by: "aws"; readonly policy: AwsManagedPolicy }
  | { readonly by: "customer"; readonly stored: Stored<"managedPolicy"> };

/** The policy of that ARN; undefined if there is none. */
export function findPolicy(snapshot: Snapshot, policyArn: string): FoundPolicy | undefined {
  const policy = awsManagedPolicies.get(policyArn);
  if (policy !== undefined) return { by: "aws", policy };
  const stored = snapshot.get("managedPolicy", managedPolicyKeyOf(policyArn));
  return stored?.value.arn === policyArn ? { by: "customer", stored } : undefined;
}

/** Every managed policy there is. */
export const allPolicies = (snapshot: Snapshot): FoundPolicy[] => [
  ...Array.from(awsManagedPolicies.values(), (policy) => ({ by: "aws" as const, policy })),
  ...snapshot.list("managedPolicy").map((stored) => ({ by: "customer" as const, stored })),
];

const noSuchPolicy = (policyArn: string) => new IamError("NoSuchEntity", `Policy ${policyArn} was not found.`);

/** @throws IamError NoSuchEntity, InvalidInput for what is no ARN of a policy */
export function requirePolicy(snapshot: Snapshot, policyArn = ""): FoundPolicy {
  if (!/^arn:aws:iam::(\d{12}|aws):policy\/.+$/.test(policyArn)) {
    throw new IamError("InvalidInput", `ARN ${policyArn} is not valid.`);
  }
  const found = findPolicy(snapshot, policyArn);
  if (found === undefined) throw noSuchPolicy(policyArn);
  return found;
}

/** As `requirePolicy`, for one that is the account's own. @throws IamError AccessDenied for AWS's */
export function requireOwnPolicy(snapshot: Snapshot, policyArn?: string): Stored<"managedPolicy"> {
  const found = requirePolicy(snapshot, policyArn);
  if (found.by === "customer") return found.stored;
  throw new IamError("AccessDenied", "Policy is outside your own account.");
}

/** Changes a customer managed policy, again if somebody else was faster. @throws IamError as `requireOwnPolicy` */
export async function changePolicy(
  store: Store,
  policyArn: string | undefined,
  change: (policy: ManagedPolicy) => ManagedPolicy,
): Promise<ManagedPolicy> {
  const { arn: key, value } = requireOwnPolicy(store.snapshot(), policyArn);
  try {
    return await update(store, "managedPolicy", key, (policy) => {
      if (policy.arn !== value.arn) throw noSuchPolicy(value.arn);
      return change(policy);
    });
  } catch (error) {
    if (error instanceof NotFoundError) throw noSuchPolicy(value.arn);
    throw error;
  }
}
