import type { ContainerImage } from "@aws-sdk/client-ecs";
import type { Deployment, Service } from "./service.ts";
import {
  recordArnOf,
  revisionArnOf,
  type ServiceDeployment,
  type ServiceRevision,
  type SourceRevision,
} from "./service-deployment.ts";
import type { TaskDefinition } from "./task-definition.ts";

/** What a new deployment leaves on record from its beginning. */
export interface DeploymentRecords {
  readonly revision: { readonly arn: string; readonly value: ServiceRevision };
  readonly record: { readonly arn: string; readonly value: ServiceDeployment };
}

/**
 * The revision and the record of a deployment that begins.
 * @param sources what serves until now; none for a service's first deployment
 */
export function newServiceDeployment(
  deployment: Deployment,
  service: Service,
  { taskDefinition, sources }: { readonly taskDefinition: TaskDefinition; readonly sources: readonly SourceRevision[] },
): DeploymentRecords {
  const { deploymentId, serviceArn, createdAt } = deployment;
  const { clusterArn, deploymentConfiguration } = service;
  const strategy = deploymentConfiguration.strategy ?? "ROLLING";
  const isStaged = strategy !== "ROLLING" && sources.length > 0;
  return {
    revision: {
      arn: revisionArnOf(serviceArn, deploymentId),
      value: { ...substanceOf(deployment), clusterArn, containerImages: imagesOf(taskDefinition), createdAt },
    },
    record: {
      arn: recordArnOf(serviceArn, deploymentId),
      value: {
        deploymentId,
        serviceArn,
        clusterArn,
        targetRevisionArn: revisionArnOf(serviceArn, deploymentId),
        sources,
        deploymentConfiguration,
        status: "IN_PROGRESS",
        failedTasks: 0,
        ...(isStaged ? { lifecycleStage: "RECONCILE_SERVICE", stageSince: createdAt, productionTraffic: 0 } : {}),
        pauses: [],
        createdAt,
        startedAt: createdAt,
        updatedAt: createdAt,
      },
    },
  };
}

function substanceOf(deployment: Deployment) {
  const { deploymentId: _id, rolloutState: _state, rolloutStateReason: _reason, ...rest } = deployment;
  const { failedTasks: _failed, consecutiveFailures: _rounds, notBefore: _before, ...others } = rest;
  const { bakingSince: _baking, updatedAt: _at, ...substance } = others;
  return substance;
}

const imagesOf = ({ registered }: TaskDefinition): readonly ContainerImage[] =>
  (registered.containerDefinitions ?? []).map(({ name, image }) => ({ containerName: name, image }));
