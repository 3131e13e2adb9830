/** A task's statuses in the order it passes them. Source: ECS developer guide, "Task lifecycle". */
export const taskStatuses = [
  "PROVISIONING",
  "PENDING",
  "ACTIVATING",
  "RUNNING",
  "DEACTIVATING",
  "STOPPING",
  "DEPROVISIONING",
  "STOPPED",
] as const;
export type TaskStatus = (typeof taskStatuses)[number];

/** What somebody wants of a task; it only ever goes from RUNNING to STOPPED. */
export type DesiredStatus = "RUNNING" | "STOPPED";

/** The statuses an agent reports, of tasks and of containers. */
export const reportedStatuses = ["PENDING", "RUNNING", "STOPPED"] as const;
export type ReportedStatus = (typeof reportedStatuses)[number];

export type HealthStatus = "HEALTHY" | "UNHEALTHY" | "UNKNOWN";

export type LaunchType = "EC2" | "FARGATE" | "EXTERNAL";

/** Whether a status stands before another in the order of a task's life. */
export const isBefore = (status: TaskStatus, other: TaskStatus): boolean =>
  taskStatuses.indexOf(status) < taskStatuses.indexOf(other);
