import type { ChannelTask } from "@hatoba/contract";
import type { Observation } from "../runtime/container-runtime.ts";
import type { KnownContainer, KnownTask } from "./known-task.ts";

/** Seconds that a container must have run to be restarted, if its policy does not say. Source: ECS API, ContainerRestartPolicy. */
const defaultAttemptPeriod = 300;

/**
 * Whether a container that has exited is to be started again on the spot. Source: agent protocol §5.8.
 * @param now epoch milliseconds
 */
export function mayRestart(task: KnownTask, container: KnownContainer, seen: Observation, now: number): boolean {
  const policy = policyOf(task.payload, container.name);
  if (policy?.enabled !== true || task.desiredStatus !== "RUNNING" || container.status !== "RUNNING") return false;
  if (seen.status !== "STOPPED" || seen.exitCode === undefined) return false;
  if (policy.ignoredExitCodes?.includes(seen.exitCode)) return false;
  const since = container.restartedAt ?? container.startedAt ?? now;
  const ranMs = (seen.finishedAt ?? now) - since;
  return ranMs >= (policy.restartAttemptPeriod ?? defaultAttemptPeriod) * 1000;
}

function policyOf(payload: ChannelTask, name: string) {
  return payload.containers.find((container) => container.name === name)?.restartPolicy;
}
