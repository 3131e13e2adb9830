import type { ContainerDefinition, HealthCheck } from "@aws-sdk/client-ecs";
import { filled, present } from "./present.ts";

const nanosecondsPerSecond = 1_000_000_000;

/**
 * `Config` of Docker's create call: what a container definition asks for and the channel has no member of its own for.
 * Durations are nanoseconds there. Source: agent protocol, dockerConfig.
 */
export const dockerConfig = (definition: ContainerDefinition): Readonly<Record<string, unknown>> =>
  present({
    User: definition.user,
    WorkingDir: definition.workingDirectory,
    Hostname: definition.hostname,
    Labels: definition.dockerLabels,
    Healthcheck: definition.healthCheck && healthcheck(definition.healthCheck),
    OpenStdin: definition.interactive || undefined,
    Tty: definition.pseudoTerminal || undefined,
    NetworkDisabled: definition.disableNetworking || undefined,
  });

/** ECS's defaults are filled in: every 30 s, within 5 s, 3 retries, no start period. Source: ECS API reference, HealthCheck. */
const healthcheck = ({ command, interval = 30, timeout = 5, retries = 3, startPeriod = 0 }: HealthCheck) => ({
  Test: filled(command) ?? [],
  Interval: interval * nanosecondsPerSecond,
  Timeout: timeout * nanosecondsPerSecond,
  StartPeriod: startPeriod * nanosecondsPerSecond,
  Retries: retries,
});
