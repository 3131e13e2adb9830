import type { Place } from "@hatoba/contract";
import type { Deployment, Service } from "../../../model/service.ts";
import { type TaskSet, taskSetArnOf } from "../../../model/task-set.ts";
import type { Stored, Write } from "../../../store/store.ts";
import { newDeployment } from "../services/new-deployment.ts";

/** What makes a new task set what it is. */
export type TaskSetWish = Pick<TaskSet, "taskSetId" | "externalId" | "scalePercent" | "tags">;

/**
 * A new task set with the deployment that says what its tasks are made of.
 * @param service with the task definition, launch type and network of the task set in place of its own
 */
export function newTaskSet(
  wish: TaskSetWish,
  { arn, value: service }: Pick<Stored<"service">, "arn" | "value">,
  { place, now }: { readonly place: Place; readonly now: number },
): {
  readonly taskSet: Pick<Stored<"taskSet">, "arn" | "value">;
  readonly deployment: Deployment;
  readonly writes: readonly Write[];
} {
  const { taskSetId } = wish;
  const value: TaskSet = {
    ...wish,
    serviceArn: arn,
    clusterArn: service.clusterArn,
    status: "ACTIVE",
    createdAt: now,
    updatedAt: now,
  };
  const taskSet = { arn: taskSetArnOf(place, service, taskSetId), value };
  const deployment = newDeployment(arn, { ...service, primaryDeploymentId: taskSetId }, now);
  return {
    taskSet,
    deployment,
    writes: [
      { kind: "taskSet", expected: 0, ...taskSet },
      { kind: "deployment", arn: taskSetId, expected: 0, value: deployment },
    ],
  };
}

/**
 * A service with what its new primary task set is made of. Source: ECS API reference, UpdateServicePrimaryTaskSet.
 */
export function withPrimary(service: Service, { value: deployment }: Pick<Stored<"deployment">, "value">): Service {
  const {
    launchType: _a,
    capacityProviderStrategy: _b,
    platformVersion: _c,
    networkConfiguration: _d,
    ...rest
  } = service;
  const { taskDefinition, launchType, capacityProviderStrategy, platformVersion, networkConfiguration } = deployment;
  return {
    ...rest,
    taskDefinition,
    ...(launchType === undefined ? {} : { launchType }),
    ...(capacityProviderStrategy === undefined ? {} : { capacityProviderStrategy }),
    ...(platformVersion === undefined ? {} : { platformVersion }),
    ...(networkConfiguration === undefined ? {} : { networkConfiguration }),
    primaryDeploymentId: deployment.deploymentId,
  };
}
