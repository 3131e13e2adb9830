import type { AgentAttribute } from "./channel/control-plane.ts";
import type { AgentConfig } from "./config.ts";
import type { MachineFacts } from "./runtime/container-runtime.ts";
import { onWindows } from "./windows/windows-attributes.ts";

/** The engine API versions that are ever advertised, by minor. Source: agent protocol, section 8. */
const apiMinors = [17, 18, 19, 20, 21, 22, 23, 24, 25, 28, 29, 30, 32] as const;

/** Log drivers that ECS knows; `awslogs` is ours whatever the engine has. */
const logDrivers = ["json-file", "syslog", "journald", "gelf", "fluentd", "splunk", "none"] as const;

/**
 * What this agent can do beyond the engine. What is not in here (secrets, EFS)
 * it cannot do yet, so that tasks which need it are not placed here. Source: agent protocol, section 8.
 */
const capabilities = [
  "com.amazonaws.ecs.capability.ecr-auth",
  "com.amazonaws.ecs.capability.privileged-container",
  "com.amazonaws.ecs.capability.logging-driver.awsfirelens",
  "com.amazonaws.ecs.capability.logging-driver.awslogs",
  "ecs.capability.container-health-check",
  "ecs.capability.container-ordering",
  "ecs.capability.container-restart-policy",
  "ecs.capability.docker-plugin.local",
  "ecs.capability.execute-command",
  "ecs.capability.ecr-endpoint",
  "ecs.capability.env-files.s3",
  "ecs.capability.execution-role-awslogs",
  "ecs.capability.execution-role-ecr-pull",
  "ecs.capability.firelens.fluentbit",
  "ecs.capability.firelens.fluentd",
  "ecs.capability.firelens.non-root-user",
  "ecs.capability.firelens.options.config.file",
  "ecs.capability.firelens.options.config.s3",
  "ecs.capability.full-sync",
  "ecs.capability.increased-task-cpu-limit",
  "ecs.capability.logging-driver.awsfirelens.log-driver-buffer-limit",
  "ecs.capability.network.container-port-range",
  "ecs.capability.pid-ipc-namespace-sharing",
  "ecs.capability.private-registry-authentication.secretsmanager",
  "ecs.capability.secrets.asm.bootstrap.log-driver",
  "ecs.capability.secrets.asm.environment-variables",
  "ecs.capability.secrets.ssm.bootstrap.log-driver",
  "ecs.capability.secrets.ssm.environment-variables",
  "ecs.capability.task-cpu-mem-limit",
  "ecs.capability.task-eni",
] as const;

/** Where containers reach the local endpoints, from networks of their own and from the host's. */
const roleCapabilities = [
  "com.amazonaws.ecs.capability.task-iam-role",
  "com.amazonaws.ecs.capability.task-iam-role-network-host",
] as const;

const gpuCapabilities = (driverVersion: string): readonly AgentAttribute[] => [
  { name: `ecs.capability.nvidia-driver-version.${driverVersion}` },
  { name: "ecs.capability.gpu-driver-version", value: driverVersion },
];

/** What an agent registers its machine with, besides the attributes of its configuration. */
export function attributesOf(
  { apiVersion, loggingDrivers, architecture, windows, gpus }: MachineFacts,
  {
    capacity,
    zone,
    hostShell,
    hasTaskEndpoints = false,
    more = [],
  }: Pick<AgentConfig, "capacity" | "zone" | "hostShell"> & {
    readonly hasTaskEndpoints?: boolean;
    readonly more?: readonly string[];
  },
): readonly AgentAttribute[] {
  const newest = Number(apiVersion.split(".")[1] ?? 0);
  const drivers = logDrivers.filter((driver) => driver === "none" || loggingDrivers.includes(driver));
  const attributes = [
    ...[...capabilities, ...(hasTaskEndpoints ? roleCapabilities : []), ...more].map((name) => ({ name })),
    ...apiMinors
      .filter((minor) => minor <= newest)
      .map((minor) => ({ name: `com.amazonaws.ecs.capability.docker-remote-api.1.${minor}` })),
    ...drivers.map((driver) => ({ name: `com.amazonaws.ecs.capability.logging-driver.${driver}` })),
    ...(capacity === "EXTERNAL" ? [{ name: "ecs.capability.external" }] : []),
    ...(gpus === undefined ? [] : gpuCapabilities(gpus.driverVersion)),
    { name: "ecs.os-type", value: "linux" },
    { name: "ecs.os-family", value: "LINUX" },
    { name: "ecs.os-type-detailed", value: "LINUX" },
    { name: "ecs.cpu-architecture", value: architecture },
    { name: "hatoba.capacity", value: capacity },
    ...(hostShell === undefined ? [] : [{ name: "hatoba.host-shell", value: hostShell }]),
    ...(zone === undefined ? [] : [{ name: "ecs.availability-zone", value: zone }]),
  ];
  return windows === undefined ? attributes : onWindows(attributes, windows.osFamily ?? "windows");
}
