import type { ChannelTask } from "@hatoba/contract";
import type { Observation } from "../runtime/container-runtime.ts";
import { furthest } from "./container-steps.ts";
import { definitionOf, hasRun, isInternal, type KnownContainer, networkModeOf } from "./known-task.ts";
import { networkBindings } from "./network-bindings.ts";

/**
 * What is known of a container once the runtime has been looked at. Only ever forward: what contradicts a later status
 * already known changes nothing, and a stopped container stays as it stopped.
 * @param now epoch milliseconds, for what the runtime gives no time for
 */
export function observe(payload: ChannelTask, known: KnownContainer, seen: Observation, now: number): KnownContainer {
  if (known.status === "STOPPED") return known.runtimeId === undefined ? { ...known, runtimeId: seen.id } : known;
  const ran = seen.status === "RUNNING" || (seen.status === "STOPPED" && seen.startedAt !== undefined);
  const bindings = isBridged(payload, known.name) && seen.ports.length > 0;
  return {
    ...known,
    status: furthest(known.status, seen.status),
    runtimeId: seen.id,
    ...(ran && !hasRun(known) ? { startedAt: seen.startedAt ?? now } : {}),
    ...(bindings ? { bindings: networkBindings(seen.ports, definitionOf(payload, known.name)) } : {}),
    ...healthOf(known, seen, now),
    ...(seen.status === "STOPPED" ? endOf(known, seen, now) : {}),
  };
}

function healthOf(known: KnownContainer, { health }: Observation, now: number): Partial<KnownContainer> {
  return health === undefined || health === known.health ? {} : { health, healthSince: now };
}

/** Source of the reasons: agent protocol §5.11. A reason given before, as by a failed start, stays. */
function endOf(known: KnownContainer, seen: Observation, now: number): Partial<KnownContainer> {
  const reason = seen.outOfMemory
    ? "OutOfMemoryError: Container killed due to memory usage"
    : seen.error === undefined || seen.error === ""
      ? undefined
      : `DockerStateError: ${seen.error}`;
  return {
    finishedAt: seen.finishedAt ?? now,
    ...(seen.exitCode === undefined ? {} : { exitCode: seen.exitCode }),
    ...(reason === undefined || known.reason !== undefined ? {} : { reason }),
  };
}

/** A container that was made and that the runtime does not know any more. One that stopped before is as it was. */
export function vanished(known: KnownContainer, now: number): KnownContainer {
  if (known.status === "STOPPED") return known;
  const reason = known.reason ?? "ContainerVanishedError: No container matching saved ID found";
  return { ...known, status: "STOPPED", finishedAt: now, reason };
}

/** A container that is given up, with a reason if something went wrong. Source of 143: agent protocol §5.3. */
export function givenUp(known: KnownContainer, now: number, reason?: string, exitCode?: number): KnownContainer {
  if (known.status === "STOPPED") return known;
  return {
    ...known,
    status: "STOPPED",
    finishedAt: now,
    ...(reason === undefined ? {} : { reason }),
    ...(exitCode === undefined ? {} : { exitCode }),
  };
}

/** Whether ports of a container are published on the machine. */
export function isBridged(payload: ChannelTask, container: string): boolean {
  return !isInternal(container) && networkModeOf(payload) === "bridge";
}
