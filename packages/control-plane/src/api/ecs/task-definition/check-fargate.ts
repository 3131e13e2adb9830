import type { TaskDefinition } from "../../../model/task-definition.ts";
import type { NamedContainer } from "./check-containers.ts";
import { whyNotWindowsOnFargate } from "./check-windows.ts";
import { isFargateSize } from "./fargate-sizes.ts";

/**
 * Why a task definition cannot run on Fargate, in ECS's words; undefined if it can.
 * Source: ECS developer guide, "Amazon ECS task definition differences for Fargate"; texts: aws/amazon-ecs-cli 1145,
 * klothoplatform/klotho 892, aws-games/cloud-game-development-toolkit 737, cn-terraform/terraform-aws-ecs-fargate 2,
 * cloudposse/terraform-aws-ecs-alb-service-task 174.
 */
export function whyNotFargate(
  registered: TaskDefinition["registered"],
  containers: readonly NamedContainer[],
): string | undefined {
  return (
    sizeProblem(registered) ??
    whyNotWindowsOnFargate(registered) ??
    taskProblem(registered) ??
    first(containers, containerProblem)
  );
}

function sizeProblem({ networkMode, cpu, memory, runtimePlatform }: TaskDefinition["registered"]): string | undefined {
  if (networkMode !== "awsvpc") return "Fargate only supports network mode ‘awsvpc’.";
  if (cpu === undefined) return "Fargate requires that 'cpu' be defined at the task level.";
  if (memory === undefined) return "Fargate requires that 'memory' be defined at the task level.";
  const isWindows = runtimePlatform?.operatingSystemFamily?.startsWith("WINDOWS") ?? false;
  if (isFargateSize(Number(cpu), Number(memory), isWindows)) return undefined;
  return `No Fargate configuration exists for given values: ${cpu} CPU, ${memory} memory. See the Amazon ECS documentation for the valid values.`;
}

const unsupported = (what: string) => `Fargate compatible task definitions do not support ${what}`;

function taskProblem(registered: TaskDefinition["registered"]): string | undefined {
  const { ipcMode, pidMode, placementConstraints = [], volumes = [], inferenceAccelerators } = registered;
  if (ipcMode !== undefined) return "Tasks using the Fargate launch type do not support ipcMode.";
  if (pidMode === "host") return "Tasks using the Fargate launch type do not support pidMode 'host'.";
  if (placementConstraints.length > 0) return unsupported("constraints");
  if (inferenceAccelerators?.length) return unsupported("inferenceAccelerators");
  return first(volumes, ({ host, dockerVolumeConfiguration, fsxWindowsFileServerVolumeConfiguration }) => {
    if (host?.sourcePath) return unsupported("sourcePath");
    if (dockerVolumeConfiguration !== undefined) return unsupported("dockerVolumeConfiguration");
    if (fsxWindowsFileServerVolumeConfiguration !== undefined) {
      return unsupported("fsxWindowsFileServerVolumeConfiguration");
    }
    return undefined;
  });
}

const logDrivers = ["awslogs", "splunk", "awsfirelens"];

function containerProblem(container: NamedContainer): string | undefined {
  const { linuxParameters: linux = {}, logConfiguration, resourceRequirements = [] } = container;
  const present: Readonly<Record<string, boolean | undefined>> = {
    privileged: container.privileged,
    links: nonEmpty(container.links),
    disableNetworking: container.disableNetworking,
    dnsServers: nonEmpty(container.dnsServers),
    dnsSearchDomains: nonEmpty(container.dnsSearchDomains),
    extraHosts: nonEmpty(container.extraHosts),
    dockerSecurityOptions: nonEmpty(container.dockerSecurityOptions),
    gpu: resourceRequirements.some(({ type }) => type === "GPU"),
    devices: nonEmpty(linux.devices),
    sharedMemorySize: linux.sharedMemorySize !== undefined,
    maxSwap: linux.maxSwap !== undefined,
    swappiness: linux.swappiness !== undefined,
  };
  const [member] = Object.keys(present).filter((name) => present[name]);
  if (member !== undefined) return unsupported(member);
  if (linux.capabilities?.add?.some((capability) => capability !== "SYS_PTRACE")) {
    return "Fargate compatible task definitions only support adding the kernel capability SYS_PTRACE";
  }
  const driver = logConfiguration?.logDriver;
  return driver === undefined || logDrivers.includes(driver) ? undefined : unsupported(`log driver ${driver}`);
}

const nonEmpty = (list: readonly unknown[] | undefined) => list !== undefined && list.length > 0;

function first<T>(items: readonly T[], problemOf: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const problem = problemOf(item);
    if (problem !== undefined) return problem;
  }
  return undefined;
}
