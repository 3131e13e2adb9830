import { EcsError } from "../api-error.ts";
import { commitPlan } from "../commit-plan.ts";
import type { Operation } from "../operation.ts";
import { requireParameter } from "../require.ts";
import { requireServiceDeployment } from "../services/require-service-deployment.ts";

/**
 * Has an ongoing deployment rolled back to the last one that completed. Source: ECS API reference, StopServiceDeployment;
 * a deployment that is over is a conflict.
 */
export const stopServiceDeployment: Operation<"StopServiceDeployment"> = async (input, { store, caller }) => {
  const arn = requireParameter(input.serviceDeploymentArn, "serviceDeploymentArn");
  if ((input.stopType ?? "ROLLBACK") !== "ROLLBACK") {
    throw new EcsError("UnsupportedFeatureException", "Hatoba stops service deployments with ROLLBACK alone.");
  }
  return commitPlan(store, (snapshot) => {
    const stored = requireServiceDeployment(snapshot, arn, caller);
    const { status } = stored.value;
    if (status !== "IN_PROGRESS" && status !== "PENDING") {
      throw new EcsError("ConflictException", `The service deployment is ${status} and cannot be stopped.`);
    }
    const value = { ...stored.value, status: "ROLLBACK_REQUESTED" as const };
    return {
      writes: [{ kind: "serviceDeployment", arn: stored.arn, expected: stored.revision, value }],
      result: { serviceDeploymentArn: stored.arn },
    };
  });
};
