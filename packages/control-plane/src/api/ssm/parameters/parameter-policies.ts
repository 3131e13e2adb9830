import { SsmError } from "../api-error.ts";

const most = 10;

/**
 * When a parameter's policies want it deleted, in epoch milliseconds. Only Expiration is acted on; the two that announce
 * something are refused, since nothing would be announced. Source: Systems Manager user guide, "Assigning parameter policies".
 * @throws SsmError InvalidPolicyTypeException, InvalidPolicyAttributeException, PoliciesLimitExceededException
 */
export function expiryOf(policies: string | undefined): number | undefined {
  if (policies === undefined) return undefined;
  const list = parse(policies);
  if (list.length > most) {
    throw new SsmError("PoliciesLimitExceededException", `A parameter can have at most ${most} policies.`);
  }
  const times = list.map(expirationTime);
  if (times.length > 1) {
    throw new SsmError("IncompatiblePolicyException", "A parameter can have one Expiration policy.");
  }
  return times[0];
}

function parse(policies: string): readonly unknown[] {
  try {
    const list: unknown = JSON.parse(policies);
    if (Array.isArray(list)) return list as unknown[];
  } catch {
    // Said below.
  }
  throw new SsmError("InvalidPolicyAttributeException", "Policies must be a JSON array of parameter policies.");
}

function expirationTime(policy: unknown): number {
  const { Type, Attributes } = (policy ?? {}) as { readonly Type?: unknown; readonly Attributes?: unknown };
  if (Type !== "Expiration") {
    throw new SsmError(
      "InvalidPolicyTypeException",
      "The policy type is not supported. Parameter Store supports the following policy types here: Expiration.",
    );
  }
  const { Timestamp } = (Attributes ?? {}) as { readonly Timestamp?: unknown };
  const time = typeof Timestamp === "string" ? Date.parse(Timestamp) : Number.NaN;
  if (Number.isNaN(time)) {
    throw new SsmError("InvalidPolicyAttributeException", "An Expiration policy needs a Timestamp in ISO 8601.");
  }
  return time;
}
