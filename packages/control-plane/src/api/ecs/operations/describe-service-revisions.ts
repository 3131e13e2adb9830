import type * as sdk from "@aws-sdk/client-ecs";
import { launchTypeOf } from "../../../model/new-task.ts";
import type { Stored } from "../../../store/store.ts";
import { EcsError } from "../api-error.ts";
import type { Operation } from "../operation.ts";
import { requireParameter } from "../require.ts";
import { revisionFrom } from "../services/require-service-deployment.ts";

/** Shows what deployments brought about, by ARN. Source: ECS API reference, DescribeServiceRevisions. */
export const describeServiceRevisions: Operation<"DescribeServiceRevisions"> = async (input, { store, caller }) => {
  const arns = [...new Set(requireParameter(input.serviceRevisionArns, "serviceRevisionArns"))];
  if (arns.length > 20) {
    throw new EcsError("InvalidParameterException", "serviceRevisionArns cannot have more than 20 elements.");
  }
  const snapshot = store.snapshot();
  const found = arns.map((arn) => ({ arn, stored: snapshot.get("serviceRevision", revisionFrom(arn, caller)) }));
  return {
    serviceRevisions: found.flatMap(({ stored }) => (stored ? [describeRevision(stored)] : [])),
    failures: found.filter(({ stored }) => stored === undefined).map(({ arn }) => ({ arn, reason: "MISSING" })),
  };
};

function describeRevision({ arn, value }: Stored<"serviceRevision">): sdk.ServiceRevision {
  const { launchType, capacityProviderStrategy, networkConfiguration, platformVersion } = value;
  const isFargate = launchTypeOf(value).launchType === "FARGATE";
  return {
    serviceRevisionArn: arn,
    serviceArn: value.serviceArn,
    clusterArn: value.clusterArn,
    taskDefinition: value.taskDefinition,
    ...(launchType === undefined ? {} : { launchType }),
    ...(capacityProviderStrategy === undefined ? {} : { capacityProviderStrategy: [...capacityProviderStrategy] }),
    ...(isFargate ? { platformVersion: platformVersion ?? "LATEST", platformFamily: "Linux" } : {}),
    ...(networkConfiguration === undefined ? {} : { networkConfiguration }),
    containerImages: [...value.containerImages],
    guardDutyEnabled: false,
    createdAt: new Date(value.createdAt),
  };
}
