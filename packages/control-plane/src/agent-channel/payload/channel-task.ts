import { type ChannelTask, type IAMRoleCredentials, lastSegment, type Place, parseArn } from "@hatoba/contract";
import type { TaskRole } from "../../credentials/task-credentials.ts";
import type { NetworkInterface, Subnet } from "../../model/network.ts";
import type { PinnedImages } from "../../model/pinned-images.ts";
import type { Task } from "../../model/task.ts";
import type { TaskDefinition } from "../../model/task-definition.ts";
import { parseCpuUnits, parseMemoryMiB } from "../../model/task-demand.ts";
import { channelContainer } from "./channel-container.ts";
import { channelVolume } from "./channel-volume.ts";
import { channelNetworkInterface } from "./network-interface.ts";
import { filled, present } from "./present.ts";
import { volumeAttachment } from "./volume-attachment.ts";

/** The credentials of a task's roles. */
export type RoleCredentials = Readonly<Partial<Record<TaskRole["roleType"], IAMRoleCredentials>>>;

/** The network interface of an awsvpc task with what surrounds it. */
export interface TaskNetwork {
  readonly networkInterface: NetworkInterface;
  readonly subnet: Subnet;
  /** As `172.31.0.0/16`. */
  readonly vpcCidr: string;
}

const dockerApiAttribute = "com.amazonaws.ecs.capability.docker-remote-api.";
const oldestDockerApi = "1.18";

/**
 * A task wanted RUNNING, complete, as a payload carries it. Fit to be sent again at any time: it depends on nothing but
 * its arguments. Source: agent protocol, PayloadMessage.
 * @param credentials of its roles
 * @param pinned what its deployment has resolved its images to
 */
export function channelTask(
  taskArn: string,
  task: Task,
  taskDefinition: TaskDefinition,
  network: TaskNetwork | undefined,
  credentials: RoleCredentials = {},
  pinned: PinnedImages = {},
): ChannelTask {
  const { registered } = taskDefinition;
  const place: Place = parseArn(taskArn) ?? { accountId: "", region: "" };
  const taskId = lastSegment(taskArn);
  const windows = registered.runtimePlatform?.operatingSystemFamily?.startsWith("WINDOWS") ?? false;
  const networkMode = registered.networkMode ?? "bridge";
  const dockerApiVersion = dockerApiOf(taskDefinition);
  return {
    arn: taskArn,
    taskClusterArn: task.clusterArn,
    family: taskDefinition.family,
    version: String(taskDefinition.revision),
    desiredStatus: "RUNNING",
    networkMode,
    launchType: task.launchType,
    group: task.group,
    containers: (registered.containerDefinitions ?? []).map((definition) =>
      channelContainer(definition, {
        taskId,
        windows,
        networkMode,
        dockerApiVersion,
        region: place.region,
        launchType: task.launchType,
        withExec: task.enableExecuteCommand,
        imageDigest: pinned[definition.name ?? ""],
        containerArn: task.containers.find(({ name }) => name === definition.name)?.containerArn ?? "",
        override: task.overrides.containerOverrides?.find(({ name }) => name === definition.name),
      }),
    ),
    ...present({
      cpu: vCpuOf(task, taskDefinition),
      memory: memoryMiBOf(task, taskDefinition),
      volumes: filled(registered.volumes)?.map(channelVolume),
      pidMode: registered.pidMode,
      ipcMode: registered.ipcMode,
      serviceName: task.serviceArn && lastSegment(task.serviceArn),
      associations: filled(gpusOf(task)),
      proxyConfiguration: proxyOf(taskDefinition),
      enableFaultInjection: registered.enableFaultInjection || undefined,
      elasticNetworkInterfaces: network && [
        channelNetworkInterface(place, lastSegment(task.clusterArn), task, network.networkInterface, network.subnet),
      ],
      attachments: filled(task.managedVolumes)?.map((volume) => volumeAttachment(volume, taskArn, task.clusterArn)),
      roleCredentials: credentials.TaskApplication,
      executionRoleCredentials: credentials.TaskExecution,
      hatoba: network && { vpcCidr: network.vpcCidr },
    }),
  };
}

/** All that a wish to stop needs. A task the agent does not know is answered with STOPPED. */
export function stoppedChannelTask(taskArn: string, task: Task): ChannelTask {
  const version = task.taskDefinitionArn.slice(task.taskDefinitionArn.lastIndexOf(":") + 1);
  return {
    arn: taskArn,
    taskClusterArn: task.clusterArn,
    family: task.family,
    version,
    desiredStatus: "STOPPED",
    containers: [],
  };
}

/** Only what is stated for the task as a whole limits it as a whole; the sum over its containers does not. */
function vCpuOf(task: Task, { registered }: TaskDefinition): number | undefined {
  const stated = task.overrides.cpu ?? registered.cpu;
  const units = stated === undefined ? undefined : parseCpuUnits(stated);
  return units === undefined || units === 0 ? undefined : units / 1024;
}

function memoryMiBOf(task: Task, { registered }: TaskDefinition): number | undefined {
  const stated = task.overrides.memory ?? registered.memory;
  return (stated === undefined ? undefined : parseMemoryMiB(stated)) || undefined;
}

const gpusOf = (task: Task) =>
  task.containers.flatMap(({ name, gpuIds = [] }) =>
    gpuIds.map((gpu) => ({ type: "gpu" as const, name: gpu, containers: [name] })),
  );

function proxyOf({ registered: { proxyConfiguration } }: TaskDefinition): ChannelTask["proxyConfiguration"] {
  if (proxyConfiguration === undefined) return undefined;
  const { type = "APPMESH", containerName = "", properties = [] } = proxyConfiguration;
  const pairs = properties.flatMap(({ name, value }) => (name === undefined ? [] : [[name, value ?? ""] as const]));
  return { type, containerName, properties: Object.fromEntries(pairs) };
}

/** The newest Docker API that the task definition requires of an instance: the one its containers are created with. */
function dockerApiOf({ requiresAttributes }: TaskDefinition): string {
  const minors = requiresAttributes.flatMap(({ name }) =>
    name.startsWith(dockerApiAttribute) ? [Number(name.slice(dockerApiAttribute.length).split(".")[1])] : [],
  );
  const newest = Math.max(Number(oldestDockerApi.split(".")[1]), ...minors.filter(Number.isFinite));
  return `1.${newest}`;
}
