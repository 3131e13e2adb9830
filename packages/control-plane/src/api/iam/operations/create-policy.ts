import { type ManagedPolicy, managedPolicyArn, managedPolicyKey } from "../../../model/role.ts";
import type { IdSource } from "../../../platform/ids.ts";
import { ConflictError, type Store } from "../../../store/store.ts";
import { IamError } from "../api-error.ts";
import type { IamOperation } from "../operation.ts";
import { describePolicy, policyUses } from "../policies/describe-policy.ts";
import { requirePolicy } from "../policies/find-policy.ts";
import { requireManagedDocument } from "../policies/versions.ts";
import { withTags } from "../tags.ts";

/** Makes a managed policy with its first version. Source: IAM API reference, CreatePolicy. */
export const createPolicy: IamOperation<"CreatePolicy"> = async (input, { store, clock, ids, caller }) => {
  const { PolicyName: policyName = "", Path: path = "/" } = input;
  const now = clock.now();
  const policy: ManagedPolicy = {
    policyName,
    path,
    arn: managedPolicyArn(caller, path, policyName),
    policyId: newPolicyId(ids),
    ...(input.Description === undefined ? {} : { description: input.Description }),
    defaultVersionId: "v1",
    versions: [{ versionId: "v1", policyDocument: requireManagedDocument(input.PolicyDocument), createdAt: now }],
    lastVersion: 1,
    tags: withTags([], input.Tags),
    createdAt: now,
    updatedAt: now,
  };
  await addPolicy(store, policy);
  return { Policy: describePolicy(requirePolicy(store.snapshot(), policy.arn), policyUses(store.snapshot())) };
};

/** `ANPA` and 17 digits or letters. */
const newPolicyId = (ids: IdSource) => `ANPA${ids.hex(17).toUpperCase()}`;

async function addPolicy(store: Store, policy: ManagedPolicy): Promise<void> {
  const arn = managedPolicyKey(policy.policyName);
  try {
    await store.commit([{ kind: "managedPolicy", arn, expected: 0, value: policy }]);
  } catch (error) {
    if (!(error instanceof ConflictError)) throw error;
    const message = `A policy called ${policy.policyName} already exists. Duplicate names are not allowed.`;
    throw new IamError("EntityAlreadyExists", message, { cause: error });
  }
}
