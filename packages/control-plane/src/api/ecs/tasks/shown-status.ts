import type { TaskStatus } from "@hatoba/contract";
import type { Task } from "../../../model/task.ts";

/**
 * The last status as callers see it. What is stored goes from RUNNING to STOPPED at once; what lies between is what is
 * still there of a task that is to stop: traffic to lead away (DEACTIVATING), processes (STOPPING), nothing but a place
 * or a network interface (DEPROVISIONING). Source: ECS developer guide, "Amazon ECS task lifecycle".
 */
export function shownStatus(task: Task, hasTraffic: boolean): TaskStatus {
  const { lastStatus, desiredStatus, containers } = task;
  if (desiredStatus === "RUNNING" || lastStatus === "STOPPED") return lastStatus;
  const isGone = lastStatus === "PROVISIONING" || containers.every((container) => container.lastStatus === "STOPPED");
  if (isGone) return "DEPROVISIONING";
  const isUntouched = containers.every((container) => container.lastStatus !== "STOPPED");
  return hasTraffic && lastStatus === "RUNNING" && isUntouched ? "DEACTIVATING" : "STOPPING";
}
