import type { AgentUpdateStatus, Attribute, Tag, VersionInfo } from "@aws-sdk/client-ecs";

/** What a container instance has in all. CPU units, MiB, reserved host ports as `tcp/22`. */
export interface Capacity {
  readonly cpu: number;
  readonly memory: number;
  readonly reservedPorts: readonly string[];
  readonly gpuIds: readonly string[];
}

/** What the agent says of one part of its machine. Times are epoch milliseconds. */
export interface InstanceHealth {
  readonly type: "CONTAINER_RUNTIME" | "ACCELERATED_COMPUTE" | "DAEMON";
  readonly status: "OK" | "IMPAIRED" | "INSUFFICIENT_DATA" | "INITIALIZING";
  readonly lastUpdated: number;
  readonly lastStatusChange: number;
}

/** A change of an agent to another release. */
export interface AgentUpdate {
  /** PENDING is written by UpdateContainerAgent, all that follows by the agent channel. */
  readonly status: AgentUpdateStatus;
  /** An http or https address. */
  readonly location: string;
  /** 64 hexadecimal digits. */
  readonly sha256: string;
}

/** A container instance as stored; keyed by its ARN. */
export interface ContainerInstance {
  readonly clusterArn: string;
  /** FARGATE: our own capacity for Fargate tasks of any cluster; it is never listed or described. */
  readonly capacity: "EC2" | "EXTERNAL" | "FARGATE";
  readonly ec2InstanceId?: string;
  readonly availabilityZone: string;
  /** Written by operations; INACTIVE is a deregistered one. */
  readonly status: "ACTIVE" | "DRAINING" | "REGISTERING" | "DEREGISTERING" | "INACTIVE";
  readonly registered: Capacity;
  readonly attributes: readonly Attribute[];
  readonly versionInfo?: VersionInfo;
  /** Written by the agent channel: a socket is open. */
  readonly agentConnected: boolean;
  /** Epoch milliseconds; when agentConnected last changed; written by the agent channel. */
  readonly agentConnectedAt?: number;
  readonly agentUpdate?: AgentUpdate;
  /** Written by the agent channel, when it changes. */
  readonly health?: readonly InstanceHealth[];
  /** The clientToken it was registered with. */
  readonly registrationToken?: string;
  readonly registeredAt: number;
  readonly tags: readonly Tag[];
}
