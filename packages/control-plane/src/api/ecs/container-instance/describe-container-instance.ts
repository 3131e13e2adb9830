import type * as sdk from "@aws-sdk/client-ecs";
import type { ContainerInstance } from "../../../model/container-instance.ts";
import { gpusHeld } from "../../../placement/assign-gpus.ts";
import type { Snapshot, Stored } from "../../../store/store.ts";
import { describeRegistered, describeRemaining } from "./capacity.ts";

/**
 * A container instance as the API shows it; what is left there and how many tasks it has is counted now.
 * Source: ECS API reference, ContainerInstance.
 */
export function describeContainerInstance(
  { arn, revision, value: instance }: Stored<"containerInstance">,
  snapshot: Snapshot,
  include: readonly sdk.ContainerInstanceField[],
): sdk.ContainerInstance {
  const usage = snapshot.tally("instanceUsage", arn);
  const counts = snapshot.tally("instanceTasks", arn);
  const gpusInUse = usage.gpus > 0 ? gpusHeld(snapshot, arn) : new Set<string>();
  return {
    containerInstanceArn: arn,
    ...(instance.ec2InstanceId === undefined ? {} : { ec2InstanceId: instance.ec2InstanceId }),
    version: revision,
    versionInfo: instance.versionInfo ?? {},
    remainingResources: describeRemaining(instance.registered, usage, gpusInUse),
    registeredResources: describeRegistered(instance.registered),
    status: instance.status,
    agentConnected: instance.agentConnected,
    ...(instance.agentUpdate === undefined ? {} : { agentUpdateStatus: instance.agentUpdate.status }),
    runningTasksCount: counts.running,
    pendingTasksCount: counts.pending,
    attributes: [...instance.attributes],
    registeredAt: new Date(instance.registeredAt),
    attachments: [],
    tags: include.includes("TAGS") ? [...instance.tags] : [],
    ...(include.includes("CONTAINER_INSTANCE_HEALTH") ? { healthStatus: healthOf(instance) } : {}),
  };
}

/**
 * Whether the agent is there, which the control plane can tell by itself, and what the agent says of its machine. As a whole it is
 * as its worst part. Source: ECS API reference, ContainerInstanceHealthStatus.
 */
function healthOf({
  agentConnected,
  agentConnectedAt,
  registeredAt,
  health = [],
}: ContainerInstance): sdk.ContainerInstanceHealthStatus {
  const status = agentConnected ? "OK" : agentConnectedAt === undefined ? "INITIALIZING" : "IMPAIRED";
  const since = agentConnectedAt ?? registeredAt;
  const parts = [
    { type: "AGENT_CONNECTIVITY" as const, status, lastUpdated: since, lastStatusChange: since },
    ...health,
  ] as const;
  const worst = worstFirst.find((one) => parts.some((part) => part.status === one)) ?? "OK";
  return {
    overallStatus: worst,
    details: parts.map(({ lastUpdated, lastStatusChange, ...part }) => ({
      ...part,
      lastUpdated: new Date(lastUpdated),
      lastStatusChange: new Date(lastStatusChange),
    })),
  };
}
const worstFirst = ["IMPAIRED", "INSUFFICIENT_DATA", "INITIALIZING", "OK"] as const;
