import type { AgentAttribute } from "./channel/control-plane.ts";
import type { MachineFacts } from "./runtime/container-runtime.ts";

/** The engine API versions that are ever advertised, by minor. Source: agent protocol, section 8. */
const apiMinors = [17, 18, 19, 20, 21, 22, 23, 24, 25, 28, 29, 30, 32] as const;

/** Log drivers that ECS knows; `awslogs` is ours whatever the engine has. */
const logDrivers = ["json-file", "syslog", "journald", "gelf", "fluentd", "splunk", "none"] as const;

/**
 * What this agent can do beyond the engine. What is not in here (task roles, secrets, registry credentials, EFS, FireLens,
 * execute-command) it cannot do yet, so that tasks which need it are not placed here. Source: agent protocol, section 8.
 */
const capabilities = [
  "com.amazonaws.ecs.capability.privileged-container",
  "com.amazonaws.ecs.capability.logging-driver.awslogs",
  "ecs.capability.container-health-check",
  "ecs.capability.container-ordering",
  "ecs.capability.container-restart-policy",
  "ecs.capability.docker-plugin.local",
  "ecs.capability.execution-role-awslogs",
  "ecs.capability.full-sync",
  "ecs.capability.increased-task-cpu-limit",
  "ecs.capability.network.container-port-range",
  "ecs.capability.pid-ipc-namespace-sharing",
  "ecs.capability.task-cpu-mem-limit",
  "ecs.capability.task-eni",
] as const;

/** What an agent registers its machine with, besides the attributes of its configuration. */
export function attributesOf(
  { apiVersion, loggingDrivers, architecture }: MachineFacts,
  { capacity, zone }: { readonly capacity: "EC2" | "EXTERNAL" | "FARGATE"; readonly zone?: string },
): readonly AgentAttribute[] {
  const newest = Number(apiVersion.split(".")[1] ?? 0);
  const drivers = logDrivers.filter((driver) => driver === "none" || loggingDrivers.includes(driver));
  return [
    ...capabilities.map((name) => ({ name })),
    ...apiMinors
      .filter((minor) => minor <= newest)
      .map((minor) => ({ name: `com.amazonaws.ecs.capability.docker-remote-api.1.${minor}` })),
    ...drivers.map((driver) => ({ name: `com.amazonaws.ecs.capability.logging-driver.${driver}` })),
    ...(capacity === "EXTERNAL" ? [{ name: "ecs.capability.external" }] : []),
    { name: "ecs.os-type", value: "linux" },
    { name: "ecs.os-family", value: "LINUX" },
    { name: "ecs.os-type-detailed", value: "LINUX" },
    { name: "ecs.cpu-architecture", value: architecture },
    { name: "hatoba.capacity", value: capacity },
    ...(zone === undefined ? [] : [{ name: "ecs.availability-zone", value: zone }]),
  ];
}
