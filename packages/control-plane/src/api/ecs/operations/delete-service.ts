import type { Service } from "../../../model/service.ts";
import { EcsError } from "../api-error.ts";
import { commitPlan } from "../commit-plan.ts";
import { serviceFrom } from "../identifiers.ts";
import type { Operation } from "../operation.ts";
import { requireCluster, requireParameter } from "../require.ts";
import { describeService } from "../services/describe-service.ts";

/**
 * Ends a service: it is DRAINING while tasks of it run, then INACTIVE. One that is DRAINING already is answered as it is.
 * Source: ECS API reference, DeleteService.
 */
export const deleteService: Operation<"DeleteService"> = async (input, { store, clock, caller }) => {
  const service = await commitPlan(store, (snapshot) => {
    const cluster = requireCluster(snapshot, input.cluster, caller);
    const { arn } = serviceFrom(requireParameter(input.service, "service"), cluster, caller);
    const stored = snapshot.get("service", arn);
    if (stored === undefined || stored.value.status === "INACTIVE") {
      throw new EcsError("ServiceNotFoundException", "Service not found.");
    }
    if (stored.value.status === "DRAINING") {
      return { writes: [], result: describeService(stored, snapshot, { tags: true, now: clock.now() }) };
    }
    if (stored.value.schedulingStrategy === "REPLICA" && stored.value.desiredCount > 0 && !input.force) {
      throw new EcsError("InvalidParameterException", "The service cannot be stopped while it is scaled above 0.");
    }
    const value: Service = { ...stored.value, status: "DRAINING", desiredCount: 0 };
    return {
      writes: [{ kind: "service", arn, expected: stored.revision, value }],
      result: describeService({ arn, value }, snapshot, { tags: true, now: clock.now() }),
    };
  });
  return { service };
};
