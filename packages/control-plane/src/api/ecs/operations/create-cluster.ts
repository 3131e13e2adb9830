import { clusterArn } from "@hatoba/contract";
import type { Cluster } from "../../../model/cluster.ts";
import { effectiveSetting } from "../account-settings.ts";
import { EcsError } from "../api-error.ts";
import {
  refuseServiceConnect,
  requireCapacityProviders,
  requireClusterSettings,
  requireConfiguration,
  requireStrategy,
} from "../cluster/check-cluster.ts";
import { describeCluster, wholeCluster } from "../cluster/describe-cluster.ts";
import { commitPlan } from "../commit-plan.ts";
import { isName } from "../names.ts";
import type { Input, Operation } from "../operation.ts";
import { requireTags } from "../tags.ts";

/**
 * Makes a cluster; one of the same name that is ACTIVE is answered as it is, an INACTIVE one begins anew.
 * Source: ECS API reference, CreateCluster.
 */
export const createCluster: Operation<"CreateCluster"> = async (input, { store, clock, caller }) => {
  const clusterName = input.clusterName || "default";
  const arn = clusterArn(caller, clusterName);
  const chosen = choices(input, clusterName);
  const createdAt = clock.now();
  const cluster = await commitPlan(store, (snapshot) => {
    const existing = snapshot.get("cluster", arn);
    if (existing?.value.status === "ACTIVE") {
      return { writes: [], result: describeCluster(existing, snapshot, wholeCluster) };
    }
    const settings = chosen.settings ?? [
      { name: "containerInsights" as const, value: effectiveSetting(snapshot, "containerInsights", caller) },
    ];
    const capacityProviders = requireCapacityProviders(input.capacityProviders ?? [], {
      snapshot,
      clusterArn: arn,
      place: caller,
    });
    const value: Cluster = {
      ...chosen,
      capacityProviders,
      defaultCapacityProviderStrategy: requireStrategy(input.defaultCapacityProviderStrategy ?? [], capacityProviders),
      settings,
      createdAt,
    };
    const revision = existing?.revision ?? 0;
    return {
      writes: [{ kind: "cluster", arn, expected: revision, value }],
      result: describeCluster({ kind: "cluster", arn, revision, value }, snapshot, wholeCluster),
    };
  });
  return { cluster };
};

/** What the caller chose, checked; without settings if none are named. */
function choices(input: Input<"CreateCluster">, clusterName: string) {
  if (!isName(clusterName)) {
    const reason = clusterName.length > 255 ? "is longer than 255 characters" : "contains invalid characters";
    throw new EcsError("InvalidParameterException", `Cluster name ${reason}.`);
  }
  refuseServiceConnect(input.serviceConnectDefaults);
  return {
    clusterName,
    status: "ACTIVE",
    tags: requireTags(input.tags),
    ...(input.settings?.length ? { settings: requireClusterSettings(input.settings) } : {}),
    ...(input.configuration ? { configuration: requireConfiguration(input.configuration) } : {}),
  } as const;
}
