import { EcsError } from "../api-error.ts";
import type { Operation } from "../operation.ts";
import { requireParameter } from "../require.ts";
import { describeServiceDeployment } from "../services/describe-service-deployment.ts";
import { recordFrom } from "../services/require-service-deployment.ts";

/** Shows deployments by ARN, also those that are over. Source: ECS API reference, DescribeServiceDeployments. */
export const describeServiceDeployments: Operation<"DescribeServiceDeployments"> = async (input, { store, caller }) => {
  const arns = [...new Set(requireParameter(input.serviceDeploymentArns, "serviceDeploymentArns"))];
  if (arns.length > 20) {
    throw new EcsError("InvalidParameterException", "serviceDeploymentArns cannot have more than 20 elements.");
  }
  const snapshot = store.snapshot();
  const found = arns.map((arn) => ({ arn, stored: snapshot.get("serviceDeployment", recordFrom(arn, caller)) }));
  return {
    serviceDeployments: found.flatMap(({ stored }) => (stored ? [describeServiceDeployment(stored, snapshot)] : [])),
    failures: found.filter(({ stored }) => stored === undefined).map(({ arn }) => ({ arn, reason: "MISSING" })),
  };
};
