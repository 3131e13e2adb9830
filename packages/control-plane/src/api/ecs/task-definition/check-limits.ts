import type { TaskDefinition } from "../../../model/task-definition.ts";
import type { NamedContainer } from "./check-containers.ts";
import { refuse, requireRange } from "./refuse.ts";

/**
 * Numbers that have to stay in their range: health checks, timeouts, restarts, ulimits, swap, ephemeral storage. All
 * times are seconds. Source: ECS API reference, HealthCheck, ContainerDefinition, ContainerRestartPolicy, Ulimit.
 */
export function checkLimits(registered: TaskDefinition["registered"], containers: readonly NamedContainer[]): void {
  // Source of the text: guardian/cdk 1101.
  const size = registered.ephemeralStorage?.sizeInGiB;
  if (size !== undefined && size < 21) refuse("EphemeralStorage size should be at least 21");
  if (size !== undefined && size > 200) refuse("EphemeralStorage size should be at most 200");
  const isFargate = registered.requiresCompatibilities?.includes("FARGATE") ?? false;
  for (const container of containers) {
    checkHealthCheck(container);
    checkRestarts(container);
    checkUlimits(container);
    checkSwap(container);
    const longest = isFargate ? 120 : 2 ** 31 - 1;
    const { name, startTimeout, stopTimeout } = container;
    requireRange(startTimeout, { container: name, setting: "startTimeout", from: 0, to: longest });
    requireRange(stopTimeout, { container: name, setting: "stopTimeout", from: 0, to: longest });
  }
}

function checkHealthCheck({ name: container, healthCheck }: NamedContainer): void {
  if (healthCheck === undefined) return;
  const { command = [], interval, timeout, retries, startPeriod } = healthCheck;
  const [how] = command;
  if (how !== "CMD" && how !== "CMD-SHELL" && how !== "NONE") {
    refuse(`Invalid 'healthCheck.command' setting for container '${container}'. It must start with CMD or CMD-SHELL.`);
  }
  if (how !== "NONE" && command.length < 2) {
    refuse(`Invalid 'healthCheck.command' setting for container '${container}'. There is nothing to run.`);
  }
  requireRange(interval, { container, setting: "healthCheck.interval", from: 5, to: 300 });
  requireRange(timeout, { container, setting: "healthCheck.timeout", from: 2, to: 120 });
  requireRange(retries, { container, setting: "healthCheck.retries", from: 1, to: 10 });
  requireRange(startPeriod, { container, setting: "healthCheck.startPeriod", from: 0, to: 300 });
}

function checkRestarts({ name: container, restartPolicy }: NamedContainer): void {
  if (restartPolicy === undefined) return;
  const { enabled, ignoredExitCodes = [], restartAttemptPeriod } = restartPolicy;
  if (!enabled && (ignoredExitCodes.length > 0 || restartAttemptPeriod !== undefined)) {
    refuse(
      `Invalid 'restartPolicy' setting for container '${container}'. It is not enabled and can have no more members.`,
    );
  }
  if (ignoredExitCodes.length > 50) {
    refuse(
      `Invalid 'restartPolicy' setting for container '${container}'. It can have 50 ignoredExitCodes at the most.`,
    );
  }
  requireRange(restartAttemptPeriod, { container, setting: "restartPolicy.restartAttemptPeriod", from: 60, to: 1800 });
}

function checkUlimits({ name: container, ulimits = [] }: NamedContainer): void {
  const names = new Set<string>();
  for (const { name = "", softLimit = 0, hardLimit = 0 } of ulimits) {
    if (names.has(name)) refuse(`Invalid 'ulimits' setting for container '${container}'. '${name}' is given twice.`);
    names.add(name);
    const [soft, hard] = [softLimit, hardLimit].map((limit) => (limit === -1 ? Number.POSITIVE_INFINITY : limit));
    if (softLimit < -1 || hardLimit < -1 || (soft ?? 0) > (hard ?? 0)) {
      refuse(
        `Invalid 'ulimits' setting for container '${container}'. The softLimit of '${name}' exceeds its hardLimit.`,
      );
    }
  }
}

function checkSwap({ name: container, linuxParameters }: NamedContainer): void {
  const { maxSwap, swappiness, sharedMemorySize } = linuxParameters ?? {};
  const largest = 2 ** 31 - 1;
  requireRange(maxSwap, { container, setting: "linuxParameters.maxSwap", from: 0, to: largest });
  requireRange(swappiness, { container, setting: "linuxParameters.swappiness", from: 0, to: 100 });
  requireRange(sharedMemorySize, { container, setting: "linuxParameters.sharedMemorySize", from: 0, to: largest });
}
