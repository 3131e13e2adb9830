import type { HealthStatus, ReportedStatus } from "@hatoba/contract";

/**
 * The ECS API as the agent needs it. Calls are tried again where that can help (see retry.ts); what remains rejects with
 * ControlPlaneError.
 */
export interface ControlPlane {
  registerContainerInstance(registration: Registration): Promise<Registered>;
  createCluster(clusterName: string): Promise<void>;
  discoverPollEndpoint(containerInstanceArn: string): Promise<PollEndpoints>;
  /**
   * One state change of one task; resolves when it was acknowledged. Tried again for about a day; `signal` ends that.
   * @throws ControlPlaneError `InvalidParameterException`: the change was refused for good and is to be dropped.
   */
  submitTaskStateChange(change: TaskStateChange, signal?: AbortSignal): Promise<void>;
  submitAttachmentStateChanges(attachmentArns: readonly string[], signal?: AbortSignal): Promise<void>;
}

/** What RegisterContainerInstance says of this machine. Source: agent protocol, RegisterContainerInstance. */
export interface Registration {
  /** A UUID, the same over all tries of one process. */
  readonly clientToken: string;
  /** Only when it was registered before. */
  readonly containerInstanceArn?: string;
  readonly instanceIdentityDocument?: string;
  readonly instanceIdentityDocumentSignature?: string;
  /** Custom ones only when it registers for the first time; then capabilities, then the platform's. */
  readonly attributes: readonly AgentAttribute[];
  /** CPU units. */
  readonly cpu: number;
  readonly memoryMiB: number;
  readonly reservedTcpPorts: readonly number[];
  readonly reservedUdpPorts: readonly number[];
  readonly tags?: readonly { readonly key: string; readonly value: string }[];
  readonly gpuIds?: readonly string[];
}
export interface AgentAttribute {
  readonly name: string;
  readonly value?: string;
}

export interface Registered {
  readonly containerInstanceArn: string;
  readonly attributes: readonly AgentAttribute[];
}

/** URLs; the sockets are at `/ws` under them. */
export interface PollEndpoints {
  readonly endpoint: string;
  readonly telemetryEndpoint: string;
}

/** Times are epoch milliseconds. */
export interface TaskStateChange {
  readonly task: string;
  /** The attachment variant has none. */
  readonly status?: ReportedStatus;
  /** Empty or absent if there is none; cut to 1,024 characters. */
  readonly reason?: string;
  /** In the order in which it happened; a container may stand there twice. */
  readonly containers?: readonly ContainerStateChange[];
  readonly pullStartedAt?: number;
  readonly pullStoppedAt?: number;
  /** When the first essential container stopped. */
  readonly executionStoppedAt?: number;
  readonly attachments?: readonly { readonly attachmentArn: string; readonly status: "ATTACHED" }[];
  readonly managedAgents?: readonly ManagedAgentStateChange[];
}
export interface ContainerStateChange {
  readonly containerName: string;
  /** At most 255 characters; absent if it was never created. */
  readonly runtimeId?: string;
  readonly status: ReportedStatus;
  readonly exitCode?: number;
  readonly reason?: string;
  readonly imageDigest?: string;
  /** In every change of the container; none for host, awsvpc and none networks. */
  readonly networkBindings?: readonly AgentNetworkBinding[];
}
export interface AgentNetworkBinding {
  readonly bindIP: string;
  readonly containerPort?: number;
  readonly hostPort?: number;
  readonly containerPortRange?: string;
  readonly hostPortRange?: string;
  readonly protocol: "tcp" | "udp";
}
export interface ManagedAgentStateChange {
  readonly containerName: string;
  readonly managedAgentName: "ExecuteCommandAgent";
  readonly status: ReportedStatus;
  readonly reason?: string;
}

/** What the telemetry channel asks for: the health of every container that has a check. Times are epoch milliseconds. */
export interface TaskHealth {
  readonly taskArn: string;
  readonly clusterArn?: string;
  readonly family: string;
  readonly version: string;
  readonly containers: readonly {
    readonly containerName: string;
    readonly healthStatus: HealthStatus;
    readonly statusSince: number;
    readonly statusMessage?: string;
  }[];
}
/** Asked every 20 seconds, and whenever the engine says that something changed. */
export interface HealthSource {
  health(): readonly TaskHealth[];
  /** Calls back when a container's health changed. Returns the way to stop it. */
  onHealthChange?(listener: () => void): () => void;
}

/** What one container used since the last message; sets of measurements. Source: agent protocol, section 4.3. */
export interface ContainerMetric {
  readonly containerName: string;
  readonly cpuStatsSet: object;
  readonly memoryStatsSet: object;
  readonly networkStatsSet?: object;
  readonly storageStatsSet: object;
  readonly restartStatsSet?: { readonly restartCount: number };
}
export interface TaskMetric {
  readonly taskArn: string;
  readonly clusterArn?: string;
  readonly taskDefinitionFamily: string;
  readonly taskDefinitionVersion: string;
  readonly containerMetrics: readonly ContainerMetric[];
}
/** Asked every 20 seconds while there is a connection. */
export interface MetricsSource {
  /** Begins to measure. Returns the way to stop it. */
  start(): () => void;
  /** Whether there are no tasks. */
  isIdle(): boolean;
  /** What was measured since the last time. */
  takeMetrics(): readonly TaskMetric[];
}

/** Times are epoch milliseconds. */
export interface InstanceStatus {
  readonly type: "ContainerRuntime";
  readonly status: "INITIALIZING" | "OK" | "IMPAIRED" | "INSUFFICIENT_DATA";
  readonly lastUpdated: number;
  readonly lastStatusChange: number;
}
export interface InstanceStatusSource {
  /** What is to be told, empty if nothing is new. */
  unreported(): Promise<readonly InstanceStatus[]>;
  /** They were sent. */
  reported(statuses: readonly InstanceStatus[]): void;
}

/** A refusal or a failure of the control plane; `name` is its error code, or `NetworkError` if it could not be asked. */
export class ControlPlaneError extends Error {
  override readonly name: string;
  /** HTTP status; 0 if there was no answer. */
  readonly statusCode: number;
  /** Of the answer, if it had one. */
  readonly requestId: string | undefined;
  constructor(
    name: string,
    message: string,
    options?: ErrorOptions & { readonly statusCode?: number; readonly requestId?: string | undefined },
  ) {
    super(message, options);
    this.name = name;
    this.statusCode = options?.statusCode ?? 0;
    this.requestId = options?.requestId;
  }
}
