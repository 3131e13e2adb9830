import type { Service } from "../../model/service.ts";
import type { Task } from "../../model/task.ts";
import type { Settings } from "../../settings.ts";
import type { Stored } from "../../store/store.ts";

/**
 * How a task stands with its service. `unready`: wanted, and not (yet) known to serve; `healthy`: running, its health
 * checks passed, or proven by having run for a while; `unhealthy`: running, a health check failed; `stopping`: no longer wanted, its processes are still
 * there; `stopped`: gone.
 */
export type Standing = "unready" | "healthy" | "unhealthy" | "stopping" | "stopped";

/** A task of a service, judged. */
export interface ServiceTask {
  readonly stored: Stored<"task">;
  readonly standing: Standing;
  /** Belongs to the primary deployment. */
  readonly isCurrent: boolean;
  /** Its container instance is to become empty, so that it has to be replaced however well it is. */
  readonly isLeaving: boolean;
  /** Why it is leaving, where that is not the container instance: a DAEMON service's constraints do not hold there any more. */
  readonly isMisplaced?: boolean;
  /** Whoever works in it has asked that it is not given up, however much it is one too many. */
  readonly isProtected?: boolean;
}

/** What judging needs to know beyond the task. */
export interface JudgeContext {
  readonly service: Service;
  readonly now: number;
  readonly settings: Pick<Settings, "taskProvingMs">;
  /** Names of the essential containers with a health check, by task definition ARN. */
  healthChecked(taskDefinitionArn: string): ReadonlySet<string>;
  /** Whether a container instance is DRAINING or gone. */
  isLeaving(containerInstanceArn: string): boolean;
}

/**
 * Judges one task. Within the service's grace period a failed health check does not count. Source: ECS API reference,
 * DeploymentConfiguration.minimumHealthyPercent and Service.healthCheckGracePeriodSeconds.
 */
export function judgeTask(stored: Stored<"task">, context: JudgeContext): ServiceTask {
  const { value: task } = stored;
  return {
    stored,
    standing: standingOf(task, context),
    isCurrent: task.deploymentId === context.service.primaryDeploymentId,
    isLeaving: task.containerInstanceArn !== undefined && context.isLeaving(task.containerInstanceArn),
    isProtected: (task.protectedUntil ?? 0) > context.now,
  };
}

function standingOf(task: Task, context: JudgeContext): Standing {
  if (task.lastStatus === "STOPPED") return "stopped";
  if (task.desiredStatus === "STOPPED") return "stopping";
  if (task.lastStatus !== "RUNNING") return "unready";
  const checked = context.healthChecked(task.taskDefinitionArn);
  // Only what is to displace others has to prove itself: a running task of an older deployment is not stopped for being young.
  const isNew = task.deploymentId === context.service.primaryDeploymentId;
  if (checked.size === 0) return isNew && context.now < provenAt(task, context.settings) ? "unready" : "healthy";
  const statuses = task.containers.filter(({ name }) => checked.has(name)).map(({ healthStatus }) => healthStatus);
  if (statuses.includes("UNHEALTHY")) return context.now < graceEnd(task, context.service) ? "unready" : "unhealthy";
  return !isNew || statuses.every((status) => status === "HEALTHY") ? "healthy" : "unready";
}

/** Epoch milliseconds from which on a task without health checks counts as healthy. */
export const provenAt = (task: Task, { taskProvingMs }: Pick<Settings, "taskProvingMs">): number =>
  (task.startedAt ?? task.createdAt) + taskProvingMs;

/** Epoch milliseconds until which failed health checks are overlooked. */
export const graceEnd = (task: Task, { healthCheckGracePeriodSeconds = 0 }: Service): number =>
  (task.startedAt ?? task.createdAt) + healthCheckGracePeriodSeconds * 1000;

/** Whether a task counts as one that is there and wanted. */
export const isAlive = ({ standing }: ServiceTask): boolean => standing !== "stopping" && standing !== "stopped";
