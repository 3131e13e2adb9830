import type * as sdk from "@aws-sdk/client-ecs";
import { launchTypeOf } from "../../../model/new-task.ts";
import { type Deployment, hasTaskSets, type Service } from "../../../model/service.ts";
import { openStatuses } from "../../../model/service-deployment.ts";
import type { Snapshot, Stored } from "../../../store/store.ts";
import { describeTaskSet } from "../task-sets/describe-task-set.ts";
import { currentRevisions } from "./describe-service-deployment.ts";

const latestPlatformVersion = "1.4.0";

/** What a service is shown with. */
export interface ServiceContext {
  readonly tags: boolean;
  /** Epoch milliseconds. */
  readonly now: number;
  /** As the call leaves them, if that is not stored yet. */
  readonly deployments?: readonly Deployment[];
  readonly taskSets?: sdk.TaskSet[];
}

/**
 * A service as the API shows it. Its counts are those of its deployments, so that what a deleted service of the same name
 * has left to stop does not count. Deployments are the primary one first, then those that still have tasks or may be
 * rolled back to, newest first. Source: ECS API reference, Service and Deployment.
 */
export function describeService(
  { arn, value: service }: Pick<Stored<"service">, "arn" | "value">,
  snapshot: Snapshot,
  { tags, now, deployments, taskSets }: ServiceContext,
): sdk.Service {
  const ofTaskSets = hasTaskSets(service);
  const shown = deployments ?? snapshot.list("deployment", { serviceArn: arn }).map(({ value }) => value);
  const counts = shown.map(({ deploymentId }) => snapshot.tally("deploymentTasks", deploymentId));
  const wantedOf = (deploymentId: string) => {
    const { running, pending } = snapshot.tally("deploymentTasks", deploymentId);
    return deploymentId === service.primaryDeploymentId ? service.desiredCount : running + pending;
  };
  const events = snapshot.get("serviceEvents", `events/${arn}`)?.value.events ?? [];
  return {
    serviceArn: arn,
    serviceName: service.serviceName,
    clusterArn: service.clusterArn,
    loadBalancers: service.loadBalancers ?? [],
    serviceRegistries: service.serviceRegistries ?? [],
    status: service.status,
    desiredCount: service.desiredCount,
    runningCount: sum(counts.map(({ running }) => running)),
    pendingCount: sum(counts.map(({ pending }) => pending)),
    ...launchFacts(service),
    ...(isFargate(service) ? { platformVersion: service.platformVersion ?? "LATEST", platformFamily: "Linux" } : {}),
    ...(service.taskDefinition === "" ? {} : { taskDefinition: service.taskDefinition }),
    deploymentConfiguration: service.deploymentConfiguration,
    ...(ofTaskSets ? { taskSets: taskSets ?? taskSetsOf({ arn, value: service }, { snapshot, now, tags }) } : {}),
    deployments: ofTaskSets
      ? []
      : inOrder(shown, service).map((deployment) => describeDeployment(deployment, service, snapshot)),
    ...(service.networkConfiguration === undefined ? {} : { roleArn: serviceRole(arn) }),
    ...inProgress(arn, snapshot),
    currentServiceRevisions: currentRevisions(
      arn,
      inOrder(ofTaskSets ? [] : shown, service).map(({ deploymentId }) => ({
        deploymentId,
        desiredCount: wantedOf(deploymentId),
      })),
      snapshot,
    ),
    events: events.map(({ id, createdAt, message }) => ({ id, createdAt: new Date(createdAt), message })),
    createdAt: new Date(service.createdAt),
    placementConstraints: service.placementConstraints ?? [],
    placementStrategy: service.placementStrategy ?? [],
    ...(service.networkConfiguration === undefined ? {} : { networkConfiguration: service.networkConfiguration }),
    ...(service.healthCheckGracePeriodSeconds === undefined
      ? {}
      : { healthCheckGracePeriodSeconds: service.healthCheckGracePeriodSeconds }),
    schedulingStrategy: service.schedulingStrategy,
    deploymentController: service.deploymentController ?? { type: "ECS" },
    ...(tags ? { tags: [...service.tags] } : {}),
    ...(service.createdBy === undefined ? {} : { createdBy: service.createdBy }),
    enableECSManagedTags: service.enableECSManagedTags ?? false,
    propagateTags: service.propagateTags ?? "NONE",
    enableExecuteCommand: service.enableExecuteCommand ?? false,
    availabilityZoneRebalancing: service.availabilityZoneRebalancing ?? "DISABLED",
  };
}

const taskSetsOf = (
  { arn, value }: Pick<Stored<"service">, "arn" | "value">,
  around: { readonly snapshot: Snapshot; readonly now: number; readonly tags: boolean },
): sdk.TaskSet[] =>
  around.snapshot
    .list("taskSet", { serviceArn: arn })
    .map((taskSet) => describeTaskSet(taskSet, { ...around, service: value }));

/** The deployment that is under way, by its record. */
function inProgress(serviceArn: string, snapshot: Snapshot): Pick<sdk.Service, "currentServiceDeployment"> {
  const open = openStatuses.flatMap((status) => snapshot.list("serviceDeployment", { serviceArn, status }));
  const record = open.toSorted((a, b) => a.value.createdAt - b.value.createdAt).at(-1);
  return record === undefined ? {} : { currentServiceDeployment: record.arn };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

const isFargate = (what: Service | Deployment) => launchTypeOf(what).launchType === "FARGATE";

const launchFacts = ({ launchType, capacityProviderStrategy }: Service | Deployment) => ({
  ...(launchType === undefined ? {} : { launchType }),
  ...(capacityProviderStrategy === undefined ? {} : { capacityProviderStrategy: [...capacityProviderStrategy] }),
});

const serviceRole = (arn: string) =>
  `arn:aws:iam::${arn.split(":")[4]}:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS`;

function inOrder(deployments: readonly Deployment[], { primaryDeploymentId }: Service): readonly Deployment[] {
  const isPrimary = ({ deploymentId }: Deployment) => Number(deploymentId === primaryDeploymentId);
  return deployments.toSorted((a, b) => isPrimary(b) - isPrimary(a) || b.createdAt - a.createdAt);
}

function describeDeployment(deployment: Deployment, service: Service, snapshot: Snapshot): sdk.Deployment {
  const { running, pending } = snapshot.tally("deploymentTasks", deployment.deploymentId);
  const primary = deployment.deploymentId === service.primaryDeploymentId;
  return {
    id: deployment.deploymentId,
    status: primary ? "PRIMARY" : "ACTIVE",
    taskDefinition: deployment.taskDefinition,
    desiredCount: primary ? service.desiredCount : running + pending,
    pendingCount: pending,
    runningCount: running,
    failedTasks: deployment.failedTasks,
    createdAt: new Date(deployment.createdAt),
    updatedAt: new Date(deployment.updatedAt),
    ...launchFacts(deployment),
    ...(isFargate(deployment)
      ? { platformVersion: platformVersionOf(deployment.platformVersion), platformFamily: "Linux" }
      : {}),
    ...(deployment.networkConfiguration === undefined ? {} : { networkConfiguration: deployment.networkConfiguration }),
    ...(deployment.volumeConfigurations === undefined ? {} : { volumeConfigurations: deployment.volumeConfigurations }),
    rolloutState: deployment.rolloutState,
    rolloutStateReason: deployment.rolloutStateReason,
  };
}

const platformVersionOf = (version: string | undefined) =>
  version === undefined || version === "LATEST" ? latestPlatformVersion : version;
