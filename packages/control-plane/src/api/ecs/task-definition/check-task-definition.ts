import type { TaskDefinition } from "../../../model/task-definition.ts";
import { parseClusterQuery } from "../../../placement/cluster-query.ts";
import { type NamedContainer, requireContainers } from "./check-containers.ts";
import { checkDependencies } from "./check-dependencies.ts";
import { whyNotFargate } from "./check-fargate.ts";
import { checkLimits } from "./check-limits.ts";
import { checkLogging } from "./check-logging.ts";
import { checkNetwork } from "./check-network.ts";
import { checkResources } from "./check-resources.ts";
import { checkSecrets } from "./check-secrets.ts";
import { checkVolumes } from "./check-volumes.ts";
import { checkWindows } from "./check-windows.ts";
import { refuse } from "./refuse.ts";

/** What a task definition that passed its checks is known to be. */
export interface CheckedTaskDefinition {
  readonly containers: readonly NamedContainer[];
  /** EXTERNAL has no rules of its own here, as Hatoba forbids it nothing. */
  readonly compatibilities: TaskDefinition["compatibilities"];
}

/** How long a task definition may be as JSON, in bytes. Source: ECS developer guide, "Amazon ECS service quotas". */
const longestTaskDefinition = 65_536;

/**
 * Everything that ECS looks at when a task definition is registered. `registered` has its defaults filled in.
 * @throws EcsError ClientException that says the first thing that is wrong.
 */
export function checkTaskDefinition(registered: TaskDefinition["registered"]): CheckedTaskDefinition {
  checkLength(registered);
  const containers = requireContainers(registered.containerDefinitions ?? []);
  const required = registered.requiresCompatibilities ?? [];
  if (required.includes("MANAGED_INSTANCES")) {
    refuse("Hatoba does not have ECS Managed Instances: requiresCompatibilities can be EC2, FARGATE and EXTERNAL.");
  }
  const isFargate = required.includes("FARGATE");
  const notFargate = whyNotFargate(registered, containers);
  if (isFargate && notFargate !== undefined) refuse(notFargate);

  checkWindows(registered, containers);
  checkNetwork(registered.networkMode, containers);
  checkResources(registered, containers);
  checkVolumes(registered.volumes ?? [], containers);
  checkDependencies(containers);
  checkLogging(containers, isFargate);
  checkSecrets(registered, containers, isFargate);
  checkLimits(registered, containers);
  checkConstraints(registered.placementConstraints ?? []);
  checkProxy(registered, containers);
  return {
    containers,
    compatibilities: notFargate === undefined ? ["EXTERNAL", "EC2", "FARGATE"] : ["EXTERNAL", "EC2"],
  };
}

function checkLength(registered: TaskDefinition["registered"]): void {
  const length = Buffer.byteLength(JSON.stringify(registered));
  if (length > longestTaskDefinition) {
    refuse(`Actual length: '${length}'. Max allowed length is '${longestTaskDefinition}' bytes.`);
  }
}

function checkConstraints(constraints: NonNullable<TaskDefinition["registered"]["placementConstraints"]>): void {
  if (constraints.length > 10) refuse("A task definition can have 10 placement constraints at the most.");
  for (const { expression } of constraints) {
    const query = parseClusterQuery(expression ?? "");
    if ("error" in query) refuse(query.error);
  }
}

function checkProxy(
  { proxyConfiguration, networkMode }: TaskDefinition["registered"],
  containers: readonly NamedContainer[],
): void {
  if (proxyConfiguration === undefined) return;
  if (networkMode !== "awsvpc") refuse("proxyConfiguration is only supported when networkMode=awsvpc.");
  if (!containers.some(({ name }) => name === proxyConfiguration.containerName)) {
    refuse(`Unknown container '${proxyConfiguration.containerName}' in proxyConfiguration.`);
  }
}
