import type { Container, Task } from "../../../model/task.ts";

/** Why a task stopped, as ECS puts it. */
export type StopCause = Required<Pick<Task, "stopCode" | "stoppedReason">>;

const essentialExited: StopCause = {
  stopCode: "EssentialContainerExited",
  stoppedReason: "Essential container in task exited",
};

/**
 * Why a task stopped of which nobody had said that it should: agents report what happened, and never a stop code.
 * `reason` is the agent's for the task, `containers` are as reported by now.
 * Source: agent protocol, "Reason strings produced by the agent"; ECS developer guide, "Stopped tasks error messages".
 */
export function stopCause(
  wasRunning: boolean,
  reason: string | undefined,
  containers: readonly Container[],
): StopCause {
  if (wasRunning) return reason === undefined ? essentialExited : { ...essentialExited, stoppedReason: reason };
  if (reason !== undefined) return failedToStart(isResourceReason(reason) ? withResourcePrefix(reason) : reason);
  // A process that was killed for memory had been started, however soon that was.
  const failures = containers.filter(({ reason: why }) => why && !why.startsWith("OutOfMemoryError"));
  const essential = failures.find((container) => container.essential)?.reason;
  if (essential !== undefined) return failedToStart(essential);
  if (containers.some((container) => container.essential && container.exitCode !== undefined)) return essentialExited;
  return failedToStart(failures[0]?.reason ?? "Task failed to start");
}

const failedToStart = (stoppedReason: string): StopCause => ({ stopCode: "TaskFailedToStart", stoppedReason });

const resourcePrefix = "ResourceInitializationError: ";
const withResourcePrefix = (reason: string) =>
  reason.startsWith(resourcePrefix) ? reason : `${resourcePrefix}${reason}`;

/** How the texts begin, or what stands in them, with which agents say that something a task needs could not be had. */
const resourceTexts: readonly RegExp[] = [
  /^resource cannot be initialized for task/,
  /^ResourceInitializationError/,
  /^(CgroupError|VolumeError|ResourceNotFoundException):/,
  /^(Fetching secret data|Trying to retrieve secret|Retrieved secret|Secret )/i,
  /^Unable to (create|initialize|download|parse|generate|fetch|retrieve)/i,
  /unable to find execution role credentials/,
];
const isResourceReason = (reason: string) => resourceTexts.some((text) => text.test(reason));
