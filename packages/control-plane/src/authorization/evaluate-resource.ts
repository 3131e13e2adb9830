import type { CompiledPolicy } from "./compile-policy.ts";
import type { AuthorizationRequest, Decision } from "./evaluate.ts";
import { nameIn, type Principal } from "./evaluate-trust.ts";

/**
 * What the policy of a resource says of a principal of the same account. Undefined stands for somebody unknown, whom only
 * statements for everybody are about. A statement for the principal's account leaves it to the principal's own policies, and is
 * no Allow here. Source: IAM user guide, "Policy evaluation logic", and "AWS JSON policy elements: Principal".
 */
export function evaluateResource(
  { action, resource, context }: AuthorizationRequest,
  principal: Principal | undefined,
  policy: CompiledPolicy,
): Decision {
  let decision: Decision = "implicitDeny";
  for (const { effect, principals, hasAction, hasResource, conditionsHold } of policy) {
    if (!hasAction(action) || !hasResource(resource, context) || !conditionsHold(context)) continue;
    const everybody = principals !== undefined && isEverybody(principals);
    const named = principals && nameIn(principals, principal ?? unknown);
    if (effect === "Deny" && (everybody || named !== undefined)) return "explicitDeny";
    if (effect === "Allow" && (everybody || named === "itself")) decision = "allow";
  }
  return decision;
}

/** Everybody's statements are about it, and those for all but some. */
const unknown: Principal = { accountId: "", arns: [] };
type Named = NonNullable<CompiledPolicy[number]["principals"]>;
const isEverybody = ({ except, of }: Named) => !except && (of === "*" || of.AWS?.includes("*") === true);
