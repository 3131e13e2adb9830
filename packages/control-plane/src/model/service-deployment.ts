import type {
  ContainerImage,
  DeploymentLifecycleHookAction,
  DeploymentLifecycleHookStage,
  DeploymentLifecycleHookStatus,
  Rollback,
  ServiceDeploymentLifecycleStage,
  ServiceDeploymentStatus,
} from "@aws-sdk/client-ecs";
import type { Deployment, Service } from "./service.ts";

/** What a rollout is to bring about, kept after it is over; keyed by its ARN, `service-revision/CLUSTER/SERVICE/NUMBER`. */
export interface ServiceRevision
  extends Pick<
    Deployment,
    | "serviceArn"
    | "taskDefinition"
    | "launchType"
    | "capacityProviderStrategy"
    | "platformVersion"
    | "networkConfiguration"
    | "serviceConnectConfiguration"
    | "volumeConfigurations"
  > {
  readonly clusterArn: string;
  readonly containerImages: readonly ContainerImage[];
  /** Epoch milliseconds. */
  readonly createdAt: number;
}

/** A revision beside a deployment, and how many of its tasks were wanted. */
export interface SourceRevision {
  readonly revisionArn: string;
  readonly deploymentId: string;
  readonly requestedTaskCount: number;
}

/** One pause of a deployment. Written by the service loop; an operation notes the action that was asked for. */
export interface LifecyclePause {
  readonly hookId: string;
  readonly stage: DeploymentLifecycleHookStage;
  readonly status: DeploymentLifecycleHookStatus;
  /** Epoch milliseconds; then `timeoutAction` is taken. */
  readonly expiresAt: number;
  readonly timeoutAction: DeploymentLifecycleHookAction;
  /** Asked for by ContinueServiceDeployment, not yet taken. */
  readonly requested?: DeploymentLifecycleHookAction;
}

/**
 * The record of one rollout, kept after it is over; keyed by its ARN, `service-deployment/CLUSTER/SERVICE/ID`. Made by
 * operations; then written by the service loop, but for `ROLLBACK_REQUESTED` and a pause's `requested`. Times are epoch
 * milliseconds.
 */
export interface ServiceDeployment {
  readonly deploymentId: string;
  readonly serviceArn: string;
  readonly clusterArn: string;
  readonly targetRevisionArn: string;
  readonly sources: readonly SourceRevision[];
  readonly deploymentConfiguration: Service["deploymentConfiguration"];
  readonly status: ServiceDeploymentStatus;
  readonly statusReason?: string;
  readonly failedTasks: number;
  readonly rollback?: Omit<Rollback, "startedAt"> & { readonly startedAt: number };
  /** Absent for a rolling deployment. */
  readonly lifecycleStage?: ServiceDeploymentLifecycleStage;
  /** When the stage began. */
  readonly stageSince?: number;
  /** Per cent of the production traffic that the target is to have; absent for a rolling deployment. */
  readonly productionTraffic?: number;
  /** When the traffic was last shifted. */
  readonly shiftedAt?: number;
  readonly pauses: readonly LifecyclePause[];
  readonly createdAt: number;
  readonly startedAt?: number;
  readonly finishedAt?: number;
  readonly stoppedAt?: number;
  readonly updatedAt: number;
}

/** Statuses of a deployment that is not over. */
export const openStatuses: readonly ServiceDeploymentStatus[] = [
  "PENDING",
  "IN_PROGRESS",
  "STOP_REQUESTED",
  "ROLLBACK_REQUESTED",
  "ROLLBACK_IN_PROGRESS",
];
export const isOpen = ({ status }: Pick<ServiceDeployment, "status">): boolean => openStatuses.includes(status);

const numberOf = (deploymentId: string) => deploymentId.slice(deploymentId.lastIndexOf("/") + 1);

/** The revision that a deployment, `ecs-svc/NUMBER`, of a service brings about. */
export const revisionArnOf = (serviceArn: string, deploymentId: string): string =>
  `${serviceArn.replace(":service/", ":service-revision/")}/${numberOf(deploymentId)}`;

/** The record of a deployment, `ecs-svc/NUMBER`, of a service. */
export const recordArnOf = (serviceArn: string, deploymentId: string): string =>
  `${serviceArn.replace(":service/", ":service-deployment/")}/${recordId(numberOf(deploymentId))}`;

const letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** 21 letters and digits that follow from the deployment's number, so that either is found from the other. */
function recordId(number: string): string {
  let rest = BigInt(number) * 58_411_555_223_344_667_711n;
  let id = "";
  while (id.length < 21) {
    id = (letters[Number(rest % 62n)] ?? "") + id;
    rest /= 62n;
  }
  return id;
}
