import type { AssumeRoleRequest } from "@aws-sdk/client-sts";
import { awsManagedPolicies } from "../../authorization/aws-managed-policies.ts";
import { compilePolicy } from "../../authorization/compile-policy.ts";
import { PolicyError } from "../../authorization/policy-document.ts";
import type { RoleSession } from "../../credentials/temporary-credentials.ts";
import { managedPolicyKeyOf, type Role } from "../../model/role.ts";
import type { Snapshot } from "../../store/store.ts";
import { StsError } from "./api-error.ts";

/** All in seconds. Source: IAM user guide, "Role chaining"; STS API reference, AssumeRole. */
const usualDuration = 3600;
const longestInChain = 3600;
/** Characters of policy and ARNs together; AWS counts them packed, which nobody can foretell. */
const maxPolicyLength = 2048;
const maxPolicyArns = 10;

/**
 * How long a session lasts, in seconds: at the most what its role says, and one hour if it is a session that asks for it.
 * @throws StsError ValidationError
 */
export function durationOf(
  { DurationSeconds: asked = usualDuration }: AssumeRoleRequest,
  { maxSessionDuration }: Role,
  isChained: boolean,
): number {
  if (isChained && asked > longestInChain) {
    const message =
      "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.";
    throw new StsError("ValidationError", message);
  }
  if (asked <= maxSessionDuration) return asked;
  throw new StsError(
    "ValidationError",
    "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
  );
}

/** @throws StsError ValidationError for what this house does not have: MFA devices, source identities, contexts */
export function refuseUnknown(input: AssumeRoleRequest): void {
  const members = ["SerialNumber", "TokenCode", "SourceIdentity", "ProvidedContexts", "TransitiveTagKeys"] as const;
  const given = members.find((member) => input[member] !== undefined && input[member].length > 0);
  if (given === undefined) return;
  const message = `Hatoba does not have ${given} of AssumeRole. docs/compatibility.md lists what there is.`;
  throw new StsError("ValidationError", message);
}

/** What limits and tags the session. @throws StsError MalformedPolicyDocument, PackedPolicyTooLarge, ValidationError */
export function limitsFrom(
  { Policy: policy, PolicyArns: arns = [], Tags: tags = [] }: AssumeRoleRequest,
  snapshot: Snapshot,
): Pick<RoleSession, "policy" | "policyArns" | "tags"> {
  const policyArns = arns.map(({ arn = "" }) => arn);
  if (policyArns.length > maxPolicyArns) {
    throw new StsError("ValidationError", `Member must have length less than or equal to ${maxPolicyArns}`);
  }
  for (const arn of policyArns) requirePolicy(arn, snapshot);
  if (policy !== undefined) requireDocument(policy);
  if ((policy ?? "").length + policyArns.join("").length > maxPolicyLength) {
    throw new StsError("PackedPolicyTooLarge", "Serialized token too large for session");
  }
  const keys = tags.map(({ Key = "" }) => Key.toLowerCase());
  if (new Set(keys).size < keys.length) throw new StsError("ValidationError", "Duplicate tag keys found.");
  return {
    ...(policy === undefined ? {} : { policy }),
    ...(policyArns.length === 0 ? {} : { policyArns }),
    ...(tags.length === 0 ? {} : { tags: tags.map(({ Key: key = "", Value: value = "" }) => ({ key, value })) }),
  };
}

/** Per cent of what a session may carry. */
export const packedSize = ({ policy = "", policyArns = [] }: Pick<RoleSession, "policy" | "policyArns">): number =>
  Math.ceil(((policy.length + policyArns.join("").length) * 100) / maxPolicyLength);

function requirePolicy(arn: string, snapshot: Snapshot): void {
  if (awsManagedPolicies.has(arn) || snapshot.get("managedPolicy", managedPolicyKeyOf(arn))?.value.arn === arn) return;
  throw new StsError("ValidationError", `Policy ${arn} does not exist or is not attachable.`);
}

function requireDocument(policy: string): void {
  try {
    compilePolicy(policy, "identity");
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    throw new StsError("MalformedPolicyDocument", error.message, { cause: error });
  }
}
