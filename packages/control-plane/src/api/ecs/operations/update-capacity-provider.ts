import type { CapacityProvider } from "../../../model/capacity-provider.ts";
import { EcsError } from "../api-error.ts";
import { requireManagedInstances, updatedGroupProvider } from "../capacity-providers/check-capacity-provider.ts";
import { describeCapacityProvider } from "../capacity-providers/describe-capacity-provider.ts";
import { requireCapacityProvider } from "../capacity-providers/find-capacity-provider.ts";
import { commitPlan } from "../commit-plan.ts";
import type { Input, Operation } from "../operation.ts";
import { requireParameter } from "../require.ts";

/** Changes what the call names of a capacity provider; its group stays. Source: ECS API reference, UpdateCapacityProvider. */
export const updateCapacityProvider: Operation<"UpdateCapacityProvider"> = async (input, { store, caller }) => {
  const named = requireParameter(input.name, "name");
  const capacityProvider = await commitPlan(store, (snapshot) => {
    const stored = requireCapacityProvider(snapshot, named, caller);
    const value: CapacityProvider = {
      ...stored.value,
      ...changedKind(stored.value, input),
      updateStatus: "UPDATE_COMPLETE",
    };
    return {
      writes: [{ kind: "capacityProvider", arn: stored.arn, expected: stored.revision, value }],
      result: describeCapacityProvider({ ...stored, value }, snapshot, { tags: true }),
    };
  });
  return { capacityProvider };
};

function changedKind(
  known: CapacityProvider,
  { autoScalingGroupProvider, managedInstancesProvider }: Input<"UpdateCapacityProvider">,
): Partial<CapacityProvider> {
  if (autoScalingGroupProvider !== undefined && known.autoScalingGroupProvider !== undefined) {
    return { autoScalingGroupProvider: updatedGroupProvider(known.autoScalingGroupProvider, autoScalingGroupProvider) };
  }
  if (managedInstancesProvider !== undefined && known.managedInstancesProvider !== undefined) {
    const { instanceLaunchTemplate, ...rest } = managedInstancesProvider;
    const template = { ...known.managedInstancesProvider.instanceLaunchTemplate, ...instanceLaunchTemplate };
    const changed = { ...known.managedInstancesProvider, ...rest, instanceLaunchTemplate: template };
    return { managedInstancesProvider: requireManagedInstances(changed as never) };
  }
  throw new EcsError(
    "InvalidParameterException",
    "The update must name the provider of the kind that the capacity provider has.",
  );
}
