import { lastSegment } from "@hatoba/contract";
import type { Task } from "../../model/task.ts";
import type { Write } from "../../store/store.ts";
import type { ServicePlan, StopCause } from "./plan-service.ts";

/** Asks for tasks of a service to end. */
export const stopWrites = (stop: ServicePlan["stop"], now: number): readonly Write[] =>
  stop.map(
    ({ task: { stored }, cause }): Write => ({
      kind: "task",
      arn: stored.arn,
      expected: stored.revision,
      value: {
        ...stored.value,
        desiredStatus: "STOPPED",
        stopCode: "ServiceSchedulerInitiated",
        stoppedReason: reasonFor(cause, stored.value),
        stoppingAt: now,
      },
    }),
  );

/** Source: ECS developer guide, "Stopped tasks error messages"; those for draining and misplaced tasks are ours. */
function reasonFor(cause: StopCause, { deploymentId = "", containerInstanceArn = "" }: Task): string {
  const reasons: Record<StopCause, string> = {
    scaling: `Scaling activity initiated by (deployment ${deploymentId})`,
    unhealthy: "Task failed container health checks",
    draining: `Container instance ${lastSegment(containerInstanceArn)} is DRAINING`,
    misplaced: "The task no longer meets the placement constraints of its service",
  };
  return reasons[cause];
}
