import type * as sdk from "@aws-sdk/client-ecs";
import { capacityProviderArn, type Place } from "@hatoba/contract";
import type { Snapshot, Stored } from "../../../store/store.ts";

/** The capacity providers that every account has. Source: ECS developer guide, Fargate capacity providers. */
export const fargateProviders = ["FARGATE", "FARGATE_SPOT"] as const;

/** One of the providers that are always there, as the API shows it. */
export const describeFargateProvider = (
  name: (typeof fargateProviders)[number],
  place: Place,
): sdk.CapacityProvider => ({
  capacityProviderArn: capacityProviderArn(place, name),
  name,
  status: "ACTIVE",
  type: name,
  tags: [],
});

/** A capacity provider that somebody made, as the API shows it. */
export function describeCapacityProvider(
  { arn, value }: Stored<"capacityProvider">,
  snapshot: Snapshot,
  { tags }: { readonly tags: boolean },
): sdk.CapacityProvider {
  const { name, status, autoScalingGroupProvider, managedInstancesProvider, updateStatus, clusterArn } = value;
  const cluster = clusterArn && snapshot.get("cluster", clusterArn)?.value.clusterName;
  return {
    capacityProviderArn: arn,
    name,
    status,
    type: autoScalingGroupProvider === undefined ? "MANAGED_INSTANCES" : "EC2_AUTOSCALING",
    ...(autoScalingGroupProvider === undefined ? {} : { autoScalingGroupProvider }),
    ...(managedInstancesProvider === undefined ? {} : { managedInstancesProvider }),
    ...(cluster ? { cluster } : {}),
    ...(updateStatus === undefined ? {} : { updateStatus }),
    tags: tags ? [...value.tags] : [],
  };
}
