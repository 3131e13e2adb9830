import type { Snapshot } from "../../../store/store.ts";
import { EcsError } from "../api-error.ts";
import { changeCluster } from "../cluster/change-cluster.ts";
import type { Operation } from "../operation.ts";
import { requireParameter } from "../require.ts";

/**
 * Makes an empty cluster INACTIVE; it can still be described, and CreateCluster of the same name begins anew.
 * @throws EcsError ClusterContains…Exception. Source: ECS API reference, DeleteCluster.
 */
export const deleteCluster: Operation<"DeleteCluster"> = async (input, context) => {
  const cluster = await changeCluster(
    requireParameter(input.cluster, "Cluster"),
    context,
    ({ arn, stored: { value } }, snapshot) => {
      refuseUnlessEmpty(arn, snapshot);
      return { ...value, status: "INACTIVE" };
    },
  );
  return { cluster };
};

function refuseUnlessEmpty(clusterArn: string, snapshot: Snapshot): void {
  const services = snapshot.tally("clusterServices", clusterArn);
  if (services.active + services.draining > 0) {
    throw new EcsError("ClusterContainsServicesException", "The Cluster cannot be deleted while Services are active.");
  }
  if (snapshot.tally("clusterInstances", clusterArn) > 0) {
    throw new EcsError(
      "ClusterContainsContainerInstancesException",
      "The Cluster cannot be deleted while Container Instances are active or draining.",
    );
  }
  if (snapshot.list("task", { clusterArn }).some(({ value }) => value.lastStatus !== "STOPPED")) {
    throw new EcsError("ClusterContainsTasksException", "The Cluster cannot be deleted while Tasks are active.");
  }
}
