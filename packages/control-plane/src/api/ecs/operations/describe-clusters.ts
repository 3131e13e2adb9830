import type * as sdk from "@aws-sdk/client-ecs";
import { EcsError } from "../api-error.ts";
import { describeCluster } from "../cluster/describe-cluster.ts";
import { clusterFrom } from "../identifiers.ts";
import type { Operation } from "../operation.ts";

/** Shows clusters, also INACTIVE ones; without names the one called `default`. Unknown ones are failures, not errors. */
export const describeClusters: Operation<"DescribeClusters"> = async (input, { store, caller }) => {
  const names = input.clusters?.length ? input.clusters : ["default"];
  if (names.length > 100) {
    throw new EcsError("InvalidParameterException", "clusters cannot have more than 100 elements.");
  }
  const snapshot = store.snapshot();
  const clusters: sdk.Cluster[] = [];
  const failures: sdk.Failure[] = [];
  for (const { arn } of new Map(
    names.map((each) => [clusterFrom(each, caller).arn, clusterFrom(each, caller)]),
  ).values()) {
    const stored = snapshot.get("cluster", arn);
    if (stored === undefined) failures.push({ arn, reason: "MISSING" });
    else clusters.push(describeCluster(stored, snapshot, input.include ?? []));
  }
  return { clusters, failures };
};
