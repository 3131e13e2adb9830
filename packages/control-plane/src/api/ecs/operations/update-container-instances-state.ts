import type * as sdk from "@aws-sdk/client-ecs";
import type { Write } from "../../../store/store.ts";
import { EcsError } from "../api-error.ts";
import { commitPlan } from "../commit-plan.ts";
import { describeContainerInstance } from "../container-instance/describe-container-instance.ts";
import { missingInstance, namedContainerInstances } from "../container-instance/find-container-instance.ts";
import type { Operation } from "../operation.ts";
import { requireCluster } from "../require.ts";

/**
 * Makes container instances ACTIVE or DRAINING, 10 at the most; a draining one gets no new tasks, and the service loop
 * moves service tasks away. Source: ECS API reference, UpdateContainerInstancesState.
 */
export const updateContainerInstancesState: Operation<"UpdateContainerInstancesState"> = async (
  input,
  { store, caller },
) => {
  const status = input.status;
  if (status !== "ACTIVE" && status !== "DRAINING") {
    throw new EcsError("InvalidParameterException", "Container instance status should be one of [ACTIVE, DRAINING]");
  }
  return commitPlan(store, (snapshot) => {
    const cluster = requireCluster(snapshot, input.cluster, caller);
    const containerInstances: sdk.ContainerInstance[] = [];
    const failures: sdk.Failure[] = [];
    const writes: Write[] = [];
    for (const arn of namedContainerInstances(input.containerInstances, { cluster, place: caller, limit: 10 })) {
      const stored = snapshot.get("containerInstance", arn); // also Fargate's own, which its agent may drain
      if (stored === undefined) {
        failures.push(missingInstance(arn));
      } else if (stored.value.status !== "ACTIVE" && stored.value.status !== "DRAINING") {
        failures.push({ arn: stored.arn, reason: "INACTIVE" });
      } else {
        const value = { ...stored.value, status };
        if (stored.value.status !== status) {
          writes.push({ kind: "containerInstance", arn: stored.arn, expected: stored.revision, value });
        }
        containerInstances.push(describeContainerInstance({ ...stored, value }, snapshot, []));
      }
    }
    return { writes, result: { containerInstances, failures } };
  });
};
