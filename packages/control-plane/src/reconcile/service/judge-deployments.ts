import { failureThreshold } from "../../model/failure-threshold.ts";
import type { Deployment, Service } from "../../model/service.ts";
import type { Task } from "../../model/task.ts";
import type { Stored } from "../../store/store.ts";
import type { StopCause } from "./plan-service.ts";
import type { ServiceTask } from "./service-tasks.ts";

const longestBackOffMilliseconds = 15 * 60_000;
/** A task that ended so soon after its start is replaced after a breath, not at once. */
const shortLifeMilliseconds = 10_000;
const breathMilliseconds = 1000;
/** From how many failed rounds on the service says that it cannot start tasks. */
const announcedFrom = 3;

/** How long no task is started after so many failed rounds in a row. Source: ECS developer guide, "Service throttle logic". */
export const backOffMilliseconds = (rounds: number): number =>
  rounds <= 0 ? 0 : Math.min(1000 * 2 ** (rounds - 1), longestBackOffMilliseconds);

/** What has become of the primary deployment; `messages` are for the service's events, without its name. */
export interface Verdict {
  readonly deployment: Deployment;
  /** Tasks whose failure is counted by this verdict. */
  readonly counted: readonly Stored<"task">[];
  readonly messages: readonly string[];
  /** The circuit breaker has gone off just now. */
  readonly failed: boolean;
}

/** Whether a stopped task failed, rather than that somebody stopped it or its machine was lost. */
const failedToStart = (task: Task): boolean =>
  task.lastStatus === "STOPPED" &&
  task.startedAt === undefined &&
  (task.stopCode === undefined ||
    task.stopCode === "TaskFailedToStart" ||
    task.stopCode === "EssentialContainerExited");

/** Counts the tasks of the primary deployment that have failed, lets the back-off grow, and the circuit breaker go off. */
export function judgePrimary(
  service: Service,
  deployment: Deployment,
  tasks: readonly ServiceTask[],
  stopping: readonly { readonly task: ServiceTask; readonly cause: StopCause }[],
  now: number,
): Verdict {
  const current = tasks.filter(({ isCurrent }) => isCurrent);
  const counted = current
    .filter(({ stored: { value } }) => value.failureCounted !== true && failedToStart(value))
    .map(({ stored }) => stored);
  const sick = stopping.filter(({ task, cause }) => task.isCurrent && cause === "unhealthy").length;
  const breaker = service.deploymentConfiguration.deploymentCircuitBreaker;
  const isReset = isServing(tasks) && breaker?.resetOnHealthyTask !== false;
  const failedTasks = isReset ? 0 : deployment.failedTasks + counted.length + sick;
  const round = nextRound(deployment, current, counted.length > 0, now);
  const failed =
    breaker?.enable === true &&
    deployment.rolloutState === "IN_PROGRESS" &&
    failedTasks >= failureThreshold(service.desiredCount, breaker.thresholdConfiguration);
  const what = sick > 0 ? "tasks failed container health checks" : "tasks failed to start";
  const announces = round.consecutiveFailures >= announcedFrom && deployment.consecutiveFailures < announcedFrom;
  return {
    deployment: {
      ...withoutBackOff(deployment),
      failedTasks,
      ...round,
      ...(failed ? { rolloutState: "FAILED", rolloutStateReason: `ECS deployment circuit breaker: ${what}.` } : {}),
    },
    counted,
    messages: [
      ...counted.slice(0, 1).map(({ value }) => `was unable to place a task. Reason: ${endSentence(reasonOf(value))}`),
      ...(announces ? ["is unable to consistently start tasks successfully."] : []),
      ...(failed ? [`(deployment ${deployment.deploymentId}) deployment failed: ${what}.`] : []),
    ],
    failed,
  };
}

/** Whether the primary deployment has come as far as a healthy task. */
export const isServing = (tasks: readonly ServiceTask[]): boolean =>
  tasks.some(({ isCurrent, standing }) => isCurrent && standing === "healthy");

/** How long a service looks for room before that counts as one more failure of its deployment. */
export const roomSoughtMilliseconds = 20_000;

/**
 * A deployment none of whose tasks found a place. With the circuit breaker on, that is a failure, counted once per
 * search. Source: ECS API reference, Deployment.failedTasks.
 */
export function withUnplaced(service: Service, deployment: Deployment, now: number): Deployment {
  const { enable } = service.deploymentConfiguration.deploymentCircuitBreaker ?? { enable: false };
  const isSearchOver = deployment.failedTasks === 0 || now - deployment.updatedAt >= roomSoughtMilliseconds;
  if (!enable || deployment.rolloutState !== "IN_PROGRESS" || !isSearchOver) return deployment;
  return { ...deployment, failedTasks: deployment.failedTasks + 1 };
}

const reasonOf = ({ stoppedReason, containers }: Task) =>
  stoppedReason ?? containers.find(({ reason }) => reason !== undefined)?.reason ?? "The task failed to start";
const endSentence = (text: string) => (text.endsWith(".") ? text : `${text}.`);

function withoutBackOff(deployment: Deployment): Omit<Deployment, "notBefore"> {
  const { notBefore: _over, ...rest } = deployment;
  return rest;
}

/**
 * The tasks of one round fail one after another and count as one failure: a further one is counted only once the
 * back-off is over and tasks were started again. A task that came to run after the last failure ends it all.
 */
function nextRound(
  { consecutiveFailures, notBefore = 0 }: Deployment,
  current: readonly ServiceTask[],
  hasFailed: boolean,
  now: number,
): Pick<Deployment, "consecutiveFailures" | "notBefore"> {
  const lastFailure = notBefore - backOffMilliseconds(consecutiveFailures);
  const recovered = current.some(
    ({ stored: { value }, standing }) => standing === "healthy" && (value.startedAt ?? 0) > lastFailure,
  );
  if (hasFailed && now >= notBefore) {
    const rounds = (recovered ? 0 : consecutiveFailures) + 1;
    return { consecutiveFailures: rounds, notBefore: now + backOffMilliseconds(rounds) };
  }
  if (recovered || consecutiveFailures === 0) return { consecutiveFailures: 0, ...breath(current, now) };
  return { consecutiveFailures, notBefore };
}

function breath(current: readonly ServiceTask[], now: number): Pick<Deployment, "notBefore"> {
  const ends = current
    .map(({ stored: { value } }) => endOfShortLife(value))
    .filter((end) => end + breathMilliseconds > now);
  return ends.length === 0 ? {} : { notBefore: Math.max(...ends) + breathMilliseconds };
}

const endOfShortLife = ({ stopCode, startedAt, stoppedAt }: Task): number =>
  stopCode === "EssentialContainerExited" &&
  startedAt !== undefined &&
  stoppedAt !== undefined &&
  stoppedAt - startedAt < shortLifeMilliseconds
    ? stoppedAt
    : Number.NEGATIVE_INFINITY;

/** The newest older deployment that had come to its end; what a failed one is rolled back to. */
export const rollbackTarget = (
  primary: Deployment,
  deployments: readonly Stored<"deployment">[],
): Stored<"deployment"> | undefined =>
  deployments.findLast(
    ({ value }) => value.deploymentId !== primary.deploymentId && value.rolloutState === "COMPLETED",
  );

/** Older deployments with nothing left of them. One that could be rolled back to stays while the primary one is on its way. */
export function finishedDeployments(
  primary: Deployment,
  deployments: readonly Stored<"deployment">[],
  tasks: readonly ServiceTask[],
): readonly Stored<"deployment">[] {
  const inUse = new Set(
    tasks.filter(({ standing }) => standing !== "stopped").map(({ stored }) => stored.value.deploymentId),
  );
  return deployments.filter(
    ({ value }) =>
      value.deploymentId !== primary.deploymentId &&
      !inUse.has(value.deploymentId) &&
      (primary.rolloutState !== "IN_PROGRESS" || value.rolloutState !== "COMPLETED"),
  );
}

/** Whether a service has just what it wants: all tasks healthy, of the primary deployment, and nothing else. */
export const isSteady = (service: Service, tasks: readonly ServiceTask[]): boolean => {
  const there = tasks.filter(({ standing }) => standing !== "stopped");
  return (
    there.length === service.desiredCount &&
    there.every(({ standing, isCurrent, isLeaving }) => standing === "healthy" && isCurrent && !isLeaving)
  );
};
