import type * as sdk from "@aws-sdk/client-ecs";
import { describeContainerInstance } from "../container-instance/describe-container-instance.ts";
import {
  findContainerInstance,
  missingInstance,
  namedContainerInstances,
} from "../container-instance/find-container-instance.ts";
import type { Operation } from "../operation.ts";
import { requireCluster } from "../require.ts";

/** Shows container instances of a cluster, 100 at the most, also deregistered ones. Unknown ones are failures. */
export const describeContainerInstances: Operation<"DescribeContainerInstances"> = async (input, { store, caller }) => {
  const snapshot = store.snapshot();
  const cluster = requireCluster(snapshot, input.cluster, caller);
  const containerInstances: sdk.ContainerInstance[] = [];
  const failures: sdk.Failure[] = [];
  for (const arn of namedContainerInstances(input.containerInstances, { cluster, place: caller, limit: 100 })) {
    const stored = findContainerInstance(snapshot, arn, cluster, caller);
    if (stored === undefined) failures.push(missingInstance(arn));
    else containerInstances.push(describeContainerInstance(stored, snapshot, input.include ?? []));
  }
  return { containerInstances, failures };
};
