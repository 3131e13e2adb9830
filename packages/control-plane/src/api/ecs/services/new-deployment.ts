import { isDeepStrictEqual } from "node:util";
import { newServiceDeployment } from "../../../model/new-service-deployment.ts";
import type { Deployment, Service } from "../../../model/service.ts";
import { revisionArnOf } from "../../../model/service-deployment.ts";
import type { IdSource } from "../../../platform/ids.ts";
import type { Snapshot, Write } from "../../../store/store.ts";

/** `ecs-svc/` and nineteen digits. */
export const newDeploymentId = (ids: IdSource): string =>
  `ecs-svc/${(BigInt(`0x${ids.hex(16)}`) % 9_000_000_000_000_000_000n) + 1_000_000_000_000_000_000n}`;

/** The deployment that a service's `primaryDeploymentId` names, as it begins. @param now epoch milliseconds */
export function newDeployment(serviceArn: string, service: Service, now: number): Deployment {
  const { launchType, capacityProviderStrategy, platformVersion, networkConfiguration, primaryDeploymentId } = service;
  const { volumeConfigurations } = service;
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
    ...(volumeConfigurations === undefined ? {} : { volumeConfigurations }),
  };
}

/**
 * The writes of a new deployment with its revision and its record.
 * @param before the service's deployments until now
 */
export function deploymentWrites(
  { arn, value }: { readonly arn: string; readonly value: Service },
  deployment: Deployment,
  { snapshot, before }: { readonly snapshot: Snapshot; readonly before: readonly Deployment[] },
): readonly Write[] {
  const taskDefinition = snapshot.get("taskDefinition", value.taskDefinition)?.value;
  if (taskDefinition === undefined)
    return [{ kind: "deployment", arn: deployment.deploymentId, expected: 0, value: deployment }];
  const sources = before
    .map(({ deploymentId }) => ({ deploymentId, counts: snapshot.tally("deploymentTasks", deploymentId) }))
    .filter(({ counts }) => counts.running + counts.pending > 0)
    .map(({ deploymentId, counts }) => ({
      revisionArn: revisionArnOf(arn, deploymentId),
      deploymentId,
      requestedTaskCount: counts.running + counts.pending,
    }));
  const { revision, record } = newServiceDeployment(deployment, value, { taskDefinition, sources });
  return [
    { kind: "deployment", arn: deployment.deploymentId, expected: 0, value: deployment },
    { kind: "serviceRevision", expected: 0, ...revision },
    { kind: "serviceDeployment", expected: 0, ...record },
  ];
}

/**
 * Whether two states of a service differ in what its tasks are made of, so that the tasks have to be replaced. The same
 * said in another order, or a default said in words, is no difference.
 */
export const needsDeployment = (before: Service, after: Service): boolean =>
  !isDeepStrictEqual(substanceOf(before), substanceOf(after));

function substanceOf(service: Service) {
  const { taskDefinition, networkConfiguration, platformVersion, launchType, capacityProviderStrategy = [] } = service;
  const vpc = networkConfiguration?.awsvpcConfiguration;
  return {
    taskDefinition,
    launchType,
    platformVersion: platformVersion ?? "LATEST",
    volumeConfigurations: service.volumeConfigurations ?? [],
    subnets: new Set(vpc?.subnets),
    securityGroups: new Set(vpc?.securityGroups),
    assignPublicIp: vpc?.assignPublicIp ?? "DISABLED",
    providers: new Map(
      capacityProviderStrategy.map(({ capacityProvider, base = 0, weight = 0 }) => [capacityProvider, [base, weight]]),
    ),
  };
}
