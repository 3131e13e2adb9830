import type { Deployment, Service } from "../../../model/service.ts";
import type { IdSource } from "../../../platform/ids.ts";

/** `ecs-svc/` and nineteen digits. */
export const newDeploymentId = (ids: IdSource): string =>
  `ecs-svc/${(BigInt(`0x${ids.hex(16)}`) % 9_000_000_000_000_000_000n) + 1_000_000_000_000_000_000n}`;

/** The deployment that a service's `primaryDeploymentId` names, as it begins. @param now epoch milliseconds */
export function newDeployment(serviceArn: string, service: Service, now: number): Deployment {
  const { launchType, capacityProviderStrategy, platformVersion, networkConfiguration, primaryDeploymentId } = service;
  return {
    deploymentId: primaryDeploymentId,
    serviceArn,
    taskDefinition: service.taskDefinition,
    rolloutState: "IN_PROGRESS",
    rolloutStateReason: `ECS deployment ${primaryDeploymentId} in progress.`,
    failedTasks: 0,
    consecutiveFailures: 0,
    createdAt: now,
    updatedAt: now,
    ...(launchType === undefined ? {} : { launchType }),
    ...(capacityProviderStrategy === undefined ? {} : { capacityProviderStrategy }),
    ...(platformVersion === undefined ? {} : { platformVersion }),
    ...(networkConfiguration === undefined ? {} : { networkConfiguration }),
  };
}

/** Whether two states of a service differ in what its tasks are made of, so that the tasks have to be replaced. */
export function needsDeployment(before: Service, after: Service): boolean {
  const relevant = ({ taskDefinition, networkConfiguration, platformVersion, capacityProviderStrategy }: Service) =>
    JSON.stringify([taskDefinition, networkConfiguration, platformVersion, capacityProviderStrategy]);
  return relevant(before) !== relevant(after);
}
