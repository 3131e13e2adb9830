import type { ChannelTaskDefinitionContainer } from "@hatoba/contract";
import { ContainerFailure } from "../runtime/container-runtime.ts";
import { isStopped, type KnownTask } from "./known-task.ts";
import { portRange } from "./port-range.ts";
import { taskDemand } from "./task-demand.ts";

/**
 * Host ports that are not for picking: reserved ones, those that tasks here have asked for, and those that they got.
 * @param reserved as `tcp/22`
 */
export function portsInUse(tasks: readonly KnownTask[], reserved: readonly string[]): ReadonlySet<number> {
  const running = tasks.filter((task) => !isStopped(task));
  const named = [...reserved, ...running.flatMap(({ payload }) => taskDemand(payload).ports)];
  const bound = running.flatMap(({ containers }) =>
    containers.flatMap(({ status, bindings = [] }) =>
      status === "STOPPED"
        ? []
        : bindings.flatMap(({ hostPort, hostPortRange }) => [
            ...(hostPort === undefined ? [] : [hostPort]),
            ...portRange(hostPortRange ?? ""),
          ]),
    ),
  );
  return new Set([...named.map((port) => Number(port.slice(port.indexOf("/") + 1))), ...bound]);
}

/**
 * Whether a container did not start because somebody has a host port that nobody had asked for, so that others may do.
 * Source of the texts: Docker Engine, which says them of ports of its own containers and of other programs'.
 */
export function isPickedPortTaken(
  error: unknown,
  portMappings: ChannelTaskDefinitionContainer["portMappings"] = [],
): boolean {
  if (!(error instanceof ContainerFailure) || !/port is already allocated|address already in use/.test(error.message)) {
    return false;
  }
  const fixed = new Set(portMappings.flatMap(({ hostPort }) => (hostPort ? [hostPort] : [])));
  const [, taken] = /(?:\d\.\d+|::|\]):(\d+)/.exec(error.message) ?? [];
  const isPicked = taken === undefined ? fixed.size === 0 : !fixed.has(Number(taken));
  return isPicked && portMappings.some(({ hostPort }) => !hostPort);
}
