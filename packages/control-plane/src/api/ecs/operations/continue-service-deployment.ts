import { EcsError } from "../api-error.ts";
import { commitPlan } from "../commit-plan.ts";
import type { Operation } from "../operation.ts";
import { requireParameter } from "../require.ts";
import { requireServiceDeployment } from "../services/require-service-deployment.ts";

/** Says how a deployment that pauses is to go on. Source: ECS API reference, ContinueServiceDeployment. */
export const continueServiceDeployment: Operation<"ContinueServiceDeployment"> = async (input, { store, caller }) => {
  const arn = requireParameter(input.serviceDeploymentArn, "serviceDeploymentArn");
  const hookId = requireParameter(input.hookId, "hookId");
  const requested = input.action ?? "CONTINUE";
  return commitPlan(store, (snapshot) => {
    const stored = requireServiceDeployment(snapshot, arn, caller);
    const pause = stored.value.pauses.find((each) => each.hookId === hookId);
    if (pause === undefined) {
      throw new EcsError("InvalidParameterException", `The service deployment has no lifecycle hook ${hookId}.`);
    }
    if (pause.status !== "AWAITING_ACTION" || (pause.requested ?? requested) !== requested) {
      throw new EcsError("InvalidParameterException", `The lifecycle hook ${hookId} does not wait for an action.`);
    }
    const pauses = stored.value.pauses.map((each) => (each === pause ? { ...each, requested } : each));
    const value = { ...stored.value, pauses };
    return {
      writes: [{ kind: "serviceDeployment", arn: stored.arn, expected: stored.revision, value }],
      result: { serviceDeploymentArn: stored.arn },
    };
  });
};
