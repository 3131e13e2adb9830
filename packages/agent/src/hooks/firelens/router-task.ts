import {
  type ChannelSecret,
  type ChannelTask,
  type ChannelTaskDefinitionContainer,
  lastSegment,
} from "@hatoba/contract";
import { networkModeOf } from "../../engine/known-task.ts";
import { logDriverOf, logsThroughRouter } from "../../engine/log-driver.ts";
import type { RouterType } from "./fluent-config.ts";
import type { RouterFacts } from "./router-config.ts";

const bytesPerMiB = 1024 * 1024;
/** Of the log driver itself, and no option of an output. */
export const bufferLimitOption = "log-driver-buffer-limit";

/** The container that takes the output of the task's others; undefined for a task without one. */
export const routerOf = ({ containers }: ChannelTask): ChannelTaskDefinitionContainer | undefined =>
  containers.find(({ firelensConfiguration }) => firelensConfiguration !== undefined);

/** What the configuration of a task's router depends on; undefined for a task without one. */
export function routerFacts(task: ChannelTask): RouterFacts | undefined {
  const router = routerOf(task);
  if (router?.firelensConfiguration === undefined) return undefined;
  const { type, options } = router.firelensConfiguration;
  return {
    type,
    networkMode: networkModeOf(task),
    options,
    containers: task.containers.filter(logsThroughRouter).map((container) => ({
      name: container.name,
      options: outputOptions(task, container, type),
    })),
    memoryMiB: memoryOf(router),
    cluster: lastSegment(task.taskClusterArn),
    taskArn: task.arn,
    taskDefinition: `${task.family}:${task.version}`,
  };
}

/** A secret option of a container that logs through the router, and the router's variable that carries its value. */
export interface RouterSecret {
  readonly container: ChannelTaskDefinitionContainer;
  readonly secret: ChannelSecret;
  readonly variable: string;
}

export const routerSecrets = (task: ChannelTask): readonly RouterSecret[] =>
  task.containers.filter(logsThroughRouter).flatMap((container) =>
    optionSecrets(container).map((secret) => ({
      container,
      secret,
      variable: variableOf(task, container, secret),
    })),
  );

function outputOptions(task: ChannelTask, container: ChannelTaskDefinitionContainer, type: RouterType) {
  const { [bufferLimitOption]: _ofDriver, ...options } = logDriverOf(container)?.options ?? {};
  const references = optionSecrets(container).map((secret) => {
    const variable = variableOf(task, container, secret);
    return [secret.name, type === "fluentd" ? `"#{ENV['${variable}']}"` : `\${${variable}}`] as const;
  });
  return { ...options, ...Object.fromEntries(references) };
}

const optionSecrets = ({ secrets = [] }: ChannelTaskDefinitionContainer) =>
  secrets.filter(({ target }) => target === "LOG_DRIVER");

/** All options are in one file, so that the container's place tells those of one name apart. Source: agent protocol §9.2. */
const variableOf = ({ containers }: ChannelTask, container: ChannelTaskDefinitionContainer, { name }: ChannelSecret) =>
  `${name}_${containers.indexOf(container)}`;

function memoryOf({ memory, dockerConfig }: ChannelTaskDefinitionContainer): number {
  const { MemoryReservation: reserved = 0 } = JSON.parse(dockerConfig.hostConfig || "{}") as {
    readonly MemoryReservation?: number;
  };
  return reserved > 0 ? Math.trunc(reserved / bytesPerMiB) : memory;
}
