import type { AgentAttribute } from "../channel/control-plane.ts";

const docker = "com.amazonaws.ecs.capability.";
const ecs = "ecs.capability.";

/** What no container instance on Windows can do. Source: agent protocol §8 and §10.1, Not available. */
const notOnWindows: readonly RegExp[] = [
  /\.firelens\.|\.logging-driver\.awsfirelens/,
  /\.(efs|efsAuth|aws-appmesh|fault-injection|ipv6-only|pid-ipc-namespace-sharing|service-connect-v1)$/,
  /\.task-eni(-trunking|-block-instance-metadata|\.ipv6)?$|cni-plugin-version$/,
  /\.task-eia|\.storage\.s3-files$|\.storage\.ebsta-non-root-user$|-driver-version/,
  // Sessions end their processes by way of /proc: ours cannot on Windows, the genuine agent can.
  /\.execute-command$|^hatoba\.host-shell$/,
  /\.(task-cpu-mem-limit|increased-task-cpu-limit|task-iam-role-network-host|selinux|apparmor)$/,
];

/** The newest engine API that the genuine agent tells of on Windows. */
const newestMinor = 30;

/**
 * Turns the attributes of an agent into those of one on Windows: without what cannot be had there, and with the names of its
 * operating system. Source: agent protocol §2.2, §8, §10.1.
 * @param osFamily as `windowsOsFamily` gives it
 */
export function onWindows(attributes: readonly AgentAttribute[], osFamily: string): readonly AgentAttribute[] {
  const names = { "ecs.os-type": "windows", "ecs.os-family": osFamily, "ecs.os-type-detailed": osFamily };
  const renamed = new Map(Object.entries(names));
  return attributes.filter(isOnWindows).map((attribute) => {
    const value = renamed.get(attribute.name);
    return value === undefined ? attribute : { ...attribute, value };
  });
}

function isOnWindows({ name }: AgentAttribute): boolean {
  if (![docker, ecs, "hatoba."].some((prefix) => name.startsWith(prefix))) return true;
  const minor = /docker-remote-api\.1\.(\d+)$/.exec(name)?.[1];
  if (minor !== undefined) return Number(minor) <= newestMinor;
  const driver = /\.logging-driver\.([\w-]+)$/.exec(name)?.[1];
  if (driver === "journald") return false;
  return !notOnWindows.some((pattern) => pattern.test(name));
}
