import type { AutoScalingGroupProvider, ManagedInstancesProvider, Tag } from "@aws-sdk/client-ecs";

/** A capacity provider that a user made, as stored; keyed by its ARN. FARGATE and FARGATE_SPOT are not stored: they are always there. */
export interface CapacityProvider {
  readonly name: string;
  readonly status: "ACTIVE" | "INACTIVE";
  /** With defaults filled in. Its group's container instances are those that registered with this group's name. */
  readonly autoScalingGroupProvider?: AutoScalingGroupProvider;
  readonly managedInstancesProvider?: ManagedInstancesProvider;
  /** The cluster of a provider of managed instances, which is of that cluster alone. */
  readonly clusterArn?: string;
  readonly updateStatus?: "DELETE_COMPLETE" | "UPDATE_COMPLETE" | "CREATE_COMPLETE";
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly tags: readonly Tag[];
}

/** The attribute with which an agent says of which Auto Scaling group its machine is. */
export const autoScalingGroupAttribute = "hatoba.auto-scaling-group";

/** The attribute with which an agent says that its machine stands for an instance of a provider of managed instances. */
export const managedInstancesAttribute = "hatoba.capacity-provider";

/** How a provider's container instances are told: the attribute, and its value; undefined for one that has none here. */
export function membershipOf({
  name,
  autoScalingGroupProvider,
  managedInstancesProvider,
}: CapacityProvider): { readonly name: string; readonly value: string } | undefined {
  if (managedInstancesProvider !== undefined) return { name: managedInstancesAttribute, value: name };
  const group = autoScalingGroupName(autoScalingGroupProvider?.autoScalingGroupArn ?? "");
  return group === "" ? undefined : { name: autoScalingGroupAttribute, value: group };
}

/** The name of the Auto Scaling group behind an ARN; a name is its own. */
export const autoScalingGroupName = (nameOrArn: string): string =>
  nameOrArn.includes("autoScalingGroupName/")
    ? (nameOrArn.split("autoScalingGroupName/").at(-1) ?? nameOrArn)
    : nameOrArn;
