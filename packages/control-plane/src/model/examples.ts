import * as arn from "@hatoba/contract";
import type { Activation } from "./activation.ts";
import type { ClientToken } from "./client-token.ts";
import type { Cluster } from "./cluster.ts";
import type { ContainerInstance } from "./container-instance.ts";
import type { ManagedInstance } from "./managed-instance.ts";
import type { NetworkInterface, SecurityGroup, Subnet } from "./network.ts";
import { type Role, roleArn } from "./role.ts";
import type { Deployment, Service, ServiceEvents } from "./service.ts";
import { revisionArnOf, type ServiceDeployment } from "./service-deployment.ts";
import type { Container, Task } from "./task.ts";
import type { TaskDefinition } from "./task-definition.ts";
import type { TaskSet } from "./task-set.ts";

// Valid resources for tests. Each builder makes one that fits the others (cluster "default", family "web", service
// "web") and takes the fields that matter to the test at hand.

export const examplePlace: arn.Place = { accountId: "000000000000", region: "us-east-1" };
/** 2026-01-01T00:00:00Z, where a ManualClock starts. */
export const exampleTime = Date.UTC(2026, 0, 1);

/** 32 hexadecimal digits, the same ones for the same number. */
export const exampleId = (number = 1): string => number.toString(16).padStart(32, "0");
export const exampleClusterArn = arn.clusterArn(examplePlace, "default");
export const exampleTaskDefinitionArn = arn.taskDefinitionArn(examplePlace, "web", 1);
export const exampleServiceArn = arn.serviceArn(examplePlace, "default", "web");
export const exampleDeploymentId = "ecs-svc/0000000000000000001";
export const exampleTaskArn = (number = 1): string => arn.taskArn(examplePlace, "default", exampleId(number));
export const exampleContainerInstanceArn = (number = 1): string =>
  arn.containerInstanceArn(examplePlace, "default", exampleId(number));

export const exampleCluster = (overrides: Partial<Cluster> = {}): Cluster => ({
  clusterName: "default",
  status: "ACTIVE",
  settings: [{ name: "containerInsights", value: "disabled" }],
  capacityProviders: [],
  defaultCapacityProviderStrategy: [],
  tags: [],
  createdAt: exampleTime,
  ...overrides,
});

export const exampleTaskDefinition = (overrides: Partial<TaskDefinition> = {}): TaskDefinition => ({
  family: "web",
  revision: 1,
  status: "ACTIVE",
  registered: {
    containerDefinitions: [
      {
        name: "app",
        image: "web:1",
        cpu: 256,
        memory: 512,
        essential: true,
        environment: [],
        mountPoints: [],
        volumesFrom: [],
        portMappings: [],
      },
    ],
    volumes: [],
    placementConstraints: [],
    networkMode: "bridge",
  },
  compatibilities: ["EC2", "EXTERNAL"],
  requiresAttributes: [],
  registeredBy: "arn:aws:iam::000000000000:root",
  registeredAt: exampleTime,
  tags: [],
  ...overrides,
});

/** A service that wants two tasks. */
export const exampleService = (overrides: Partial<Service> = {}): Service => ({
  serviceName: "web",
  clusterArn: exampleClusterArn,
  status: "ACTIVE",
  schedulingStrategy: "REPLICA",
  desiredCount: 2,
  taskDefinition: exampleTaskDefinitionArn,
  launchType: "EC2",
  deploymentConfiguration: { maximumPercent: 200, minimumHealthyPercent: 100 },
  primaryDeploymentId: exampleDeploymentId,
  createdAt: exampleTime,
  tags: [],
  ...overrides,
});

export const exampleDeployment = (overrides: Partial<Deployment> = {}): Deployment => ({
  deploymentId: exampleDeploymentId,
  serviceArn: exampleServiceArn,
  taskDefinition: exampleTaskDefinitionArn,
  launchType: "EC2",
  rolloutState: "IN_PROGRESS",
  rolloutStateReason: `ECS deployment ${exampleDeploymentId} in progress.`,
  failedTasks: 0,
  consecutiveFailures: 0,
  createdAt: exampleTime,
  updatedAt: exampleTime,
  ...overrides,
});

export const exampleServiceDeployment = (overrides: Partial<ServiceDeployment> = {}): ServiceDeployment => ({
  deploymentId: exampleDeploymentId,
  serviceArn: exampleServiceArn,
  clusterArn: exampleClusterArn,
  targetRevisionArn: revisionArnOf(exampleServiceArn, exampleDeploymentId),
  sources: [],
  deploymentConfiguration: { maximumPercent: 200, minimumHealthyPercent: 100 },
  status: "IN_PROGRESS",
  failedTasks: 0,
  pauses: [],
  createdAt: exampleTime,
  startedAt: exampleTime,
  updatedAt: exampleTime,
  ...overrides,
});

/** A task set of the example service that is to have all of its tasks; its deployment is the example one. */
export const exampleTaskSet = (overrides: Partial<TaskSet> = {}): TaskSet => ({
  taskSetId: exampleDeploymentId,
  serviceArn: exampleServiceArn,
  clusterArn: exampleClusterArn,
  status: "ACTIVE",
  scalePercent: 100,
  createdAt: exampleTime,
  updatedAt: exampleTime,
  tags: [],
  ...overrides,
});

export const exampleServiceEvents = (overrides: Partial<ServiceEvents> = {}): ServiceEvents => ({
  serviceArn: exampleServiceArn,
  events: [],
  steady: false,
  ...overrides,
});

export const exampleContainer = (overrides: Partial<Container> = {}): Container => ({
  containerArn: arn.containerArn(examplePlace, "default", exampleId(1), "00000000-0000-4000-8000-000000000001"),
  name: "app",
  image: "web:1",
  essential: true,
  cpu: "256",
  memory: "512",
  lastStatus: "PENDING",
  ...overrides,
});

/** A standalone task of launch type EC2 that is not placed yet: 256 CPU units, 512 MiB. */
export const exampleTask = (overrides: Partial<Task> = {}): Task => ({
  clusterArn: exampleClusterArn,
  taskDefinitionArn: exampleTaskDefinitionArn,
  family: "web",
  launchType: "EC2",
  desiredStatus: "RUNNING",
  lastStatus: "PROVISIONING",
  demand: { cpu: 256, memory: 512, ports: [], gpus: 0, networkInterfaces: 0 },
  group: "family:web",
  overrides: { containerOverrides: [{ name: "app" }] },
  containers: [exampleContainer()],
  attachments: [],
  enableExecuteCommand: false,
  createdAt: exampleTime,
  tags: [],
  ...overrides,
});

/** A task of the example service, RUNNING on the first example container instance. */
export const exampleRunningTask = (overrides: Partial<Task> = {}): Task =>
  exampleTask({
    lastStatus: "RUNNING",
    containerInstanceArn: exampleContainerInstanceArn(),
    availabilityZone: "us-east-1a",
    group: "service:web",
    startedBy: exampleDeploymentId,
    serviceArn: exampleServiceArn,
    deploymentId: exampleDeploymentId,
    containers: [exampleContainer({ lastStatus: "RUNNING", runtimeId: "a".repeat(64) })],
    connectivity: "CONNECTED",
    connectivityAt: exampleTime + 500,
    startedAt: exampleTime + 1000,
    ...overrides,
  });

/** 4 vCPUs and 16 GiB in us-east-1a, its agent connected. */
export const exampleContainerInstance = (overrides: Partial<ContainerInstance> = {}): ContainerInstance => ({
  clusterArn: exampleClusterArn,
  capacity: "EC2",
  ec2InstanceId: "i-00000000000000001",
  availabilityZone: "us-east-1a",
  status: "ACTIVE",
  registered: { cpu: 4096, memory: 16384, reservedPorts: ["tcp/22", "tcp/2375", "tcp/2376"], gpuIds: [] },
  attributes: [
    { name: "ecs.availability-zone", value: "us-east-1a" },
    { name: "ecs.os-type", value: "linux" },
  ],
  versionInfo: { agentVersion: "1.90.0", agentHash: "00000000", dockerVersion: "DockerVersion: 20.10.24" },
  agentConnected: true,
  agentConnectedAt: exampleTime,
  registeredAt: exampleTime,
  tags: [],
  ...overrides,
});

export const exampleClientToken = (overrides: Partial<ClientToken> = {}): ClientToken => ({
  operation: "RunTask",
  requestHash: "0".repeat(64),
  arns: [exampleTaskArn()],
  expiresAt: exampleTime + 24 * 60 * 60 * 1000,
  ...overrides,
});

export const exampleSubnet = (overrides: Partial<Subnet> = {}): Subnet => ({
  subnetId: "subnet-00000000000000001",
  vpcId: "vpc-00000000000000001",
  cidrBlock: "172.31.0.0/20",
  availabilityZone: "us-east-1a",
  availabilityZoneId: "use1-az1",
  defaultForAz: true,
  tags: [],
  ...overrides,
});

export const exampleSecurityGroup = (overrides: Partial<SecurityGroup> = {}): SecurityGroup => ({
  groupId: "sg-00000000000000001",
  groupName: "default",
  description: "default VPC security group",
  vpcId: "vpc-00000000000000001",
  tags: [],
  ...overrides,
});

export const exampleNetworkInterface = (overrides: Partial<NetworkInterface> = {}): NetworkInterface => ({
  networkInterfaceId: "eni-00000000000000001",
  subnetId: "subnet-00000000000000001",
  vpcId: "vpc-00000000000000001",
  availabilityZone: "us-east-1a",
  privateIpAddress: "172.31.0.4",
  macAddress: "02:00:00:00:00:01",
  securityGroups: ["sg-00000000000000001"],
  attachmentId: "00000000-0000-4000-8000-000000000001",
  taskArn: exampleTaskArn(),
  createdAt: exampleTime,
  ...overrides,
});

export const exampleRoleArn = roleArn(examplePlace, "/", "app");

/** A role that tasks may have and that allows nothing. */
export const exampleRole = (overrides: Partial<Role> = {}): Role => ({
  roleName: "app",
  path: "/",
  arn: exampleRoleArn,
  assumeRolePolicyDocument: JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service: "ecs-tasks.amazonaws.com" }, Action: "sts:AssumeRole" }],
  }),
  maxSessionDuration: 3600,
  inlinePolicies: [],
  attachedPolicyArns: [],
  tags: [],
  createdAt: exampleTime,
  ...overrides,
});

/** An activation that lets one machine join within a day. */
export const exampleActivation = (overrides: Partial<Activation> = {}): Activation => ({
  activationId: "00000000-0000-4000-8000-00000000000a",
  codeHash: "0".repeat(64),
  iamRole: "ecsExternalInstanceRole",
  registrationLimit: 1,
  registrationsCount: 0,
  createdAt: exampleTime,
  expiresAt: exampleTime + 24 * 60 * 60 * 1000,
  tags: [],
  ...overrides,
});

/** A machine that joined by that activation. */
export const exampleManagedInstance = (overrides: Partial<ManagedInstance> = {}): ManagedInstance => ({
  instanceId: "mi-00000000000000001",
  activationId: "00000000-0000-4000-8000-00000000000a",
  iamRole: "ecsExternalInstanceRole",
  accessKeyId: "AKIAMACHINE000000001",
  keySalt: "0".repeat(32),
  registeredAt: exampleTime,
  tags: [],
  ...overrides,
});
