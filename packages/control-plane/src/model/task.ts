import type {
  HealthStatus,
  InferenceAcceleratorOverride,
  KeyValuePair,
  NetworkBinding,
  NetworkConfiguration,
  PlacementConstraint,
  PlacementStrategy,
  Tag,
  TaskOverride,
  TaskStopCode,
} from "@aws-sdk/client-ecs";
import type { DesiredStatus, LaunchType, ReportedStatus, TaskStatus } from "@hatoba/contract";
import type { TaskVolume } from "./managed-volume.ts";

/** What makes ECS Exec work in a container, as its agent reports it. Statuses: PENDING, RUNNING, STOPPED. */
export interface ManagedAgent {
  readonly name: "ExecuteCommandAgent";
  readonly lastStatus: ReportedStatus;
  /** Epoch milliseconds. */
  readonly lastStartedAt?: number;
  readonly reason?: string;
}

export interface Container {
  readonly containerArn: string;
  readonly name: string;
  /** With overrides applied. */
  readonly image: string;
  readonly essential: boolean;
  readonly cpu: string;
  readonly memory?: string;
  readonly memoryReservation?: string;
  readonly lastStatus: ReportedStatus;
  readonly runtimeId?: string;
  readonly imageDigest?: string;
  readonly exitCode?: number;
  readonly reason?: string;
  readonly networkBindings?: readonly NetworkBinding[];
  readonly healthStatus?: HealthStatus;
  readonly gpuIds?: readonly string[];
  /** Of a task with ECS Exec. */
  readonly managedAgents?: readonly ManagedAgent[];
}

/** The network interface of an awsvpc task or a volume made for it, as `task.attachments` shows it. */
export interface TaskAttachment {
  readonly id: string;
  readonly type: "ElasticNetworkInterface" | "AmazonElasticBlockStorage";
  readonly status: "PRECREATED" | "CREATED" | "ATTACHING" | "ATTACHED" | "DETACHING" | "DETACHED" | "DELETED";
  /** subnetId, networkInterfaceId, macAddress, privateDnsName, privateIPv4Address; or roleArn, volumeId, volumeName and the like. */
  readonly details: readonly KeyValuePair[];
}

/** What a task takes from its container instance while it is there. CPU units, MiB, ports with their protocol. */
export interface Demand {
  readonly cpu: number;
  readonly memory: number;
  /** Host ports that are fixed, as `tcp/8080`. */
  readonly ports: readonly string[];
  readonly gpus: number;
  /** Network interfaces: 1 for awsvpc. */
  readonly networkInterfaces: number;
}

/**
 * A task as stored; keyed by its ARN. `desiredStatus` goes from RUNNING to STOPPED and never back, `lastStatus` only
 * forward. Times are epoch milliseconds.
 */
export interface Task {
  readonly clusterArn: string;
  readonly taskDefinitionArn: string;
  readonly family: string;
  readonly launchType: LaunchType;
  readonly capacityProviderName?: string;
  readonly platformVersion?: string;
  readonly desiredStatus: DesiredStatus;
  readonly lastStatus: TaskStatus;
  /** Absent until it is placed. Fargate tasks have it too; it is not shown. */
  readonly containerInstanceArn?: string;
  /** Absent until it is placed. */
  readonly availabilityZone?: string;
  readonly demand: Demand;
  readonly group: string;
  readonly startedBy?: string;
  readonly serviceArn?: string;
  readonly deploymentId?: string;
  readonly overrides: TaskOverride;
  readonly cpu?: string;
  readonly memory?: string;
  readonly ephemeralStorageGiB?: number;
  readonly containers: readonly Container[];
  readonly attachments: readonly TaskAttachment[];
  /** Each has an attachment. */
  readonly managedVolumes?: readonly TaskVolume[];
  readonly networkConfiguration?: NetworkConfiguration;
  readonly placementConstraints?: readonly PlacementConstraint[];
  readonly placementStrategy?: readonly PlacementStrategy[];
  readonly inferenceAccelerators?: readonly InferenceAcceleratorOverride[];
  readonly enableExecuteCommand: boolean;
  readonly stopCode?: TaskStopCode;
  readonly stoppedReason?: string;
  /** Whether the agent has acknowledged the task's assignment, and then the wish to stop it. */
  readonly connectivity?: "CONNECTED" | "DISCONNECTED";
  readonly connectivityAt?: number;
  readonly createdAt: number;
  readonly pullStartedAt?: number;
  readonly pullStoppedAt?: number;
  readonly startedAt?: number;
  readonly executionStoppedAt?: number;
  /** When desiredStatus became STOPPED. */
  readonly stoppingAt?: number;
  readonly stoppedAt?: number;
  /** Until then, in epoch milliseconds, its service does not give it up; written by UpdateTaskProtection. */
  readonly protectedUntil?: number;
  /** Its failure to start has been counted into its deployment; written by the service loop. */
  readonly failureCounted?: boolean;
  /** It was started to even out the zones of its service, beyond what that wants. */
  readonly rebalances?: boolean;
  readonly tags: readonly Tag[];
}
