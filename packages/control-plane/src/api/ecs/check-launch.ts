import type {
  CapacityProviderStrategyItem,
  NetworkConfiguration,
  PlacementConstraint,
  PlacementStrategy,
  LaunchType as SdkLaunchType,
} from "@aws-sdk/client-ecs";
import type { LaunchType } from "@hatoba/contract";
import { launchTypeOf } from "../../model/new-task.ts";
import type { TaskDefinition } from "../../model/task-definition.ts";
import { parseClusterQuery } from "../../placement/cluster-query.ts";
import type { Snapshot, Stored } from "../../store/store.ts";
import { EcsError } from "./api-error.ts";
import { requireStrategy } from "./cluster/check-cluster.ts";

const invalid = (message: string) => new EcsError("InvalidParameterException", message);

/** What a caller says of where tasks are to run; RunTask, CreateService and UpdateService have these members in common. */
export interface LaunchWish {
  readonly launchType?: SdkLaunchType | undefined;
  readonly capacityProviderStrategy?: readonly CapacityProviderStrategyItem[] | undefined;
  readonly platformVersion?: string | undefined;
  readonly networkConfiguration?: NetworkConfiguration | undefined;
  readonly placementConstraints?: readonly PlacementConstraint[] | undefined;
  readonly placementStrategy?: readonly PlacementStrategy[] | undefined;
}

/** Where tasks are to run, decided: a launch type, or a strategy that leads to one. */
export interface LaunchChoice {
  readonly launchType?: LaunchType;
  readonly capacityProviderStrategy?: readonly CapacityProviderStrategyItem[];
}

/**
 * The launch type or strategy of a call: what it names, else the cluster's default strategy, else EC2.
 * @throws EcsError InvalidParameterException if it names both, or a capacity provider that the cluster does not have.
 */
export function chooseLaunch(wish: LaunchWish, { value: cluster }: Stored<"cluster">): LaunchChoice {
  const { launchType, capacityProviderStrategy: strategy } = wish;
  if (launchType !== undefined && strategy !== undefined && strategy.length > 0) {
    throw invalid(
      "Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.",
    );
  }
  if (launchType === "MANAGED_INSTANCES") throw invalid("Hatoba does not have ECS Managed Instances yet.");
  if (launchType !== undefined) return { launchType };
  if (strategy !== undefined && strategy.length > 0) {
    return { capacityProviderStrategy: requireStrategy(strategy, cluster.capacityProviders) };
  }
  const { defaultCapacityProviderStrategy } = cluster;
  if (defaultCapacityProviderStrategy.length > 0) return { capacityProviderStrategy: defaultCapacityProviderStrategy };
  return { launchType: "EC2" };
}

/**
 * Whether the task definition, the launch type, the network and the placement rules of a call fit together.
 * @throws EcsError InvalidParameterException, or PlatformUnknownException
 */
export function checkLaunch(
  wish: LaunchWish,
  choice: LaunchChoice,
  { taskDefinition, snapshot }: { readonly taskDefinition: TaskDefinition; readonly snapshot: Snapshot },
): void {
  const { launchType } = launchTypeOf(choice);
  if (!taskDefinition.compatibilities.includes(launchType)) {
    throw invalid(`Task definition does not support launch_type ${launchType}.`);
  }
  checkPlatformVersion(wish.platformVersion, launchType);
  checkNetwork(wish.networkConfiguration, { launchType, taskDefinition, snapshot });
  checkPlacement(wish, launchType);
}

const platformVersions = ["LATEST", "1.4.0", "1.3.0"];

function checkPlatformVersion(version: string | undefined, launchType: LaunchType): void {
  if (version === undefined || version === "") return;
  if (launchType !== "FARGATE") {
    throw invalid(`The platform version must be null when specifying an ${launchType} launch type.`);
  }
  if (!platformVersions.includes(version)) {
    throw new EcsError("PlatformUnknownException", "The specified platform does not exist.");
  }
}

/** Source of the texts: AWS re:Post and terraform-provider-aws issues that quote them. */
function checkNetwork(
  network: NetworkConfiguration | undefined,
  {
    launchType,
    taskDefinition,
    snapshot,
  }: { readonly launchType: LaunchType; readonly taskDefinition: TaskDefinition; readonly snapshot: Snapshot },
): void {
  const vpc = network?.awsvpcConfiguration;
  const isAwsvpc = taskDefinition.registered.networkMode === "awsvpc";
  if (isAwsvpc && vpc === undefined) {
    throw invalid("Network Configuration must be provided when networkMode 'awsvpc' is specified.");
  }
  if (vpc === undefined) return;
  if (!isAwsvpc) throw invalid("Network Configuration is not valid for the given networkMode of this task definition.");
  const { subnets = [], securityGroups = [], assignPublicIp } = vpc;
  if (subnets.length === 0) throw invalid("subnets can not be empty.");
  if (subnets.length > 16) throw invalid("subnets can have at most 16 items.");
  if (securityGroups.length > 5) throw invalid("securityGroups can have at most 5 items.");
  if (assignPublicIp === "ENABLED" && launchType !== "FARGATE") {
    throw invalid("Assign public IP is not supported for this launch type.");
  }
  const found = subnets.map((subnet) => requireSubnet(subnet, snapshot));
  const groups = securityGroups.map((group) => requireSecurityGroup(group, snapshot));
  const vpcs = new Set([...found, ...groups].map(({ vpcId }) => vpcId));
  if (vpcs.size > 1) throw invalid("Security groups and subnets must all be in the same VPC.");
}

function requireSubnet(subnetId: string, snapshot: Snapshot) {
  const stored = snapshot.get("subnet", subnetId);
  if (stored === undefined) {
    throw invalid(
      `Error retrieving subnet information for [${subnetId}]: The subnet ID '${subnetId}' does not exist (ErrorCode: InvalidSubnetID.NotFound)`,
    );
  }
  return stored.value;
}

function requireSecurityGroup(groupId: string, snapshot: Snapshot) {
  const stored = snapshot.get("securityGroup", groupId);
  if (stored === undefined) {
    throw invalid(
      `Error retrieving security group information for [${groupId}]: The security group '${groupId}' does not exist (ErrorCode: InvalidGroup.NotFound)`,
    );
  }
  return stored.value;
}

function checkPlacement({ placementConstraints = [], placementStrategy = [] }: LaunchWish, launchType: LaunchType) {
  if (launchType === "FARGATE") {
    if (placementConstraints.length > 0) {
      throw invalid("Placement constraints are not supported with FARGATE launch type.");
    }
    if (placementStrategy.length > 0) {
      throw invalid("Placement strategies are not supported with FARGATE launch type.");
    }
  }
  if (placementConstraints.length > 10) throw invalid("A maximum of 10 placement constraints can be specified.");
  if (placementStrategy.length > 5) throw invalid("A maximum of 5 placement strategies can be specified.");
  for (const constraint of placementConstraints) checkConstraint(constraint);
  for (const strategy of placementStrategy) checkStrategy(strategy);
}

function checkConstraint({ type, expression }: PlacementConstraint): void {
  if (type === "distinctInstance") {
    if (expression) throw invalid("Expression is not supported for a constraint of type distinctInstance.");
    return;
  }
  if (!expression) throw invalid("Expression can not be blank for a constraint of type memberOf.");
  const query = parseClusterQuery(expression);
  if ("error" in query) throw invalid(`Invalid expression '${expression}': ${query.error}`);
}

function checkStrategy({ type, field }: PlacementStrategy): void {
  if (type === "random") {
    if (field) throw invalid("Field is not supported for a placement strategy of type random.");
  } else if (!field) {
    throw invalid(`Field can not be blank for a placement strategy of type ${type}.`);
  } else if (type === "binpack" && !/^(cpu|memory)$/i.test(field)) {
    throw invalid(`Field ${field} is not valid for a placement strategy of type binpack: use cpu or memory.`);
  } else if (type === "spread" && !/^(instanceId|host|attribute:[\w.\-/]+)$/.test(field)) {
    throw invalid(
      `Field ${field} is not valid for a placement strategy of type spread: use instanceId, host, or attribute:NAME.`,
    );
  }
}
