import type * as sdk from "@aws-sdk/client-ecs";
import type { Task } from "../../../model/task.ts";
import type { Snapshot, Stored } from "../../../store/store.ts";

/** A task as GetTaskProtection shows it. @param now epoch milliseconds */
export function describeProtection(arn: string, { protectedUntil = 0 }: Task, now: number): sdk.ProtectedTask {
  const protectionEnabled = protectedUntil > now;
  return {
    taskArn: arn,
    protectionEnabled,
    ...(protectionEnabled ? { expirationDate: new Date(protectedUntil) } : {}),
  };
}

/** Why a task has no protection to ask for, or to change. Source: ECS developer guide, "API failure reasons". */
export function protectionFailure(arn: string, stored: Stored<"task"> | undefined): sdk.Failure | undefined {
  if (stored === undefined) return { arn, reason: "MISSING" };
  const { serviceArn, desiredStatus } = stored.value;
  if (serviceArn === undefined) {
    return { arn, reason: "TASK_NOT_VALID", detail: "Only tasks of an Amazon ECS service can be protected." };
  }
  if (desiredStatus === "STOPPED") return { arn, reason: "TASK_NOT_VALID", detail: "The task is stopping or stopped." };
  return undefined;
}

/**
 * Whether protected tasks of older deployments are all that keeps a service's deployment from its end: then no further task
 * can be protected, until they are let go or their protection ends.
 */
export function isBlockedByProtection(snapshot: Snapshot, serviceArn: string, now: number): boolean {
  const service = snapshot.get("service", serviceArn)?.value;
  const deployment = service && snapshot.get("deployment", service.primaryDeploymentId)?.value;
  if (service === undefined || deployment?.rolloutState !== "IN_PROGRESS") return false;
  const { running } = snapshot.tally("deploymentTasks", service.primaryDeploymentId);
  if (running < service.desiredCount) return false;
  return snapshot
    .list("task", { serviceArn })
    .some(
      ({ value }) =>
        value.deploymentId !== service.primaryDeploymentId &&
        value.desiredStatus === "RUNNING" &&
        (value.protectedUntil ?? 0) > now,
    );
}
