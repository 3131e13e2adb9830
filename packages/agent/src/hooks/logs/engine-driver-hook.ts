import type { ChannelTask, ChannelTaskDefinitionContainer } from "@hatoba/contract";
import { type LogDriver, logDriverIn, logDriverOf } from "../../engine/log-driver.ts";
import type { HookedContainer, TaskHook } from "../../engine/task-hook.ts";
import { ContainerFailure, type ContainerSpec } from "../../runtime/container-runtime.ts";

/** Values of the secret options of a container's log driver, by the option's name. @throws ContainerFailure */
export type LogSecrets = (
  task: ChannelTask,
  container: ChannelTaskDefinitionContainer,
) => Promise<Readonly<Record<string, string>>>;

/** Of a container that does not wait for its log driver. Source: ECS API reference, LogConfiguration, `max-buffer-size`. */
const defaultBuffer = "10m";

/**
 * Log drivers that are the engine's own (json-file, syslog, gelf, fluentd, journald, splunk, local, …): their options go to the
 * engine as they are, with the values of secret ones and ECS's size of the buffer. Comes after the hooks that stand in for a driver.
 */
export class EngineDriverHook implements TaskHook {
  readonly #secrets: LogSecrets;

  constructor({ secrets }: { readonly secrets: LogSecrets }) {
    this.#secrets = secrets;
  }

  async beforeCreate({ task, container }: HookedContainer, spec: ContainerSpec): Promise<ContainerSpec> {
    const asked = logDriverOf(container);
    if (asked === undefined || asked.type === "awsfirelens") return spec;
    const hasSecrets = (container.secrets ?? []).some(({ target }) => target === "LOG_DRIVER");
    if (asked.type === "awslogs") {
      if (hasSecrets) throw new ContainerFailure("CannotCreateContainerError", "awslogs takes no secretOptions here");
      return spec;
    }
    const secrets = hasSecrets ? await this.#secrets(task, container) : {};
    const driver = logDriverIn(spec.dockerHostConfig) ?? asked;
    const LogConfig = { Type: driver.type, Config: { ...withBuffer(driver), ...secrets } };
    return { ...spec, dockerHostConfig: { ...spec.dockerHostConfig, LogConfig } };
  }
}

function withBuffer({ options }: LogDriver): LogDriver["options"] {
  const isOpen = options.mode === "non-blocking" && options["max-buffer-size"] === undefined;
  return isOpen ? { ...options, "max-buffer-size": defaultBuffer } : options;
}
