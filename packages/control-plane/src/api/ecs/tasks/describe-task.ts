import type * as sdk from "@aws-sdk/client-ecs";
import type { Task } from "../../../model/task.ts";
import type { TaskDefinition } from "../../../model/task-definition.ts";
import type { Snapshot, Stored } from "../../../store/store.ts";
import { describeContainer } from "./describe-container.ts";
import { shownStatus } from "./shown-status.ts";
import { taskHealth } from "./task-health.ts";

/** What is shown of a task that is not in the task itself. */
export interface TaskSurroundings {
  readonly taskDefinition: TaskDefinition | undefined;
  /** Of the container instance; its task definition's if it is not known. */
  readonly cpuArchitecture: string | undefined;
  /** Its agent is connected; true for a task that has none. */
  readonly agentConnected: boolean;
  /** Traffic is led to it, and has to be led away before it stops. */
  readonly hasTraffic: boolean;
}

/** Finds what `describeTask` needs, by look-ups alone. */
export function taskSurroundings(snapshot: Snapshot, task: Task): TaskSurroundings {
  const { taskDefinitionArn, containerInstanceArn, serviceArn } = task;
  const taskDefinition = snapshot.get("taskDefinition", taskDefinitionArn)?.value;
  const instance = containerInstanceArn ? snapshot.get("containerInstance", containerInstanceArn)?.value : undefined;
  const service = serviceArn ? snapshot.get("service", serviceArn)?.value : undefined;
  return {
    taskDefinition,
    cpuArchitecture: instance?.attributes.find(({ name }) => name === "ecs.cpu-architecture")?.value,
    agentConnected: instance?.agentConnected ?? true,
    hasTraffic: (service?.loadBalancers?.length ?? 0) + (service?.serviceRegistries?.length ?? 0) > 0,
  };
}

/** A task as the API shows it, tags only on request. Source: ECS API reference, Task. */
export function describeTask(
  { arn, revision, value: task }: Pick<Stored<"task">, "arn" | "revision" | "value">,
  surroundings: TaskSurroundings,
  { tags }: { readonly tags: boolean },
): sdk.Task {
  const { taskDefinition, hasTraffic } = surroundings;
  return {
    attachments: task.attachments.map((attachment) => ({ ...attachment, details: [...attachment.details] })),
    attributes: [{ name: "ecs.cpu-architecture", value: architectureOf(surroundings) }],
    ...given("availabilityZone", task.availabilityZone),
    ...given("capacityProviderName", task.capacityProviderName),
    clusterArn: task.clusterArn,
    ...given("connectivity", connectivityOf(task, surroundings)),
    ...time("connectivityAt", task.connectivityAt),
    ...(task.launchType === "FARGATE" ? {} : given("containerInstanceArn", task.containerInstanceArn)),
    containers: task.containers.map((container) => describeContainer(container, arn, task)),
    ...given("cpu", task.cpu),
    createdAt: new Date(task.createdAt),
    desiredStatus: task.desiredStatus,
    enableExecuteCommand: task.enableExecuteCommand,
    ...time("executionStoppedAt", task.executionStoppedAt),
    group: task.group,
    healthStatus: taskHealth(task, taskDefinition),
    inferenceAccelerators: (task.inferenceAccelerators ?? []).map(({ deviceName, deviceType }) => ({
      deviceName: deviceName ?? "",
      deviceType: deviceType ?? "",
    })),
    lastStatus: shownStatus(task, hasTraffic),
    launchType: task.launchType,
    ...given("memory", task.memory),
    overrides: task.overrides,
    ...given("platformVersion", task.platformVersion),
    ...(task.launchType === "FARGATE" ? fargateFacts(task, taskDefinition) : {}),
    ...time("pullStartedAt", task.pullStartedAt),
    ...time("pullStoppedAt", task.pullStoppedAt),
    ...time("startedAt", task.startedAt),
    ...given("startedBy", task.startedBy),
    ...given("stopCode", task.stopCode),
    ...time("stoppedAt", task.stoppedAt),
    ...given("stoppedReason", task.stoppedReason),
    ...time("stoppingAt", task.stoppingAt),
    tags: tags ? [...task.tags] : [],
    taskArn: arn,
    taskDefinitionArn: task.taskDefinitionArn,
    version: Math.max(1, revision),
    ...(task.launchType !== "FARGATE" && task.ephemeralStorageGiB !== undefined
      ? { ephemeralStorage: { sizeInGiB: task.ephemeralStorageGiB } }
      : {}),
  };
}

const given = <K extends keyof sdk.Task>(name: K, value: sdk.Task[K]): Pick<sdk.Task, K> =>
  (value === undefined ? {} : { [name]: value }) as Pick<sdk.Task, K>;
const time = <K extends keyof sdk.Task>(name: K, milliseconds: number | undefined): Pick<sdk.Task, K> =>
  (milliseconds === undefined ? {} : { [name]: new Date(milliseconds) }) as Pick<sdk.Task, K>;

/** Whether its agent can be spoken to, once it has been; a stopped task keeps what was so. */
const connectivityOf = ({ connectivity, lastStatus }: Task, { agentConnected }: TaskSurroundings) =>
  connectivity === "CONNECTED" && !agentConnected && lastStatus !== "STOPPED" ? "DISCONNECTED" : connectivity;

function architectureOf({ cpuArchitecture, taskDefinition }: TaskSurroundings): string {
  if (cpuArchitecture !== undefined) return cpuArchitecture;
  return (taskDefinition?.registered.runtimePlatform?.cpuArchitecture ?? "X86_64").toLowerCase();
}

/** Source: ECS API reference, EphemeralStorage: 20 GiB unless more is asked for. */
const fargateStorageGiB = 20;

function fargateFacts(task: Task, taskDefinition: TaskDefinition | undefined): Partial<sdk.Task> {
  const family = taskDefinition?.registered.runtimePlatform?.operatingSystemFamily ?? "LINUX";
  const sizeInGiB = task.ephemeralStorageGiB ?? fargateStorageGiB;
  return {
    platformFamily: family === "LINUX" ? "Linux" : family,
    ephemeralStorage: { sizeInGiB },
    fargateEphemeralStorage: { sizeInGiB },
  };
}
