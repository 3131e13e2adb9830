import type * as sdk from "@aws-sdk/client-ecs";
import { describeContainerInstance } from "../container-instance/describe-container-instance.ts";
import {
  findContainerInstance,
  missingInstance,
  requireContainerInstanceNames,
} from "../container-instance/find-container-instance.ts";
import type { Operation } from "../operation.ts";
import { requireCluster } from "../require.ts";

/** Shows container instances of a cluster, 100 at the most, also deregistered ones. Unknown ones are failures. */
export const describeContainerInstances: Operation<"DescribeContainerInstances"> = async (input, { store, caller }) => {
  const snapshot = store.snapshot();
  const cluster = requireCluster(snapshot, input.cluster, caller);
  const containerInstances: sdk.ContainerInstance[] = [];
  const failures: sdk.Failure[] = [];
  for (const identifier of requireContainerInstanceNames(input.containerInstances, 100)) {
    const stored = findContainerInstance(snapshot, identifier, cluster, caller);
    if (stored === undefined) failures.push(missingInstance(identifier, cluster, caller));
    else containerInstances.push(describeContainerInstance(stored, snapshot, input.include ?? []));
  }
  return { containerInstances, failures };
};
