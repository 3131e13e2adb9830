import type { CompiledPolicy, CompiledStatement } from "./compile-policy.ts";
import type { RequestContext } from "./policy-text.ts";

/** One thing that somebody wants to do to one resource. */
export interface AuthorizationRequest {
  /** As `ecs:RunTask`. */
  readonly action: string;
  /** An ARN, or `*` where the action knows no resources. */
  readonly resource: string;
  readonly context: RequestContext;
}

/** `implicitDeny`: nothing allows it. `explicitDeny`: something forbids it, whatever allows it. */
export type Decision = "allow" | "implicitDeny" | "explicitDeny";

/**
 * What policies say together: one Deny outweighs every Allow, and without an Allow the answer is no.
 * Source: IAM user guide, "Policy evaluation logic".
 */
export function evaluate(request: AuthorizationRequest, policies: readonly CompiledPolicy[]): Decision {
  let decision: Decision = "implicitDeny";
  for (const policy of policies) {
    for (const statement of policy) {
      if (!applies(statement, request)) continue;
      if (statement.effect === "Deny") return "explicitDeny";
      decision = "allow";
    }
  }
  return decision;
}

const applies = (statement: CompiledStatement, { action, resource, context }: AuthorizationRequest) =>
  statement.hasAction(action) && statement.hasResource(resource, context) && statement.conditionsHold(context);
