import type { AccountSetting } from "./account-setting.ts";
import type { Activation } from "./activation.ts";
import type { ApiDestination, EventConnection } from "./api-destination.ts";
import type { CapacityProvider } from "./capacity-provider.ts";
import type { ClientToken } from "./client-token.ts";
import type { Cluster } from "./cluster.ts";
import type { ContainerInstance } from "./container-instance.ts";
import type { Daemon, DaemonDeployment, DaemonRevision } from "./daemon.ts";
import type { EventRule } from "./event-rule.ts";
import type { AccessPoint, FileSystem, MountTarget } from "./file-system.ts";
import type { Image, ImageBlob, ImageRepository, ImageTag } from "./image-repository.ts";
import type { LogResourcePolicy, MetricFilter, QueryDefinition, SubscriptionFilter } from "./log-filter.ts";
import type { ManagedInstance } from "./managed-instance.ts";
import type { KeptVolume } from "./managed-volume.ts";
import type { NetworkInterface, SecurityGroup, Subnet, Vpc } from "./network.ts";
import type { Parameter, ParameterVersion } from "./parameter.ts";
import type { InstanceProfile, ManagedPolicy, Role } from "./role.ts";
import type { Schedule, ScheduleGroup } from "./schedule.ts";
import type { Secret, SecretVersion } from "./secret.ts";
import type { Deployment, Service, ServiceEvents } from "./service.ts";
import type { ServiceDeployment, ServiceRevision } from "./service-deployment.ts";
import type { Session } from "./session.ts";
import type { Task } from "./task.ts";
import type { TaskDefinition, TaskDefinitionFamily } from "./task-definition.ts";
import type { TaskSet } from "./task-set.ts";

/** Everything the store holds, by kind. Values are plain JSON: times are epoch milliseconds, absent is absent. */
export interface Resources {
  cluster: Cluster;
  taskDefinition: TaskDefinition;
  taskDefinitionFamily: TaskDefinitionFamily;
  service: Service;
  deployment: Deployment;
  serviceEvents: ServiceEvents;
  serviceDeployment: ServiceDeployment;
  serviceRevision: ServiceRevision;
  taskSet: TaskSet;
  daemon: Daemon;
  daemonRevision: DaemonRevision;
  daemonDeployment: DaemonDeployment;
  task: Task;
  containerInstance: ContainerInstance;
  clientToken: ClientToken;
  capacityProvider: CapacityProvider;
  accountSetting: AccountSetting;
  vpc: Vpc;
  subnet: Subnet;
  securityGroup: SecurityGroup;
  networkInterface: NetworkInterface;
  role: Role;
  managedPolicy: ManagedPolicy;
  instanceProfile: InstanceProfile;
  activation: Activation;
  managedInstance: ManagedInstance;
  session: Session;
  eventRule: EventRule;
  eventConnection: EventConnection;
  apiDestination: ApiDestination;
  schedule: Schedule;
  scheduleGroup: ScheduleGroup;
  metricFilter: MetricFilter;
  subscriptionFilter: SubscriptionFilter;
  queryDefinition: QueryDefinition;
  logResourcePolicy: LogResourcePolicy;
  imageRepository: ImageRepository;
  image: Image;
  imageTag: ImageTag;
  imageBlob: ImageBlob;
  parameter: Parameter;
  parameterVersion: ParameterVersion;
  secret: Secret;
  secretVersion: SecretVersion;
  fileSystem: FileSystem;
  mountTarget: MountTarget;
  accessPoint: AccessPoint;
  keptVolume: KeptVolume;
}
export type Kind = keyof Resources;

/** Every kind there is. The compiler refuses a list that misses one. */
export const kinds = Object.keys({
  cluster: 0,
  taskDefinition: 0,
  taskDefinitionFamily: 0,
  service: 0,
  deployment: 0,
  serviceEvents: 0,
  serviceDeployment: 0,
  serviceRevision: 0,
  taskSet: 0,
  daemon: 0,
  daemonRevision: 0,
  daemonDeployment: 0,
  task: 0,
  containerInstance: 0,
  clientToken: 0,
  capacityProvider: 0,
  accountSetting: 0,
  vpc: 0,
  subnet: 0,
  securityGroup: 0,
  networkInterface: 0,
  role: 0,
  managedPolicy: 0,
  instanceProfile: 0,
  activation: 0,
  managedInstance: 0,
  session: 0,
  eventRule: 0,
  eventConnection: 0,
  apiDestination: 0,
  schedule: 0,
  scheduleGroup: 0,
  metricFilter: 0,
  subscriptionFilter: 0,
  queryDefinition: 0,
  logResourcePolicy: 0,
  imageRepository: 0,
  image: 0,
  imageTag: 0,
  imageBlob: 0,
  parameter: 0,
  parameterVersion: 0,
  secret: 0,
  secretVersion: 0,
  fileSystem: 0,
  mountTarget: 0,
  accessPoint: 0,
  keptVolume: 0,
} satisfies Record<Kind, 0>) as readonly Kind[];
