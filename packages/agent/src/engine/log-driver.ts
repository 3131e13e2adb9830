import type { ChannelTaskDefinitionContainer } from "@hatoba/contract";

/** Docker's `LogConfig`: a log driver with its options. */
export interface LogDriver {
  readonly type: string;
  readonly options: Readonly<Record<string, string>>;
}

/** The log driver that a container's host configuration names; undefined for none, and for a text that cannot be read. */
export function logDriverOf({ dockerConfig }: ChannelTaskDefinitionContainer): LogDriver | undefined {
  try {
    return logDriverIn(JSON.parse(dockerConfig.hostConfig || "{}") as Readonly<Record<string, unknown>> | null);
  } catch {
    return undefined;
  }
}

/** The same of a host configuration as it stands. */
export function logDriverIn(hostConfig: Readonly<Record<string, unknown>> | null): LogDriver | undefined {
  const { Type, Config } = (hostConfig?.LogConfig ?? {}) as { Type?: string; Config?: Record<string, string> | null };
  return Type ? { type: Type, options: Config ?? {} } : undefined;
}

/** Whether a container logs through the router of its task. */
export const logsThroughRouter = (container: ChannelTaskDefinitionContainer): boolean =>
  logDriverOf(container)?.type === "awsfirelens";
