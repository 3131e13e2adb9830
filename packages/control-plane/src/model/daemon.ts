import type {
  DaemonContainerImage,
  DaemonDeploymentConfiguration,
  DaemonDeploymentStatus,
  DaemonPropagateTags,
  Tag,
} from "@aws-sdk/client-ecs";

/** One task on each container instance of some capacity providers, as stored; keyed by its ARN. Written by operations, except where a member says otherwise. */
export interface Daemon {
  readonly daemonName: string;
  readonly clusterArn: string;
  /** The daemon loop deletes it once none of its tasks is left. */
  readonly status: "ACTIVE" | "DELETE_IN_PROGRESS";
  /** What its tasks are made of; set back by the daemon loop when a deployment is rolled back. */
  readonly revisionArn: string;
  /** The newest deployment. */
  readonly deploymentArn: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly tags: readonly Tag[];
}

/** What a deployment of a daemon is to bring about; keyed by its ARN. Never changed. */
export interface DaemonRevision {
  readonly daemonArn: string;
  readonly clusterArn: string;
  readonly daemonTaskDefinitionArn: string;
  readonly capacityProviderArns: readonly string[];
  readonly containerImages: readonly DaemonContainerImage[];
  readonly propagateTags: DaemonPropagateTags;
  readonly enableECSManagedTags: boolean;
  readonly enableExecuteCommand: boolean;
  /** When a task of it fails, the other tasks of its container instance are stopped. */
  readonly critical: boolean;
  readonly createdAt: number;
}

/** The record of one rollout of a daemon; keyed by its ARN. Made by operations, then written by the daemon loop. Times are epoch milliseconds. */
export interface DaemonDeployment {
  readonly daemonArn: string;
  readonly clusterArn: string;
  readonly status: DaemonDeploymentStatus;
  readonly statusReason?: string;
  readonly targetRevisionArn: string;
  /** What was deployed until then; none for a first deployment. */
  readonly sourceRevisionArns: readonly string[];
  readonly deploymentConfiguration: DaemonDeploymentConfiguration;
  /** Tasks that failed, 0 again once one runs; what the circuit breaker goes by. */
  readonly failedTasks: number;
  /** No task is started before. */
  readonly notBefore?: number;
  /** Since when a step of it is done, and only its bake time is left. */
  readonly bakingSince?: number;
  readonly rollback?: { readonly reason: string; readonly startedAt: number; readonly revisionArn: string };
  readonly createdAt: number;
  readonly startedAt?: number;
  readonly stoppedAt?: number;
  readonly finishedAt?: number;
}

/** The group of a daemon's tasks. */
export const daemonGroup = (daemonName: string): string => `daemon:${daemonName}`;

/** The daemon whose revision an ARN names: `daemon-revision/CLUSTER/NAME/ID` is one of `daemon/CLUSTER/NAME`. */
export const daemonOfRevision = (revisionArn: string): string =>
  revisionArn.slice(0, revisionArn.lastIndexOf("/")).replace(":daemon-revision/", ":daemon/");
