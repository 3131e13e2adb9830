import { ContainerFailure } from "./container-runtime.ts";
import { EngineError, EngineTimeout, EngineUnreachable } from "./docker-engine.ts";

/** What was being done, and the name under which ECS shows its failure. */
const names = {
  describe: "CannotGetDockerClientVersionError",
  pull: "CannotPullContainerError",
  create: "CannotCreateContainerError",
  start: "CannotStartContainerError",
  stop: "CannotStopContainerError",
  remove: "CannotRemoveContainerError",
  inspect: "CannotInspectContainerError",
  stats: "CannotInspectContainerError",
  list: "CannotListContainersError",
  events: "CannotListContainersError",
  logs: "CannotDescribeContainerError",
  createVolume: "CannotCreateVolumeError",
  inspectVolume: "CannotInspectVolumeError",
  removeVolume: "CannotRemoveVolumeError",
  removeImage: "CannotRemoveImageError",
  network: "ContainerNetworkingError",
  exec: "CannotStartExecError",
} as const;

/** A call of the runtime that can fail. */
export type EngineAction = keyof typeof names;

/** The status that a call was to bring about, as DockerTimeoutError names it. */
const transitions: Partial<Record<EngineAction, string>> = {
  pull: "pulled",
  create: "created",
  start: "started",
  stop: "stopped",
  remove: "removed",
};

/**
 * Turns what the engine (or the lack of one) said into the failure that a user reads.
 * Anything else is passed through: it is a fault of ours, or an abort.
 */
export function failureOf(action: EngineAction, error: unknown): unknown {
  if (error instanceof EngineError) {
    return new ContainerFailure(names[action], `Error response from daemon: ${error.message}`, {
      cause: error,
      retriable: isTransient(action, error),
    });
  }
  if (error instanceof EngineUnreachable) {
    return new ContainerFailure(names[action], error.message, { cause: error, retriable: true });
  }
  if (error instanceof EngineTimeout) {
    const text = `Could not transition to ${transitions[action] ?? action}; timed out after waiting ${duration(error.afterMs)}`;
    return new ContainerFailure("DockerTimeoutError", text, { cause: error, retriable: true });
  }
  return error;
}

/** Whether the engine has no such container, image, volume or network. */
export function isMissing(error: unknown): boolean {
  return error instanceof EngineError && error.status === 404;
}

/** Whether the engine refuses because of what is there already: a name taken, a volume in use. */
export function isConflict(error: unknown): boolean {
  return error instanceof EngineError && error.status === 409;
}

/** Texts of a registry or a network that may well answer next time. Compared in lower case. */
const passing = [
  "toomanyrequests",
  "too many requests",
  "i/o timeout",
  "tls handshake timeout",
  "connection reset",
  "unexpected eof",
  "service unavailable",
  "bad gateway",
  "gateway timeout",
  "temporary failure in name resolution",
  "context deadline exceeded",
  "client.timeout exceeded",
];

function isTransient(action: EngineAction, { status, message }: EngineError): boolean {
  if (action === "removeVolume" || action === "remove") return status === 409;
  const text = message.toLowerCase();
  return status === 503 || (action === "pull" && passing.some((part) => text.includes(part)));
}

/** As Go prints a duration: `4m0s`, `30s`. */
function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`;
}
