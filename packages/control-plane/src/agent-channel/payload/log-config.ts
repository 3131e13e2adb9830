import type { LogConfiguration } from "@aws-sdk/client-ecs";

/** Docker's `LogConfig`. */
export interface LogConfig {
  readonly Type: string;
  readonly Config: Readonly<Record<string, string>>;
}

/**
 * Docker's awslogs driver knows no stream prefix: the stream `PREFIX/CONTAINER/TASK-ID` is made out of it here.
 * Other drivers' options are handed through. Source: agent protocol, plain log drivers.
 */
export function logConfig(configuration: LogConfiguration, containerName: string, taskId: string): LogConfig {
  const { logDriver = "json-file", options = {} } = configuration;
  const { "awslogs-stream-prefix": prefix, ...others } = options;
  if (logDriver !== "awslogs" || prefix === undefined) return { Type: logDriver, Config: options };
  return { Type: logDriver, Config: { ...others, "awslogs-stream": `${prefix}/${containerName}/${taskId}` } };
}
