import type { HealthStatus } from "@hatoba/contract";
import type { Task } from "../../../model/task.ts";
import type { TaskDefinition } from "../../../model/task-definition.ts";

/**
 * The health of a task: of its essential containers that have a health check, the worst. UNKNOWN without any.
 * Source: ECS API reference, HealthCheck.
 */
export function taskHealth({ containers }: Task, taskDefinition: TaskDefinition | undefined): HealthStatus {
  const definitions = taskDefinition?.registered.containerDefinitions ?? [];
  const checked = definitions
    .filter(({ essential, healthCheck }) => essential !== false && isCheck(healthCheck?.command))
    .map(({ name }) => containers.find((container) => container.name === name)?.healthStatus ?? "UNKNOWN");
  if (checked.includes("UNHEALTHY")) return "UNHEALTHY";
  return checked.length > 0 && checked.every((status) => status === "HEALTHY") ? "HEALTHY" : "UNKNOWN";
}

/** `["NONE"]` switches off a check that the image brings. */
const isCheck = (command: readonly string[] | undefined) =>
  command !== undefined && command.length > 0 && command[0] !== "NONE";
