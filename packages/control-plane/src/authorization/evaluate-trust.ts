import type { CompiledPolicy } from "./compile-policy.ts";
import type { Decision } from "./evaluate.ts";
import type { RequestContext } from "./policy-text.ts";

/** Who wants to take on a role. */
export interface Principal {
  readonly accountId: string;
  /** What may stand for it in a policy: its own ARN, and for a role session the role's. Empty for a service. */
  readonly arns: readonly string[];
  /** As `ecs-tasks.amazonaws.com`. */
  readonly service?: string;
}

/** `allowByAccount`: the whole account is trusted, so that the principal's own policies have to allow it as well. */
export type TrustDecision = Decision | "allowByAccount";

/**
 * What a trust policy says of a principal. Source: IAM user guide, "AWS JSON policy elements: Principal".
 * @param action as `sts:AssumeRole`
 */
export function evaluateTrust(
  {
    action,
    principal,
    context,
  }: { readonly action: string; readonly principal: Principal; readonly context: RequestContext },
  policy: CompiledPolicy,
): TrustDecision {
  let decision: TrustDecision = "implicitDeny";
  for (const { effect, principals, hasAction, conditionsHold } of policy) {
    const named = principals === undefined ? undefined : nameIn(principals, principal);
    if (named === undefined || !hasAction(action) || !conditionsHold(context)) continue;
    if (effect === "Deny") return "explicitDeny";
    if (decision !== "allow") decision = named === "itself" ? "allow" : "allowByAccount";
  }
  return decision;
}

/** Whether a principal is meant by name, or by its whole account. */
export type Naming = "itself" | "account" | undefined;
type Named = NonNullable<CompiledPolicy[number]["principals"]>;

/** How principals of a statement name somebody. */
export function nameIn({ except, of }: Named, principal: Principal): Naming {
  const naming = namingOf(of, principal);
  return except ? (naming === undefined ? "account" : undefined) : naming;
}

function namingOf(principals: Named["of"], { accountId, arns, service }: Principal): Naming {
  if (principals === "*") return service === undefined ? "account" : undefined;
  if (service !== undefined) return principals.Service?.includes(service) === true ? "itself" : undefined;
  const named = principals.AWS ?? [];
  const account = `arn:aws:iam::${accountId}:root`;
  if (named.some((each) => each !== account && arns.includes(each))) return "itself";
  return named.some((each) => each === "*" || each === accountId || each === account) ? "account" : undefined;
}
