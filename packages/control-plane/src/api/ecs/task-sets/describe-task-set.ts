import type * as sdk from "@aws-sdk/client-ecs";
import { launchTypeOf } from "../../../model/new-task.ts";
import type { Deployment, Service } from "../../../model/service.ts";
import { computedDesiredCount, type TaskSet } from "../../../model/task-set.ts";
import type { Snapshot, Stored } from "../../../store/store.ts";
import { taskHealth } from "../tasks/task-health.ts";

const latestPlatformVersion = "1.4.0";

/** What a task set is shown with. */
export interface TaskSetContext {
  readonly snapshot: Snapshot;
  readonly service: Service;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly tags: boolean;
  /** As the call leaves it, if that is not stored yet. */
  readonly deployment?: Deployment;
}

/** A task set as the API shows it. Source: ECS API reference, TaskSet. */
export function describeTaskSet(
  { arn, value }: Pick<Stored<"taskSet">, "arn" | "value">,
  { snapshot, service, now, tags, deployment: given }: TaskSetContext,
): sdk.TaskSet {
  const { taskSetId } = value;
  const deployment = given ?? snapshot.get("deployment", taskSetId)?.value;
  const { running, pending } = snapshot.tally("deploymentTasks", taskSetId);
  return {
    id: taskSetId,
    taskSetArn: arn,
    serviceArn: value.serviceArn,
    clusterArn: value.clusterArn,
    ...(value.startedBy === undefined ? {} : { startedBy: value.startedBy }),
    ...(value.externalId === undefined ? {} : { externalId: value.externalId }),
    status: statusOf(value, service),
    computedDesiredCount: computedDesiredCount(service, value),
    pendingCount: pending,
    runningCount: running,
    createdAt: new Date(value.createdAt),
    updatedAt: new Date(value.updatedAt),
    ...(deployment === undefined ? {} : substanceOf(deployment)),
    loadBalancers: [],
    serviceRegistries: [],
    scale: { value: value.scalePercent, unit: "PERCENT" },
    stabilityStatus: isStable(value, service, snapshot) ? "STEADY_STATE" : "STABILIZING",
    stabilityStatusAt: new Date(now),
    ...(tags ? { tags: [...value.tags] } : {}),
  };
}

const statusOf = ({ status, taskSetId }: TaskSet, { primaryDeploymentId }: Service) =>
  status === "ACTIVE" && taskSetId === primaryDeploymentId ? "PRIMARY" : status;

/** What its tasks are made of. */
function substanceOf(deployment: Deployment): Partial<sdk.TaskSet> {
  const { launchType, capacityProviderStrategy, platformVersion, networkConfiguration } = deployment;
  const isFargate = launchTypeOf(deployment).launchType === "FARGATE";
  const version =
    platformVersion === undefined || platformVersion === "LATEST" ? latestPlatformVersion : platformVersion;
  return {
    taskDefinition: deployment.taskDefinition,
    ...(launchType === undefined ? {} : { launchType }),
    ...(capacityProviderStrategy === undefined ? {} : { capacityProviderStrategy: [...capacityProviderStrategy] }),
    ...(isFargate ? { platformVersion: version, platformFamily: "Linux" } : {}),
    ...(networkConfiguration === undefined ? {} : { networkConfiguration }),
  };
}

/** Source: ECS API reference, TaskSet.stabilityStatus. */
function isStable(taskSet: TaskSet, service: Service, snapshot: Snapshot): boolean {
  const { running, pending } = snapshot.tally("deploymentTasks", taskSet.taskSetId);
  if (running !== computedDesiredCount(service, taskSet) || pending > 0) return false;
  return snapshot
    .list("task", { deploymentId: taskSet.taskSetId })
    .filter(({ value }) => value.lastStatus === "RUNNING")
    .every(({ value }) => {
      const instance = snapshot.get("containerInstance", value.containerInstanceArn ?? "")?.value;
      const definition = snapshot.get("taskDefinition", value.taskDefinitionArn)?.value;
      return instance?.status === "ACTIVE" && taskHealth(value, definition) !== "UNHEALTHY";
    });
}
