import type { ChannelTaskDefinitionContainer } from "@hatoba/contract";
import type { AgentNetworkBinding } from "../channel/control-plane.ts";
import type { Observation } from "../runtime/container-runtime.ts";
import { portRange } from "./port-range.ts";

type Port = Observation["ports"][number];

/**
 * Ports as the runtime bound them, in the words of a state change. A range of the task definition is told as a range.
 * IPv6 bindings repeat the others and are left out. Source: agent protocol §2.5 and §1.2, ECS_EXCLUDE_IPV6_PORTBINDING.
 */
export function networkBindings(
  ports: readonly Port[],
  definition: ChannelTaskDefinitionContainer | undefined,
): readonly AgentNetworkBinding[] {
  const seen = ports.filter(({ hostIp }) => !hostIp.includes(":"));
  const ranges = (definition?.portMappings ?? []).flatMap(({ containerPortRange, protocol }) =>
    containerPortRange === undefined
      ? []
      : [{ containerPortRange, protocol, ports: new Set(portRange(containerPortRange)) }],
  );
  const rangeOf = (port: Port) =>
    ranges.find((range) => range.protocol === port.protocol && range.ports.has(port.containerPort));
  const single = seen.filter((port) => rangeOf(port) === undefined);
  const ranged = ranges.flatMap((range) => {
    const bound = seen.filter((port) => rangeOf(port) === range).toSorted((a, b) => a.hostPort - b.hostPort);
    const [first, last] = [bound[0], bound.at(-1)];
    if (first === undefined || last === undefined) return [];
    const { containerPortRange, protocol } = range;
    return [
      { bindIP: first.hostIp, containerPortRange, hostPortRange: `${first.hostPort}-${last.hostPort}`, protocol },
    ];
  });
  return [
    ...single.map(({ hostIp, containerPort, hostPort, protocol }) => ({
      bindIP: hostIp,
      containerPort,
      hostPort,
      protocol,
    })),
    ...ranged,
  ];
}
