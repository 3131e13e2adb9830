import { commitPlan } from "../../ecs/commit-plan.ts";
import type { Operation } from "../operation.ts";
import { checkResourcePolicy, isPublic, resourcePolicyProblem } from "../resource-policy.ts";
import { requireLiveSecret, requireSecret } from "../secret-identifiers.ts";

/** The policy is kept and shown; what callers may do follows from their own. Source: Secrets Manager API reference. */
export const putResourcePolicy: Operation<"PutResourcePolicy"> = async (input, { store, caller }) => {
  const { SecretId, ResourcePolicy: resourcePolicy = "", BlockPublicPolicy = false } = input;
  checkResourcePolicy(resourcePolicy, BlockPublicPolicy);
  return commitPlan(store, (snapshot) => {
    const { arn, revision, value } = requireLiveSecret(snapshot, SecretId, caller);
    return {
      writes: [{ kind: "secret", arn, expected: revision, value: { ...value, resourcePolicy } }],
      result: { ARN: arn, Name: value.name },
    };
  });
};

/** Source: Secrets Manager API reference, GetResourcePolicy. */
export const getResourcePolicy: Operation<"GetResourcePolicy"> = async ({ SecretId }, { store, caller }) => {
  const { arn, value } = requireSecret(store.snapshot(), SecretId, caller);
  return {
    ARN: arn,
    Name: value.name,
    ...(value.resourcePolicy === undefined ? {} : { ResourcePolicy: value.resourcePolicy }),
  };
};

/** Source: Secrets Manager API reference, DeleteResourcePolicy. */
export const deleteResourcePolicy: Operation<"DeleteResourcePolicy"> = ({ SecretId }, { store, caller }) =>
  commitPlan(store, (snapshot) => {
    const { arn, revision, value } = requireLiveSecret(snapshot, SecretId, caller);
    const { resourcePolicy: _policy, ...rest } = value;
    return {
      writes: [{ kind: "secret", arn, expected: revision, value: rest }],
      result: { ARN: arn, Name: value.name },
    };
  });

/** Source: Secrets Manager API reference, ValidateResourcePolicy. */
export const validateResourcePolicy: Operation<"ValidateResourcePolicy"> = async ({ ResourcePolicy = "" }) => {
  const problem = resourcePolicyProblem(ResourcePolicy);
  if (problem !== undefined) {
    return { PolicyValidationPassed: false, ValidationErrors: [{ CheckName: "JSON_SYNTAX", ErrorMessage: problem }] };
  }
  return isPublic(ResourcePolicy)
    ? {
        PolicyValidationPassed: false,
        ValidationErrors: [
          { CheckName: "PUBLIC_ACCESS", ErrorMessage: "The policy grants access to a wide range of IAM principals." },
        ],
      }
    : { PolicyValidationPassed: true, ValidationErrors: [] };
};
