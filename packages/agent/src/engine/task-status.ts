import type { ReportedStatus } from "@hatoba/contract";
import type { ContainerStatus } from "./container-steps.ts";
import { hasRun, isStopped, type KnownTask } from "./known-task.ts";

/**
 * The status of a task out of those of its containers: STOPPED when all have stopped, RUNNING when each runs or has
 * stopped after having run. Source: agent protocol §5.1.
 */
export function taskStatus(task: KnownTask): ReportedStatus {
  if (isStopped(task)) return "STOPPED";
  return wasRunning(task) ? "RUNNING" : "PENDING";
}

/** Whether the task has reached RUNNING, and possibly gone on from there. */
export function wasRunning(task: KnownTask): boolean {
  return task.containers.length > 0 && task.containers.every(hasRun);
}

const reported: Record<ContainerStatus, ReportedStatus> = {
  NONE: "PENDING",
  PULLED: "PENDING",
  CREATED: "PENDING",
  RUNNING: "RUNNING",
  STOPPED: "STOPPED",
};

/** A container's status as the control plane hears of it. */
export const reportedStatus = (status: ContainerStatus): ReportedStatus => reported[status];
