import { managedInstanceKey } from "../../../model/managed-instance.ts";
import { commitPlan } from "../../ecs/commit-plan.ts";
import { SsmError } from "../api-error.ts";
import type { Operation } from "../operation.ts";

/**
 * Takes a machine's key away: its calls are refused from now on, and its connections are closed. Its container instance
 * stays until it is deregistered too, as at AWS. @throws SsmError InvalidInstanceId.
 * Source: Systems Manager API reference, DeregisterManagedInstance.
 */
export const deregisterManagedInstance: Operation<"DeregisterManagedInstance"> = async (input, { store, clock }) => {
  const instanceId = input.InstanceId ?? "";
  return commitPlan(store, (snapshot) => {
    const stored = snapshot.get("managedInstance", managedInstanceKey(instanceId));
    if (stored === undefined || stored.value.revokedAt !== undefined) {
      throw new SsmError("InvalidInstanceId", `The managed node ${instanceId} is not registered.`);
    }
    const { kind, arn, revision, value } = stored;
    return { writes: [{ kind, arn, expected: revision, value: { ...value, revokedAt: clock.now() } }], result: {} };
  });
};
