import type {
  CapacityProviderStrategyItem,
  NetworkConfiguration,
  PlacementConstraint,
  PlacementStrategy,
  Tag,
  TaskOverride,
} from "@aws-sdk/client-ecs";
import { containerArn, type LaunchType, lastSegment, type Place, taskArn } from "@hatoba/contract";
import { type TaskVolume, type VolumeWish, volumeDevice } from "./managed-volume.ts";
import type { Container, Task, TaskAttachment } from "./task.ts";
import type { TaskDefinition } from "./task-definition.ts";
import { taskDemand } from "./task-demand.ts";

/** What is wanted of a new task; whoever starts it (RunTask, StartTask, the service loop) fills this in. */
export interface TaskWish {
  readonly place: Place;
  readonly clusterArn: string;
  readonly taskDefinitionArn: string;
  readonly taskDefinition: TaskDefinition;
  readonly launchType: LaunchType;
  readonly capacityProviderName?: string;
  readonly platformVersion?: string;
  /** `family:NAME` if absent. */
  readonly group?: string;
  readonly startedBy?: string;
  readonly serviceArn?: string;
  readonly deploymentId?: string;
  readonly overrides?: TaskOverride;
  readonly networkConfiguration?: NetworkConfiguration;
  /** Of the call or the service; the task definition's own are added. */
  readonly placementConstraints?: readonly PlacementConstraint[];
  readonly placementStrategy?: readonly PlacementStrategy[];
  readonly volumes?: readonly VolumeWish[];
  readonly enableExecuteCommand?: boolean;
  readonly tags?: readonly Tag[];
  readonly rebalances?: boolean;
  /** Epoch milliseconds. */
  readonly createdAt: number;
}

/** The platform version that LATEST, and no version at all, stand for. Source: ECS developer guide, Fargate platform versions. */
const latestPlatformVersion = "1.4.0";

/**
 * A task that nobody has placed yet: PROVISIONING, wanted RUNNING.
 * @param newId a new random id of 32 hexadecimal digits with every call
 */
export function newTask(wish: TaskWish, newId: () => string): { readonly arn: string; readonly value: Task } {
  const { place, taskDefinition, launchType, networkConfiguration, placementStrategy } = wish;
  const { registered, family } = taskDefinition;
  const overrides = overridesOf(taskDefinition, wish.overrides);
  const cluster = lastSegment(wish.clusterArn);
  const id = newId();
  const demand = taskDemand(registered, overrides);
  const constraints = [...(registered.placementConstraints ?? []), ...(wish.placementConstraints ?? [])];
  const ephemeralStorage = overrides.ephemeralStorage ?? registered.ephemeralStorage;
  const inferenceAccelerators = wish.overrides?.inferenceAcceleratorOverrides ?? registered.inferenceAccelerators;
  const managedVolumes = (wish.volumes ?? []).map((volume) => newVolume(volume, newId));
  const value: Task = {
    clusterArn: wish.clusterArn,
    taskDefinitionArn: wish.taskDefinitionArn,
    family,
    launchType,
    ...(wish.capacityProviderName === undefined ? {} : { capacityProviderName: wish.capacityProviderName }),
    ...(launchType === "FARGATE" ? { platformVersion: platformVersionOf(wish.platformVersion) } : {}),
    desiredStatus: "RUNNING",
    lastStatus: "PROVISIONING",
    demand,
    group: wish.group ?? `family:${family}`,
    ...(wish.startedBy === undefined ? {} : { startedBy: wish.startedBy }),
    ...(wish.serviceArn === undefined ? {} : { serviceArn: wish.serviceArn }),
    ...(wish.deploymentId === undefined ? {} : { deploymentId: wish.deploymentId }),
    overrides,
    cpu: String(demand.cpu),
    memory: String(demand.memory),
    ...(ephemeralStorage?.sizeInGiB === undefined ? {} : { ephemeralStorageGiB: ephemeralStorage.sizeInGiB }),
    containers: containersOf(taskDefinition, overrides, () => containerArn(place, cluster, id, newId())).map(
      (container) => (wish.enableExecuteCommand ? { ...container, managedAgents: [startingAgent] } : container),
    ),
    attachments: managedVolumes.map(volumeAttachment),
    ...(managedVolumes.length === 0 ? {} : { managedVolumes }),
    ...(networkConfiguration === undefined ? {} : { networkConfiguration }),
    ...(constraints.length === 0 ? {} : { placementConstraints: constraints }),
    ...(placementStrategy === undefined ? {} : { placementStrategy }),
    ...(inferenceAccelerators === undefined ? {} : { inferenceAccelerators }),
    enableExecuteCommand: wish.enableExecuteCommand ?? false,
    createdAt: wish.createdAt,
    ...(wish.rebalances ? { rebalances: true } : {}),
    tags: wish.tags ?? [],
  };
  return { arn: taskArn(place, cluster, id), value };
}

const newVolume = (wish: VolumeWish, newId: () => string): TaskVolume => ({
  ...wish,
  volumeId: `vol-${newId().slice(-17)}`,
  attachmentId: newId().replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5"),
});

const volumeAttachment = ({ attachmentId, volumeId, name, roleArn, ...volume }: TaskVolume): TaskAttachment => ({
  id: attachmentId,
  type: "AmazonElasticBlockStorage",
  status: "PRECREATED",
  details: [
    { name: "roleArn", value: roleArn },
    { name: "volumeName", value: name },
    { name: "volumeId", value: volumeId },
    { name: "deviceName", value: volumeDevice },
    { name: "deleteOnTermination", value: String(volume.deleteOnTermination) },
    ...(volume.fileSystem === undefined ? [] : [{ name: "filesystemType", value: volume.fileSystem }]),
  ],
});

const startingAgent = { name: "ExecuteCommandAgent", lastStatus: "PENDING" } as const;

/** ECS lists every container among the overrides, also those of which nothing is overridden. */
function overridesOf({ registered }: TaskDefinition, stated: TaskOverride = {}): TaskOverride {
  const containerOverrides = (registered.containerDefinitions ?? []).map(
    ({ name = "" }) => stated.containerOverrides?.find((override) => override.name === name) ?? { name },
  );
  return { inferenceAcceleratorOverrides: [], ...stated, containerOverrides };
}

const platformVersionOf = (wanted: string | undefined) =>
  wanted === undefined || wanted === "LATEST" ? latestPlatformVersion : wanted;

function containersOf(
  { registered }: TaskDefinition,
  overrides: TaskOverride,
  newArn: () => string,
): readonly Container[] {
  return (registered.containerDefinitions ?? []).map((definition) => {
    const override = overrides.containerOverrides?.find(({ name }) => name === definition.name);
    const memory = override?.memory ?? definition.memory;
    const reservation = override?.memoryReservation ?? definition.memoryReservation;
    return {
      containerArn: newArn(),
      name: definition.name ?? "",
      image: definition.image ?? "",
      essential: definition.essential ?? true,
      cpu: String(override?.cpu ?? definition.cpu ?? 0),
      ...(memory === undefined ? {} : { memory: String(memory) }),
      ...(reservation === undefined ? {} : { memoryReservation: String(reservation) }),
      lastStatus: "PENDING" as const,
    };
  });
}

/** The launch type and capacity provider that a call or a service asks for. Without either it is EC2, as in ECS. */
export function launchTypeOf(wanted: {
  readonly launchType?: LaunchType | undefined;
  readonly capacityProviderStrategy?: readonly CapacityProviderStrategyItem[] | undefined;
}): { readonly launchType: LaunchType; readonly capacityProviderName?: string } {
  const providers = wanted.capacityProviderStrategy ?? [];
  const [preferred] = providers.toSorted((a, b) => (b.base ?? 0) - (a.base ?? 0) || (b.weight ?? 0) - (a.weight ?? 0));
  if (wanted.launchType !== undefined || preferred === undefined) return { launchType: wanted.launchType ?? "EC2" };
  const capacityProviderName = preferred.capacityProvider ?? "";
  const launchType = capacityProviderName.startsWith("FARGATE") ? "FARGATE" : "EC2";
  return { launchType, capacityProviderName };
}
