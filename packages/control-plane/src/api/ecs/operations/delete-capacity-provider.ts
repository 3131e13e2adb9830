import type { CapacityProvider } from "../../../model/capacity-provider.ts";
import type { Snapshot, Stored, Write } from "../../../store/store.ts";
import { EcsError } from "../api-error.ts";
import { describeCapacityProvider } from "../capacity-providers/describe-capacity-provider.ts";
import { isFargateProvider, requireCapacityProvider } from "../capacity-providers/find-capacity-provider.ts";
import { commitPlan } from "../commit-plan.ts";
import type { Operation } from "../operation.ts";
import { requireParameter } from "../require.ts";

/**
 * Makes a capacity provider INACTIVE that no cluster has any more; one of managed instances leaves its cluster with it.
 * Source: ECS API reference, DeleteCapacityProvider.
 */
export const deleteCapacityProvider: Operation<"DeleteCapacityProvider"> = async (input, { store, caller }) => {
  const named = requireParameter(input.capacityProvider, "capacityProvider");
  if (isFargateProvider(named)) {
    throw new EcsError(
      "InvalidParameterException",
      `The specified capacity provider ${named} is reserved and cannot be deleted.`,
    );
  }
  const capacityProvider = await commitPlan(store, (snapshot) => {
    const stored = requireCapacityProvider(snapshot, named, caller);
    const value: CapacityProvider = { ...stored.value, status: "INACTIVE", updateStatus: "DELETE_COMPLETE" };
    return {
      writes: [
        { kind: "capacityProvider", arn: stored.arn, expected: stored.revision, value },
        ...leaveClusters(stored, snapshot),
      ],
      result: describeCapacityProvider({ ...stored, value }, snapshot, { tags: true }),
    };
  });
  return { capacityProvider };
};

function leaveClusters({ value: { name, clusterArn } }: Stored<"capacityProvider">, snapshot: Snapshot): Write[] {
  const having = snapshot
    .list("cluster")
    .filter(({ value }) => value.status === "ACTIVE" && value.capacityProviders.includes(name));
  const uses = having.some(
    ({ arn, value }) =>
      arn !== clusterArn ||
      value.defaultCapacityProviderStrategy.some(({ capacityProvider }) => capacityProvider === name) ||
      snapshot
        .list("service", { clusterArn: arn })
        .some(
          ({ value: service }) =>
            service.status !== "INACTIVE" &&
            service.capacityProviderStrategy?.some(({ capacityProvider }) => capacityProvider === name),
        ),
  );
  if (uses) {
    throw new EcsError(
      "ClientException",
      "The specified capacity provider is in use and cannot be removed. Disassociate it from all clusters and try again.",
    );
  }
  return having.map(({ arn, revision, value }) => ({
    kind: "cluster",
    arn,
    expected: revision,
    value: { ...value, capacityProviders: value.capacityProviders.filter((each) => each !== name) },
  }));
}
