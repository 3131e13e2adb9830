import type { Deployment, Service } from "../../model/service.ts";
import type { ServiceTask } from "./service-tasks.ts";

const minute = 60_000;

/** Where a rolling deployment stands against what counts as its success. */
export interface RollingSuccess {
  /** With the moment from which on it bakes, once there is one. */
  readonly deployment: Deployment;
  readonly isReached: boolean;
  /** Epoch milliseconds at which its bake time is over; absent while it does not bake. */
  readonly bakedAt?: number;
}

/**
 * A rolling deployment has come to its end when the service is steady, or as early as its criteria say, and its bake time is
 * over. The bake time counts from when that was first so; at its end it has to be so still.
 * Source: ECS API reference, DeploymentEarlySuccessCriteria.
 */
export function rollingSuccess(
  service: Service,
  deployment: Deployment,
  tasks: readonly ServiceTask[],
  { now, isSettled }: { readonly now: number; readonly isSettled: boolean },
): RollingSuccess {
  if (deployment.rolloutState !== "IN_PROGRESS") return { deployment, isReached: false };
  const isGood = isSettled || isEarlySuccess(service, tasks);
  const { bakingSince = isGood ? now : undefined } = deployment;
  if (bakingSince === undefined) return { deployment, isReached: false };
  const bakedAt = bakingSince + bakeMinutes(service) * minute;
  const isOver = now >= bakedAt;
  if (isGood && isOver) return { deployment, isReached: true };
  return { deployment: { ...deployment, bakingSince }, isReached: false, ...(isOver ? {} : { bakedAt }) };
}

/** A first deployment and a way back have no stages to bake in, whatever the strategy; only a rolling one bakes by itself. */
const bakeMinutes = ({ deploymentConfiguration: { strategy = "ROLLING", bakeTimeInMinutes = 0 } }: Service): number =>
  strategy === "ROLLING" ? bakeTimeInMinutes : 0;

/** Enough tasks of the new revision are healthy, and those of before gone if that is waited for. */
function isEarlySuccess(service: Service, tasks: readonly ServiceTask[]): boolean {
  const { earlySuccessCriteria } = service.deploymentConfiguration;
  if (earlySuccessCriteria?.enable !== true) return false;
  const there = tasks.filter(({ standing }) => standing !== "stopped");
  const healthy = there.filter(
    ({ isCurrent, isLeaving, standing }) => isCurrent && !isLeaving && standing === "healthy",
  );
  const wanted = Math.ceil((service.desiredCount * (earlySuccessCriteria.healthyPercent ?? 100)) / 100);
  const isRid =
    earlySuccessCriteria.sourceServiceRevisionCleanup === "DEFERRED" || there.every(({ isCurrent }) => isCurrent);
  return isRid && healthy.length >= wanted;
}
