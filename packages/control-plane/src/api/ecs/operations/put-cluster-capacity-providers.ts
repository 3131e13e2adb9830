import type { Snapshot } from "../../../store/store.ts";
import { EcsError } from "../api-error.ts";
import { changeCluster } from "../cluster/change-cluster.ts";
import { requireCapacityProviders, requireStrategy } from "../cluster/check-cluster.ts";
import type { Operation } from "../operation.ts";

/**
 * Replaces a cluster's capacity providers and its default strategy. One that a service names cannot be taken away.
 * Source: ECS API reference, PutClusterCapacityProviders.
 */
export const putClusterCapacityProviders: Operation<"PutClusterCapacityProviders"> = async (input, context) => {
  const cluster = await changeCluster(input.cluster, context, ({ arn, stored: { value } }, snapshot) => {
    const capacityProviders = requireCapacityProviders(input.capacityProviders ?? [], {
      snapshot,
      clusterArn: arn,
      place: context.caller,
    });
    const strategy = requireStrategy(input.defaultCapacityProviderStrategy ?? [], capacityProviders);
    const removed = value.capacityProviders.filter((name) => !capacityProviders.includes(name));
    refuseInUse(removed, arn, snapshot);
    return { ...value, capacityProviders, defaultCapacityProviderStrategy: strategy };
  });
  return { cluster };
};

function refuseInUse(removed: readonly string[], clusterArn: string, snapshot: Snapshot): void {
  if (removed.length === 0) return;
  const inUse = snapshot
    .list("service", { clusterArn })
    .some(
      ({ value: { status, capacityProviderStrategy = [] } }) =>
        status !== "INACTIVE" && capacityProviderStrategy.some((item) => removed.includes(item.capacityProvider ?? "")),
    );
  if (inUse) {
    throw new EcsError("ResourceInUseException", "The specified capacity provider is in use and cannot be removed.");
  }
}
