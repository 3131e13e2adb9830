import type { TaskHealth } from "../channel/control-plane.ts";
import { containerOf, definitionOf, type KnownTask } from "./known-task.ts";

/** The health of a task's containers that have a check, while they run; undefined if there is none. Source: agent protocol §5.8. */
export function taskHealth({ arn, payload, containers }: KnownTask): TaskHealth | undefined {
  const checked = containers.filter(
    ({ name, status }) => status === "RUNNING" && definitionOf(payload, name)?.healthCheckType === "docker",
  );
  if (checked.length === 0) return undefined;
  return {
    taskArn: arn,
    ...(payload.taskClusterArn ? { clusterArn: payload.taskClusterArn } : {}),
    family: payload.family,
    version: payload.version,
    containers: checked.map(({ name, health, healthSince, startedAt }) => ({
      containerName: name,
      healthStatus: health ?? "UNKNOWN",
      statusSince: healthSince ?? startedAt ?? 0,
    })),
  };
}

export function healthChanged(before: KnownTask, after: KnownTask): boolean {
  return after.containers.some(
    (container) => container.health !== undefined && containerOf(before, container.name)?.health !== container.health,
  );
}
