import type { Volume } from "@aws-sdk/client-ecs";
import type { TaskDefinition } from "../../../model/task-definition.ts";
import { isWindows } from "../../../placement/platform.ts";
import type { NamedContainer } from "./check-containers.ts";

type Registered = TaskDefinition["registered"];
type Required = TaskDefinition["requiresAttributes"][number];

const docker = (name: string) => `com.amazonaws.ecs.capability.${name}`;
const ecs = (name: string) => `ecs.capability.${name}`;
const dockerApi = (minor: number) => docker(`docker-remote-api.1.${minor}`);
const when = (condition: unknown, ...names: readonly string[]): readonly string[] => (condition ? names : []);

/**
 * What a container instance's agent must be able to do to run this: names of its attributes, sorted. The platform is not
 * among them, here as at ECS; it is asked for apart, see placement/platform.ts. Source: agent protocol §8; described task
 * definitions with a runtimePlatform, as published.
 */
export function requiresAttributes(registered: Registered, containers: readonly NamedContainer[]): readonly Required[] {
  const names = new Set([
    dockerApi(18),
    ...ofTask(registered),
    ...containers.flatMap((container) => ofContainer(container, registered)),
    ...(registered.volumes ?? []).flatMap(ofVolume),
  ]);
  return [...names].toSorted().map((name) => ({ name }));
}

function ofTask({ networkMode, taskRoleArn, pidMode, ipcMode, proxyConfiguration, ...rest }: Registered) {
  return [
    ...when(networkMode === "awsvpc", ecs("task-eni")),
    ...when(
      taskRoleArn,
      docker(networkMode === "host" ? "task-iam-role-network-host" : "task-iam-role"),
      dockerApi(19),
    ),
    // On Windows a task's size limits nothing, and no agent there says that it could. Source: ECS API reference, cpu.
    ...when(!isWindows(rest) && (rest.cpu ?? rest.memory), ecs("task-cpu-mem-limit"), dockerApi(22)),
    ...when(!isWindows(rest) && Number(rest.cpu ?? 0) > 10_240, ecs("increased-task-cpu-limit")),
    ...when(pidMode ?? ipcMode, ecs("pid-ipc-namespace-sharing")),
    ...when(proxyConfiguration, ecs("aws-appmesh")),
    ...when(rest.enableFaultInjection, ecs("fault-injection")),
  ];
}

function ofContainer(container: NamedContainer, { executionRoleArn }: Registered): readonly string[] {
  const { linuxParameters: linux = {}, secrets = [], dependsOn, startTimeout, stopTimeout } = container;
  const isEcr = /\.dkr[.-]ecr[.-]/.test(container.image);
  return [
    ...when(container.privileged, docker("privileged-container")),
    ...when(isEcr, docker("ecr-auth"), dockerApi(19)),
    ...when(isEcr && executionRoleArn, ecs("execution-role-ecr-pull")),
    ...when(container.repositoryCredentials, ecs("private-registry-authentication.secretsmanager")),
    ...when(container.memoryReservation, dockerApi(21)),
    ...when(linux.sharedMemorySize ?? linux.tmpfs?.length, dockerApi(22)),
    ...when(linux.initProcessEnabled, dockerApi(25)),
    ...when(container.systemControls?.length, dockerApi(24)),
    ...when(container.healthCheck, ecs("container-health-check"), dockerApi(24)),
    ...when(container.restartPolicy?.enabled, ecs("container-restart-policy")),
    ...when(dependsOn?.length || startTimeout !== undefined || stopTimeout !== undefined, ecs("container-ordering")),
    ...when(container.environmentFiles?.length, ecs("env-files.s3")),
    ...when(
      container.portMappings?.some(({ containerPortRange }) => containerPortRange),
      ecs("network.container-port-range"),
    ),
    ...when(
      container.dockerSecurityOptions?.some((option) => option.includes("apparmor")),
      docker("apparmor"),
    ),
    ...when(
      container.dockerSecurityOptions?.some((option) => option.startsWith("label:")),
      docker("selinux"),
    ),
    ...when(container.credentialSpecs?.length, ecs("gmsa")),
    ...secrets.map(({ valueFrom }) => ecs(`secrets.${secretStore(valueFrom)}.environment-variables`)),
    ...ofLogging(container, executionRoleArn),
  ];
}

const secretStore = (valueFrom = "") => (/^arn:[^:]+:secretsmanager:/.test(valueFrom) ? "asm" : "ssm");

const logDriverApi: Readonly<Record<string, number>> = {
  journald: 19,
  gelf: 20,
  fluentd: 20,
  awslogs: 19,
  splunk: 22,
};

function ofLogging({ logConfiguration, firelensConfiguration, user }: NamedContainer, role: string | undefined) {
  const driver = logConfiguration?.logDriver;
  const { options = {}, secretOptions = [] } = logConfiguration ?? {};
  const configType = firelensConfiguration?.options?.["config-file-type"];
  const api = driver === undefined ? undefined : logDriverApi[driver];
  return [
    ...when(driver, docker(`logging-driver.${driver}`)),
    ...when(api, dockerApi(api ?? 18)),
    ...when(driver === "awslogs" && role, ecs("execution-role-awslogs")),
    ...when(
      driver === "awsfirelens" && options["log-driver-buffer-limit"],
      ecs("logging-driver.awsfirelens.log-driver-buffer-limit"),
    ),
    ...when(firelensConfiguration, ecs(`firelens.${firelensConfiguration?.type}`)),
    ...when(configType, ecs(`firelens.options.config.${configType}`)),
    ...when(firelensConfiguration && user && !/^(0|root)(:|$)/.test(user), ecs("firelens.non-root-user")),
    ...secretOptions.map(({ valueFrom }) => ecs(`secrets.${secretStore(valueFrom)}.bootstrap.log-driver`)),
  ];
}

function ofVolume(volume: Volume): readonly string[] {
  const { dockerVolumeConfiguration, efsVolumeConfiguration: efs } = volume;
  const plugin = (dockerVolumeConfiguration?.driver ?? "local").replaceAll(":", ".");
  return [
    ...when(dockerVolumeConfiguration, ecs(`docker-plugin.${plugin}`), dockerApi(25)),
    ...when(efs, ecs("efs"), dockerApi(25)),
    ...when(efs?.authorizationConfig ?? efs?.transitEncryption === "ENABLED", ecs("efsAuth")),
    ...when(volume.fsxWindowsFileServerVolumeConfiguration, ecs("fsxWindowsFileServer")),
    ...when(volume.s3filesVolumeConfiguration, ecs("storage.s3-files")),
    ...when(volume.configuredAtLaunch, ecs("storage.ebs-task-volume-attach")),
  ];
}
