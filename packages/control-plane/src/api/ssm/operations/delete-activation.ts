import { activationKey } from "../../../model/activation.ts";
import { commitPlan } from "../../ecs/commit-plan.ts";
import { SsmError } from "../api-error.ts";
import type { Operation } from "../operation.ts";

/**
 * Nobody joins by this activation any more; machines that have stay. @throws SsmError InvalidActivationId.
 * Source: Systems Manager API reference, DeleteActivation.
 */
export const deleteActivation: Operation<"DeleteActivation"> = async (input, { store }) => {
  const arn = activationKey(input.ActivationId ?? "");
  return commitPlan(store, (snapshot) => {
    const stored = snapshot.get("activation", arn);
    if (stored === undefined) throw new SsmError("InvalidActivationId", "The activation ID isn't valid.");
    return { writes: [{ kind: "activation", arn, expected: stored.revision, value: null }], result: {} };
  });
};
