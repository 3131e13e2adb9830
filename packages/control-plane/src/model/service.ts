import type {
  CapacityProviderStrategyItem,
  CreateServiceRequest,
  DeploymentRolloutState,
  Tag,
} from "@aws-sdk/client-ecs";
import type { LaunchType } from "@hatoba/contract";

/** What CreateService and UpdateService keep as ECS shapes it, without reading it. */
type Kept = Pick<
  CreateServiceRequest,
  | "availabilityZoneRebalancing"
  | "deploymentController"
  | "enableECSManagedTags"
  | "enableExecuteCommand"
  | "healthCheckGracePeriodSeconds"
  | "loadBalancers"
  | "networkConfiguration"
  | "placementConstraints"
  | "placementStrategy"
  | "propagateTags"
  | "role"
  | "serviceConnectConfiguration"
  | "serviceRegistries"
  | "volumeConfigurations"
>;

/** A service as stored; keyed by its ARN. Written by operations, except where a member says otherwise. */
export interface Service extends Kept {
  readonly serviceName: string;
  readonly clusterArn: string;
  /** DRAINING once it is to be deleted and still has tasks; the service loop then makes it INACTIVE. */
  readonly status: "ACTIVE" | "DRAINING" | "INACTIVE";
  readonly schedulingStrategy: "REPLICA" | "DAEMON";
  readonly desiredCount: number;
  /** The full ARN with revision; empty while a service of task sets has no primary one. */
  readonly taskDefinition: string;
  readonly launchType?: LaunchType;
  readonly capacityProviderStrategy?: readonly CapacityProviderStrategyItem[];
  readonly platformVersion?: string;
  readonly deploymentConfiguration: NonNullable<CreateServiceRequest["deploymentConfiguration"]> & {
    readonly maximumPercent: number;
    readonly minimumHealthyPercent: number;
  };
  /** `ecs-svc/…`, the deployment that new tasks belong to; with task sets the primary one's id, empty while there is none. */
  readonly primaryDeploymentId: string;
  readonly createdBy?: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  /** When it became INACTIVE; epoch milliseconds; written by the service loop. */
  readonly inactiveAt?: number;
  readonly tags: readonly Tag[];
}

/**
 * One rollout of a service, or what a task set's tasks are made of; keyed by its id, `ecs-svc/NUMBER`. Created by operations with rolloutState IN_PROGRESS; from
 * then on written by the service loop alone. PRIMARY or ACTIVE is not in it: that is whether the service names it.
 */
export interface Deployment
  extends Pick<
    Service,
    | "launchType"
    | "capacityProviderStrategy"
    | "platformVersion"
    | "networkConfiguration"
    | "serviceConnectConfiguration"
    | "volumeConfigurations"
  > {
  readonly deploymentId: string;
  readonly serviceArn: string;
  readonly taskDefinition: string;
  readonly rolloutState: DeploymentRolloutState;
  readonly rolloutStateReason: string;
  /** Tasks of it that stopped before they were running, or for their health checks; 0 again once one is healthy. */
  readonly failedTasks: number;
  /** Rounds of starts in a row that failed since a task last became running; what the back-off grows with. */
  readonly consecutiveFailures: number;
  /** Epoch milliseconds before which no task is started, after failures. */
  readonly notBefore?: number;
  /** Epoch milliseconds since when a rolling deployment is as far as it has to come, and only its bake time is left. */
  readonly bakingSince?: number;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** Whether others than ECS decide what a service's tasks are made of, by task sets. */
export const hasTaskSets = ({ deploymentController }: Pick<Service, "deploymentController">): boolean =>
  (deploymentController?.type ?? "ECS") !== "ECS";

/** The newest events of a service, newest first, 100 at the most; keyed `events/SERVICE-ARN`; written by the service loop. */
export interface ServiceEvents {
  readonly serviceArn: string;
  readonly events: readonly { readonly id: string; readonly createdAt: number; readonly message: string }[];
  /** Whether the newest statement about its tasks was that it has reached a steady state. */
  readonly steady: boolean;
}
