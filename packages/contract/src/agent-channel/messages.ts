/**
 * The frames of the agent communication service (ACS): one JSON object per WebSocket text message,
 * `{"type": "PayloadMessage", "message": {...}}`. Field names and meanings are those of the Amazon ECS container agent;
 * members under `hatoba` are ours, and the genuine agent ignores them.
 */
export interface ChannelTaskDefinitionContainer {
  readonly name: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly entryPoint?: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Docker CPU shares, ECS CPU units. */
  readonly cpu: number;
  /** MiB, hard limit; 0 for none. */
  readonly memory: number;
  readonly essential: boolean;
  readonly links?: readonly string[];
  readonly portMappings: readonly ChannelPortMapping[];
  readonly mountPoints: readonly { sourceVolume: string; containerPath: string; readOnly: boolean }[];
  readonly volumesFrom: readonly { sourceContainer: string; readOnly: boolean }[];
  readonly dependsOn?: readonly { containerName: string; condition: "START" | "COMPLETE" | "SUCCESS" | "HEALTHY" }[];
  /** Seconds. */
  readonly startTimeout?: number;
  /** Seconds. */
  readonly stopTimeout?: number;
  readonly restartPolicy?: {
    readonly enabled: boolean;
    readonly ignoredExitCodes?: readonly number[];
    /** Seconds. */
    readonly restartAttemptPeriod?: number;
  };
  readonly healthCheckType?: "docker";
  readonly environmentFiles?: readonly { readonly value: string; readonly type: "s3" }[];
  readonly secrets?: readonly ChannelSecret[];
  readonly registryAuthentication?:
    | {
        readonly type: "asm";
        readonly asmAuthData: { readonly credentialsParameter: string; readonly region: string };
      }
    | { readonly type: "ecr"; readonly ecrAuthData: EcrAuthData };
  readonly firelensConfiguration?: {
    readonly type: "fluentd" | "fluentbit";
    readonly options: Readonly<Record<string, string>>;
  };
  readonly credentialSpecs?: readonly string[];
  /** Of a task with ECS Exec. */
  readonly managedAgents?: readonly {
    readonly name: "ExecuteCommandAgent";
    readonly properties: Readonly<Record<string, string>>;
  }[];
  /** `config` and `hostConfig` are JSON texts in the spelling of Docker's create call. */
  readonly dockerConfig: { readonly version: string; readonly config: string; readonly hostConfig: string };
  readonly containerArn: string;
  /** A JSON text; `{}` for none. */
  readonly overrides: string;
}

/** Of an image in ECR: the agent asks GetAuthorizationToken for its login. */
export interface EcrAuthData {
  readonly registryId: string;
  readonly region: string;
  /** Where ECR is to be asked, as `http://127.0.0.1:4577`. */
  readonly endpointOverride: string;
  /** It is asked with the credentials of the task's execution role, and otherwise with the agent's own. */
  readonly useExecutionRole: boolean;
}

/** A secret that the agent fetches with the execution role: a variable of the container, or an option of its log driver. */
export interface ChannelSecret {
  /** The variable's or the option's name. */
  readonly name: string;
  /** A parameter's name or ARN, or a secret's ARN with its suffixes. */
  readonly valueFrom: string;
  readonly provider: "ssm" | "asm";
  readonly region: string;
  readonly type: "ENVIRONMENT_VARIABLE" | "BOOTSTRAP";
  readonly target: "CONTAINER" | "LOG_DRIVER";
}

/** `hostPort` 0 or absent: the agent picks one of the dynamic range. Ranges are `from-to`. */
export interface ChannelPortMapping {
  readonly containerPort?: number;
  readonly hostPort?: number;
  readonly containerPortRange?: string;
  readonly protocol: "tcp" | "udp";
}

/** Of type `host`, or without a type, `host` is mandatory, if only as `{}`. */
export interface ChannelVolume {
  readonly name: string;
  readonly type?: "host" | "docker" | "efs" | "fsxWindowsFileServer";
  readonly host?: { readonly sourcePath?: string };
  readonly dockerVolumeConfiguration?: {
    readonly scope?: "task" | "shared";
    readonly autoprovision?: boolean;
    readonly driver?: string;
    readonly driverOpts?: Readonly<Record<string, string>>;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly efsVolumeConfiguration?: {
    readonly fileSystemId: string;
    readonly rootDirectory?: string;
    readonly transitEncryption?: string;
    readonly transitEncryptionPort?: number;
    readonly authorizationConfig?: { readonly accessPointId?: string; readonly iam?: string };
    /** What the file system's side says to this mount; a genuine agent passes over it. */
    readonly hatobaGrant?: EfsGrant;
  };
  readonly fsxWindowsFileServerVolumeConfiguration?: {
    readonly fileSystemId: string;
    readonly rootDirectory: string;
    readonly authorizationConfig: { readonly credentialsParameter: string; readonly domain: string };
  };
}

/** Whether and how a task may mount a file system: a refusal in the words of the EFS mount helper, or what is mounted. */
export type EfsGrant =
  | { readonly refused: string; readonly code: number }
  | {
      /** Below the file system's root; absolute. */
      readonly path: string;
      /** How the directory is made if it is not there. `permissions` as `0755`. */
      readonly create?: { readonly ownerUid: number; readonly ownerGid: number; readonly permissions: string };
      /** Who the access point makes of everybody. */
      readonly user?: { readonly uid: number; readonly gid: number; readonly secondaryGids: readonly number[] };
      readonly mayWrite: boolean;
      /** Root is root there too, and not squashed. */
      readonly mayBeRoot: boolean;
    };

/**
 * A volume that is made for a task, as properties without order: volumeId, volumeName (as the task definition has it), volumeSizeGib,
 * deviceName, sourceVolumeHostPath and fileSystem (none: what the machine can), and for our agent deleteOnTermination.
 */
export interface VolumeAttachment {
  readonly attachmentArn: string;
  readonly attachmentType: "amazonebs";
  /** No value is empty. */
  readonly attachmentProperties: readonly { readonly name: string; readonly value: string }[];
}

export interface ElasticNetworkInterface {
  readonly ec2Id: string;
  readonly macAddress: string;
  readonly attachmentArn: string;
  readonly ipv4Addresses: readonly { readonly primary: boolean; readonly privateAddress: string }[];
  /** As `172.31.0.1/20`. */
  readonly subnetGatewayIpv4Address: string;
  readonly domainName?: readonly string[];
  readonly domainNameServers?: readonly string[];
  readonly privateDnsName?: string;
}

/** Temporary credentials of a role, for the containers of one task or for what the agent fetches on their behalf. */
export interface IAMRoleCredentials {
  /** Part of the address that containers ask, so it stays the same for the life of the task. */
  readonly credentialsId: string;
  readonly roleArn: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  /** ISO 8601, as `2027-01-01T00:00:00Z`. */
  readonly expiration: string;
}

/** New credentials under the `credentialsId` of the old ones. */
export interface IAMRoleCredentialsMessage {
  readonly messageId: string;
  readonly taskArn: string;
  readonly taskClusterArn?: string;
  readonly roleType: "TaskApplication" | "TaskExecution";
  readonly roleCredentials: IAMRoleCredentials;
}

export interface ChannelTask {
  readonly arn: string;
  readonly taskClusterArn: string;
  readonly family: string;
  readonly version: string;
  readonly desiredStatus: "RUNNING" | "STOPPED";
  readonly containers: readonly ChannelTaskDefinitionContainer[];
  readonly volumes?: readonly ChannelVolume[];
  /** vCPU, as 0.5. */
  readonly cpu?: number;
  /** MiB. */
  readonly memory?: number;
  readonly networkMode?: "bridge" | "host" | "none" | "awsvpc";
  readonly pidMode?: string;
  readonly ipcMode?: string;
  readonly elasticNetworkInterfaces?: readonly ElasticNetworkInterface[];
  /** Volumes that are made for the task. */
  readonly attachments?: readonly VolumeAttachment[];
  /** GPUs: `name` is the device's id. */
  readonly associations?: readonly {
    readonly type: "gpu";
    readonly name: string;
    readonly containers: readonly string[];
  }[];
  readonly proxyConfiguration?: {
    readonly type: string;
    readonly containerName: string;
    readonly properties: Readonly<Record<string, string>>;
  };
  readonly enableFaultInjection?: boolean;
  /** Of the task role. */
  readonly roleCredentials?: IAMRoleCredentials;
  readonly executionRoleCredentials?: IAMRoleCredentials;
  readonly launchType?: string;
  readonly serviceName?: string;
  readonly group?: string;
  /** What our agent needs beyond the protocol. */
  readonly hatoba?: ChannelTaskExtras;
}

export interface ChannelTaskExtras {
  /** The block that all subnets of the task's VPC lie in, as `172.31.0.0/16`; awsvpc tasks only. */
  readonly vpcCidr?: string;
}

interface Addressed {
  readonly messageId: string;
  readonly clusterArn: string;
  readonly containerInstanceArn: string;
}

export interface PayloadMessage extends Addressed {
  /** Epoch milliseconds. */
  readonly generatedAt: number;
  /** Grows with every message to one container instance, in one count with a manifest's `timeline`. */
  readonly seqNum: number;
  readonly tasks: readonly ChannelTask[];
}

export interface ManifestEntry {
  readonly taskArn: string;
  readonly taskClusterArn: string;
  readonly desiredStatus: "RUNNING" | "STOPPED";
}

export interface TaskManifestMessage extends Addressed {
  readonly generatedAt: number;
  readonly timeline: number;
  readonly tasks: readonly ManifestEntry[];
}

export interface AckRequest {
  readonly cluster: string;
  readonly containerInstance: string;
  readonly messageId: string;
}

/**
 * Ours alone: asks the agent to open a session link (session-link/frames.ts) for this session. The genuine agent ignores it.
 */
export interface OpenSessionMessage extends Addressed {
  readonly sessionId: string;
  /** Goes back in the query of the link's address, as `token`. Good for one link and a short time. */
  readonly token: string;
  readonly target:
    | {
        readonly type: "container";
        readonly taskArn: string;
        readonly containerName: string;
        readonly runtimeId: string;
      }
    /** The container instance itself. */
    | { readonly type: "host" };
  readonly run: /** `command` is one text, split by shell word rules and run directly; absent for a login shell. */
    | { readonly type: "command"; readonly command?: string; readonly terminal: boolean }
    /** TCP to `port` of `host`, seen from the target; `multiplexed`: the bytes are smux version 1 frames. */
    | { readonly type: "port"; readonly host?: string; readonly port: number; readonly multiplexed: boolean };
}

/** A network interface that is being attached to the machine, before the payload of the task that it is for. */
export interface AttachTaskNetworkInterfacesMessage extends Addressed {
  readonly taskArn: string;
  readonly taskClusterArn: string;
  /** Epoch milliseconds. */
  readonly generatedAt: number;
  /** How long the agent looks out for it. */
  readonly waitTimeoutMs: number;
  /** Exactly one. */
  readonly elasticNetworkInterfaces: readonly ElasticNetworkInterface[];
}

/** A volume or another resource that is being attached to the machine for a task; the agent says when it is there. */
export interface ConfirmAttachmentMessage extends Addressed {
  readonly taskArn: string;
  readonly taskClusterArn: string;
  /** Epoch milliseconds. */
  readonly generatedAt: number;
  readonly waitTimeoutMs?: number;
  readonly attachment: {
    readonly attachmentArn: string;
    /** As `amazonebs`. */
    readonly attachmentType?: string;
    /** No value is empty. */
    readonly attachmentProperties: readonly { readonly name: string; readonly value: string }[];
  };
}

/** A release of the agent: to be fetched (StageUpdateMessage), to be changed to (PerformUpdateMessage). */
export interface UpdateMessage extends Addressed {
  readonly updateInfo: {
    /** Where it is: an http or https address. */
    readonly location: string;
    /** The SHA-256 of it, in hexadecimal digits. */
    readonly signature: string;
  };
}

/** Every message by its type, in both directions. */
export interface ChannelMessages {
  HeartbeatMessage: { readonly healthy: boolean; readonly messageId: string };
  HeartbeatAckRequest: { readonly messageId: string };
  PayloadMessage: PayloadMessage;
  IAMRoleCredentialsMessage: IAMRoleCredentialsMessage;
  IAMRoleCredentialsAckRequest: {
    readonly messageId: string;
    readonly credentialsId: string;
    readonly expiration: string;
  };
  AttachTaskNetworkInterfacesMessage: AttachTaskNetworkInterfacesMessage;
  ConfirmAttachmentMessage: ConfirmAttachmentMessage;
  StageUpdateMessage: UpdateMessage;
  PerformUpdateMessage: UpdateMessage;
  OpenSessionMessage: OpenSessionMessage;
  AckRequest: AckRequest;
  NackRequest: AckRequest & { readonly reason: string };
  TaskManifestMessage: TaskManifestMessage;
  TaskStopVerificationMessage: { readonly messageId: string; readonly stopCandidates: readonly ManifestEntry[] };
  TaskStopVerificationAck: {
    readonly messageId: string;
    readonly generatedAt: number;
    readonly stopTasks: readonly ManifestEntry[];
  };
}
export type ChannelMessageType = keyof ChannelMessages;
export type ChannelFrame = {
  [T in ChannelMessageType]: { readonly type: T; readonly message: ChannelMessages[T] };
}[ChannelMessageType];
