import type { DaemonDeployment } from "../../model/daemon.ts";
import { failureThreshold } from "../../model/failure-threshold.ts";
import { backOffMilliseconds } from "../service/judge-deployments.ts";
import type { DaemonPlan } from "./plan-daemon.ts";

const minute = 60_000;

/** What has become of a daemon's newest deployment. */
export interface DaemonVerdict {
  readonly deployment: DaemonDeployment;
  /** The revision that the daemon goes back to; absent if it goes on. */
  readonly goesBackTo?: string;
}

/** What a deployment is judged by. */
export interface DaemonFacts {
  /** Epoch milliseconds. */
  readonly now: number;
  /** Container instances that are to have the daemon. */
  readonly hosts: number;
  /** Tasks that have failed since the last pass. */
  readonly failures: number;
  /** A task of the daemon's revision runs. */
  readonly isServing: boolean;
  readonly plan: DaemonPlan;
}

/** Whether a deployment is under way. */
export const isOpenDeployment = ({ status }: Pick<DaemonDeployment, "status">): boolean =>
  status === "PENDING" || status === "IN_PROGRESS" || status === "ROLLBACK_IN_PROGRESS";

/**
 * Counts failures, lets the back-off grow, and the circuit breaker go off at as many as a service of so many tasks may have;
 * lets a step bake; and says when all is done. Source: ECS API reference, DaemonDeployment and DaemonCircuitBreaker.
 */
export function judgeDeployment(deployment: DaemonDeployment, facts: DaemonFacts): DaemonVerdict {
  const counted = withFailures(deployment, facts);
  if (!isOpenDeployment(counted)) return { deployment: counted };
  if (facts.failures > 0 && counted.failedTasks >= failureThreshold(facts.hosts)) return brokenOff(counted, facts.now);
  const begun: DaemonDeployment =
    counted.status === "PENDING" ? { ...counted, status: "IN_PROGRESS", startedAt: facts.now } : counted;
  if (!facts.plan.isStepDone) return { deployment: withoutBaking(begun) };
  const { bakingSince = facts.now } = begun;
  if (!facts.plan.isDone || facts.now < bakedAt({ ...begun, bakingSince }))
    return { deployment: { ...begun, bakingSince } };
  const status = begun.status === "ROLLBACK_IN_PROGRESS" ? "ROLLBACK_SUCCESSFUL" : "SUCCESSFUL";
  return { deployment: { ...withoutBaking(begun), status, finishedAt: facts.now } };
}

/** Epoch milliseconds at which the bake time of a deployment's step is over; 0 if it does not bake. */
export const bakedAt = ({ bakingSince, deploymentConfiguration }: DaemonDeployment): number =>
  bakingSince === undefined ? 0 : bakingSince + (deploymentConfiguration.bakeTimeInMinutes ?? 0) * minute;

function withFailures(deployment: DaemonDeployment, { failures, isServing, now }: DaemonFacts): DaemonDeployment {
  if (failures > 0) {
    const failedTasks = deployment.failedTasks + failures;
    return { ...deployment, failedTasks, notBefore: now + backOffMilliseconds(failedTasks) };
  }
  if (!isServing || deployment.failedTasks === 0 || now < (deployment.notBefore ?? 0)) return deployment;
  const { notBefore: _over, ...rest } = deployment;
  return { ...rest, failedTasks: 0 };
}

/** A first deployment stops; another one goes back to what was deployed before; one that is going back has failed at that. */
function brokenOff(deployment: DaemonDeployment, now: number): DaemonVerdict {
  const reason = "Daemon deployment circuit breaker: tasks failed to start.";
  if (deployment.status === "ROLLBACK_IN_PROGRESS") {
    return { deployment: { ...deployment, status: "ROLLBACK_FAILED", statusReason: reason, stoppedAt: now } };
  }
  const [source] = deployment.sourceRevisionArns;
  if (source === undefined) {
    return { deployment: { ...deployment, status: "STOPPED", statusReason: reason, stoppedAt: now } };
  }
  const { notBefore: _over, ...rest } = withoutBaking(deployment);
  const rollback = { reason, startedAt: now, revisionArn: source };
  return {
    deployment: { ...rest, failedTasks: 0, status: "ROLLBACK_IN_PROGRESS", statusReason: reason, rollback },
    goesBackTo: source,
  };
}

function withoutBaking({ bakingSince: _baked, ...rest }: DaemonDeployment): DaemonDeployment {
  return rest;
}
