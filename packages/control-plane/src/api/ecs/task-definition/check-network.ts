import type { PortMapping } from "@aws-sdk/client-ecs";
import type { TaskDefinition } from "../../../model/task-definition.ts";
import type { NamedContainer } from "./check-containers.ts";
import { refuse } from "./refuse.ts";

type NetworkMode = NonNullable<TaskDefinition["registered"]["networkMode"]>;

/**
 * Port mappings, links and name settings against the network mode.
 * Source of the texts: aws/amazon-ecs-cli 1014, aws/aws-cli 7288, aws/amazon-ecs-agent 1220,
 * aws-observability/aws-otel-collector 1359, labd/ecs-deplojo 26.
 */
export function checkNetwork(networkMode: NetworkMode = "bridge", containers: readonly NamedContainer[]): void {
  const hostPorts = new Set<string>();
  const portNames = new Set<string>();
  for (const container of containers) {
    for (const mapping of container.portMappings ?? []) {
      checkMapping(mapping, container.name, networkMode);
      for (const port of fixedPorts(mapping)) {
        if (hostPorts.has(port.key))
          refuse(`${port.protocol} host port '${port.number}' is mapped multiple times in task.`);
        hostPorts.add(port.key);
      }
      checkPortName(mapping, portNames);
    }
    checkLinks(container, containers, networkMode);
    if (networkMode === "awsvpc") checkOwnNetwork(container);
  }
}

function checkMapping(mapping: PortMapping, container: string, networkMode: NetworkMode): void {
  if (networkMode === "none") refuse("Port mappings are not supported when networkMode=none.");
  const { containerPort, hostPort, containerPortRange } = mapping;
  if (containerPortRange !== undefined) {
    if (containerPort !== undefined || hostPort !== undefined) refuse("cannot specify both single port and port range");
    if (networkMode === "host") refuse("Container port ranges are not supported when networkMode=host.");
    if (rangeOf(containerPortRange) === undefined) {
      refuse(`Invalid 'containerPortRange' setting for container '${container}'.`);
    }
    return;
  }
  if (!isPort(containerPort)) refuse(`Invalid 'containerPort' setting for container '${container}'.`);
  if (hostPort !== 0 && !isPort(hostPort)) refuse(`Invalid 'hostPort' setting for container '${container}'.`);
  if ((networkMode === "awsvpc" || networkMode === "host") && hostPort !== containerPort) {
    refuse(`When networkMode=${networkMode}, the host ports and container ports in port mappings must match.`);
  }
}

const isPort = (port: number | undefined): boolean =>
  port !== undefined && Number.isInteger(port) && port >= 1 && port <= 65_535;

function rangeOf(text: string): readonly [number, number] | undefined {
  const [, first, last] = /^(\d{1,5})-(\d{1,5})$/.exec(text) ?? [];
  const [from, to] = [Number(first), Number(last)];
  return isPort(from) && isPort(to) && from <= to ? [from, to] : undefined;
}

/** The host ports that a mapping is sure to take. */
function fixedPorts({ hostPort, protocol = "tcp" }: PortMapping) {
  return hostPort ? [{ key: `${protocol}/${hostPort}`, protocol: protocol.toUpperCase(), number: hostPort }] : [];
}

function checkPortName({ name }: PortMapping, known: Set<string>): void {
  if (name === undefined) return;
  if (!/^[a-z0-9_][a-z0-9_-]{0,63}$/.test(name)) refuse(`Invalid port mapping name '${name}'.`);
  if (known.has(name)) refuse(`Port mapping name '${name}' is used multiple times in task.`);
  known.add(name);
}

function checkLinks(
  { name, links = [] }: NamedContainer,
  containers: readonly NamedContainer[],
  mode: NetworkMode,
): void {
  if (links.length > 0 && mode !== "bridge") refuse(`Links are not supported when networkMode=${mode}.`);
  for (const link of links) {
    const [target, ...alias] = link.split(":");
    if (target === name || alias.length > 1 || !containers.some((container) => container.name === target)) {
      refuse(`Invalid link '${link}' for container '${name}'. It must name another container of the task.`);
    }
  }
}

function checkOwnNetwork({ hostname, extraHosts, disableNetworking }: NamedContainer): void {
  if (hostname) refuse("hostname is not supported on container when networkMode=awsvpc.");
  if (extraHosts?.length) refuse("extraHosts is not supported on container when networkMode=awsvpc.");
  if (disableNetworking) refuse("Disable Networking is not supported on container when networkMode=awsvpc.");
}
