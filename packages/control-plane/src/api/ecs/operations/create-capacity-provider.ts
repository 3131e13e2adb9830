import { capacityProviderArn } from "@hatoba/contract";
import { autoScalingGroupName, type CapacityProvider } from "../../../model/capacity-provider.ts";
import type { Snapshot, Write } from "../../../store/store.ts";
import type { Caller } from "../../operation-context.ts";
import { EcsError } from "../api-error.ts";
import {
  groupProviderOf,
  requireManagedInstances,
  requireProviderName,
} from "../capacity-providers/check-capacity-provider.ts";
import { describeCapacityProvider } from "../capacity-providers/describe-capacity-provider.ts";
import { commitPlan } from "../commit-plan.ts";
import type { Input, Operation } from "../operation.ts";
import { type FoundCluster, requireCluster, requireParameter } from "../require.ts";
import { requireTags } from "../tags.ts";

/**
 * Makes a capacity provider over an Auto Scaling group, or over managed instances of one cluster, which then has it at
 * once. Source: ECS API reference, CreateCapacityProvider.
 */
export const createCapacityProvider: Operation<"CreateCapacityProvider"> = async (input, { store, clock, caller }) => {
  const name = requireProviderName(requireParameter(input.name, "name"));
  const kind = kindOf(input);
  const tags = requireTags(input.tags);
  const arn = capacityProviderArn(caller, name);
  const createdAt = clock.now();
  const capacityProvider = await commitPlan(store, (snapshot) => {
    const existing = snapshot.get("capacityProvider", arn);
    if (existing?.value.status === "ACTIVE") {
      throw new EcsError(
        "ClientException",
        "The specified capacity provider already exists. To change the configuration of an existing capacity provider, update the capacity provider.",
      );
    }
    if (kind.autoScalingGroupProvider) refuseSharedGroup(kind.autoScalingGroupProvider, snapshot);
    const cluster = kind.managedInstancesProvider && clusterOf(input, snapshot, caller);
    const value: CapacityProvider = {
      name,
      status: "ACTIVE",
      ...kind,
      ...(cluster ? { clusterArn: cluster.arn } : {}),
      createdAt,
      tags,
    };
    const expected = existing?.revision ?? 0;
    return {
      writes: [{ kind: "capacityProvider", arn, expected, value }, ...(cluster ? [withProvider(cluster, name)] : [])],
      result: describeCapacityProvider({ kind: "capacityProvider", arn, revision: expected, value }, snapshot, {
        tags: true,
      }),
    };
  });
  return { capacityProvider };
};

function kindOf(
  input: Input<"CreateCapacityProvider">,
): Pick<CapacityProvider, "autoScalingGroupProvider" | "managedInstancesProvider"> {
  const { autoScalingGroupProvider, managedInstancesProvider } = input;
  if ((autoScalingGroupProvider === undefined) === (managedInstancesProvider === undefined)) {
    throw new EcsError(
      "InvalidParameterException",
      "Specify either autoScalingGroupProvider or managedInstancesProvider.",
    );
  }
  return autoScalingGroupProvider === undefined
    ? { managedInstancesProvider: requireManagedInstances(managedInstancesProvider as never) }
    : { autoScalingGroupProvider: groupProviderOf(autoScalingGroupProvider) };
}

/** A group is of one capacity provider. Source: ECS developer guide, "Auto Scaling group capacity providers". */
function refuseSharedGroup(
  { autoScalingGroupArn = "" }: { autoScalingGroupArn: string | undefined },
  snapshot: Snapshot,
) {
  const group = autoScalingGroupName(autoScalingGroupArn);
  const other = snapshot
    .list("capacityProvider")
    .find(
      ({ value: { status, autoScalingGroupProvider } }) =>
        status === "ACTIVE" && autoScalingGroupName(autoScalingGroupProvider?.autoScalingGroupArn ?? "") === group,
    );
  if (other === undefined) return;
  throw new EcsError(
    "ClientException",
    `The specified Auto Scaling group ARN is already being used by another capacity provider. Specify a unique Auto Scaling group ARN and try again.`,
  );
}

function clusterOf({ cluster }: Input<"CreateCapacityProvider">, snapshot: Snapshot, caller: Caller): FoundCluster {
  return requireCluster(snapshot, requireParameter(cluster, "cluster"), caller);
}

const withProvider = ({ arn, stored: { revision, value } }: FoundCluster, name: string): Write => ({
  kind: "cluster",
  arn,
  expected: revision,
  value: { ...value, capacityProviders: [...new Set([...value.capacityProviders, name])] },
});
