import type { PlatformDevice, Resource } from "@aws-sdk/client-ecs";
import type { Capacity } from "../../../model/container-instance.ts";
import type { Usage } from "../../../model/tallies.ts";
import { EcsError } from "../api-error.ts";

/** What a machine has in all. @throws EcsError InvalidParameterException without CPU or memory, or with less than nothing. */
export function readCapacity(resources: readonly Resource[], devices: readonly PlatformDevice[]): Capacity {
  const amount = (name: string) => {
    const value = resources.find((resource) => resource.name === name)?.integerValue;
    if (value === undefined || value < 0) {
      throw new EcsError("InvalidParameterException", `Invalid resource ${name}: ${value ?? "it is missing"}`);
    }
    return value;
  };
  const set = (name: string) => resources.find((resource) => resource.name === name)?.stringSetValue ?? [];
  const gpuIds = devices.flatMap(({ id, type }) => (type === "GPU" && id !== undefined ? [id] : []));
  return {
    cpu: amount("CPU"),
    memory: amount("MEMORY"),
    reservedPorts: [...set("PORTS").map((port) => `tcp/${port}`), ...set("PORTS_UDP").map((port) => `udp/${port}`)],
    gpuIds: gpuIds.length > 0 ? gpuIds : [...set("GPU")],
  };
}

/** `registeredResources`: ports are those that the machine keeps for itself. */
export const describeRegistered = ({ cpu, memory, reservedPorts, gpuIds }: Capacity): Resource[] =>
  resources(cpu, memory, reservedPorts, gpuIds);

/** `remainingResources`: ports are those that are taken. `gpusInUse` are the ids that tasks hold. */
export const describeRemaining = (
  { cpu, memory, reservedPorts, gpuIds }: Capacity,
  usage: Usage,
  gpusInUse: ReadonlySet<string>,
): Resource[] =>
  resources(
    cpu - usage.cpu,
    memory - usage.memory,
    [...new Set([...reservedPorts, ...Object.keys(usage.ports)])],
    gpuIds.filter((id) => !gpusInUse.has(id)),
  );

function resources(cpu: number, memory: number, ports: readonly string[], gpuIds: readonly string[]): Resource[] {
  const numbersOf = (protocol: string) =>
    ports.flatMap((port) => (port.startsWith(`${protocol}/`) ? [port.slice(protocol.length + 1)] : []));
  return [
    integer("CPU", cpu),
    integer("MEMORY", memory),
    stringSet("PORTS", numbersOf("tcp")),
    stringSet("PORTS_UDP", numbersOf("udp")),
    ...(gpuIds.length > 0 ? [stringSet("GPU", [...gpuIds])] : []),
  ];
}

// ECS fills in zeros for the value types that a resource does not have.
const integer = (name: string, integerValue: number): Resource => ({
  name,
  type: "INTEGER",
  doubleValue: 0,
  longValue: 0,
  integerValue,
});
const stringSet = (name: string, stringSetValue: string[]): Resource => ({
  name,
  type: "STRINGSET",
  doubleValue: 0,
  longValue: 0,
  integerValue: 0,
  stringSetValue,
});
