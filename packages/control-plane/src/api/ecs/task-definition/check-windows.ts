import type { TaskDefinition } from "../../../model/task-definition.ts";
import { isWindows } from "../../../placement/platform.ts";
import type { NamedContainer } from "./check-containers.ts";
import { refuse } from "./refuse.ts";

type Registered = TaskDefinition["registered"];

/**
 * What a task definition for Windows cannot have. A size of the task may be stated and is ignored on EC2, and `user` may name a
 * user of Windows. Source: ECS API reference, "not supported for Windows containers" at each member; ECS developer guide,
 * "Amazon ECS task definition differences for EC2 instances running Windows". The form of the text is AWS Batch's for the same
 * (aws/aws-cdk 29140); ECS's own was not found.
 */
export function checkWindows(registered: Registered, containers: readonly NamedContainer[]): void {
  if (!isWindows(registered)) return;
  const found = [ofTask(registered), ...containers.map(ofContainer)].flatMap((asked) =>
    Object.entries(asked).flatMap(([member, isAsked]) => (isAsked ? [member] : [])),
  )[0];
  if (found !== undefined) refuse(`${found} parameter is not supported for Windows containers`);
  if (registered.runtimePlatform?.cpuArchitecture === "ARM64") {
    refuse("cpuArchitecture ARM64 is not supported for Windows containers");
  }
}

function ofTask({ networkMode, pidMode, ipcMode, proxyConfiguration, volumes = [], ...rest }: Registered) {
  return {
    "networkMode host": networkMode === "host",
    pidMode: pidMode !== undefined,
    ipcMode: ipcMode !== undefined,
    proxyConfiguration: proxyConfiguration !== undefined,
    enableFaultInjection: rest.enableFaultInjection === true,
    inferenceAccelerators: isFilled(rest.inferenceAccelerators),
    efsVolumeConfiguration: volumes.some((volume) => volume.efsVolumeConfiguration !== undefined),
    s3filesVolumeConfiguration: volumes.some((volume) => volume.s3filesVolumeConfiguration !== undefined),
    // The driver local alone, and that is the default. Source: ECS API reference, DockerVolumeConfiguration.
    "dockerVolumeConfiguration driver": volumes.some(
      ({ dockerVolumeConfiguration: docker }) => docker !== undefined && (docker.driver ?? "local") !== "local",
    ),
  };
}

function ofContainer({ linuxParameters, logConfiguration, resourceRequirements = [], ...rest }: NamedContainer) {
  return {
    disableNetworking: rest.disableNetworking === true,
    dnsServers: isFilled(rest.dnsServers),
    dnsSearchDomains: isFilled(rest.dnsSearchDomains),
    extraHosts: isFilled(rest.extraHosts),
    links: isFilled(rest.links),
    linuxParameters: Object.values(linuxParameters ?? {}).some((value) => value !== undefined),
    privileged: rest.privileged === true,
    readonlyRootFilesystem: rest.readonlyRootFilesystem === true,
    systemControls: isFilled(rest.systemControls),
    ulimits: isFilled(rest.ulimits),
    firelensConfiguration: rest.firelensConfiguration !== undefined || logConfiguration?.logDriver === "awsfirelens",
    resourceRequirements: resourceRequirements.some(({ type }) => type === "GPU"),
  };
}

const isFilled = (list: readonly unknown[] | undefined): boolean => list !== undefined && list.length > 0;

/** Releases that Fargate runs. Source: ECS developer guide, task definition parameters for Fargate, operatingSystemFamily. */
const onFargate = /^WINDOWS_SERVER_(2019|2022|2025)_(CORE|FULL)$/;

/** Why a task definition for Windows cannot run on Fargate; undefined if it can. The text is ours. */
export function whyNotWindowsOnFargate(registered: Registered): string | undefined {
  const family = registered.runtimePlatform?.operatingSystemFamily ?? "LINUX";
  if (!isWindows(registered) || onFargate.test(family)) return undefined;
  return `Fargate compatible task definitions do not support operatingSystemFamily ${family}`;
}
