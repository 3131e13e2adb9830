import type { CompiledPolicy } from "./compile-policy.ts";
import { type AuthorizationRequest, evaluate } from "./evaluate.ts";

/** All that limits a role's session: each layer has to allow what it does. */
export interface PolicyLayers {
  /** The role's own policies. */
  readonly identity: readonly CompiledPolicy[];
  /** Absent if the role has none. */
  readonly boundary?: CompiledPolicy;
  /** Given with the session; absent if there are none. */
  readonly session?: readonly CompiledPolicy[];
}

/** As refusals name them. */
export type LayerName = "identity-based policy" | "permissions boundary" | "session policy";
export type Verdict =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly explicit: boolean; readonly by: LayerName };

/**
 * Whether all layers allow a request; a Deny in any of them is told before what nothing allows.
 * Source: IAM user guide, "Policy evaluation logic".
 */
export function evaluateLayers(request: AuthorizationRequest, { identity, boundary, session }: PolicyLayers): Verdict {
  const layers: readonly (readonly [LayerName, readonly CompiledPolicy[]])[] = [
    ["identity-based policy", identity],
    ...(boundary === undefined ? [] : [["permissions boundary", [boundary]] as const]),
    ...(session === undefined ? [] : [["session policy", session] as const]),
  ];
  const decisions = layers.map(([by, policies]) => ({ by, decision: evaluate(request, policies) }));
  const denying = decisions.find(({ decision }) => decision === "explicitDeny");
  if (denying !== undefined) return { allowed: false, explicit: true, by: denying.by };
  const silent = decisions.find(({ decision }) => decision === "implicitDeny");
  return silent === undefined ? { allowed: true } : { allowed: false, explicit: false, by: silent.by };
}
