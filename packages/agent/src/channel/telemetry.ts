import type { Connection } from "@hatoba/contract";
import type { Clock } from "../platform/clock.ts";
import type { Logger } from "../platform/logger.ts";
import type { HealthSource, InstanceStatusSource, MetricsSource, TaskHealth } from "./control-plane.ts";
import { metricsMessages, statusMessage } from "./telemetry-messages.ts";

/** In milliseconds. Source: agent protocol, section 4.2. */
const publishEvery = 20_000;
const age = { least: 30 * 60_000, spread: 5 * 60_000 } as const;
const silence = { least: 60_000, spread: 60_000 } as const;
/** Source: agent protocol, section 4.2. */
const tasksPerMessage = 10;

export interface TelemetryDependencies {
  readonly health: HealthSource;
  /** Absent: what containers use is not told. */
  readonly metrics?: MetricsSource;
  readonly instanceStatus?: InstanceStatusSource;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly random: () => number;
  /** A UUID. */
  readonly newId: () => string;
  readonly cluster: string;
  readonly containerInstanceArn: string;
  /** The header block that goes before every message: `Name: value` lines. */
  readonly signedHeaders: () => Promise<Readonly<Record<string, string>>>;
}

/**
 * Publishes over one connection until it ends: containers' health, every twenty seconds, and at once when it changes; what they
 * use, and how the machine is.
 */
export async function serveTelemetry(connection: Connection, deps: TelemetryDependencies): Promise<void> {
  const { health, clock, random, logger } = deps;
  const { promise, resolve } = Promise.withResolvers<void>();
  let callOffSilence = () => {};
  let callOffNext = () => {};
  const listen = () => {
    callOffSilence();
    callOffSilence = clock.after(silence.least + random() * silence.spread, () =>
      connection.close(1001, "No message for too long"),
    );
  };
  const send = async (message: object) => {
    const headers = Object.entries(await deps.signedHeaders()).map(([name, value]) => `${name}: ${value}\r\n`);
    connection.send(`${headers.join("")}\r\n${JSON.stringify(message)}`);
  };
  const publish = async () => {
    const tasks = health.health();
    for (let at = 0; at < tasks.length; at += tasksPerMessage) {
      const fin = at + tasksPerMessage >= tasks.length;
      await send(healthMessage(tasks.slice(at, at + tasksPerMessage), fin, deps));
    }
  };
  const publishMetrics = async () => {
    if (deps.metrics !== undefined) for (const message of metricsMessages(deps.metrics, deps)) await send(message);
    const statuses = (await deps.instanceStatus?.unreported()) ?? [];
    if (statuses.length === 0) return;
    await send(statusMessage(statuses, deps));
    deps.instanceStatus?.reported(statuses);
  };
  const publishOrSkip = () => {
    publish().catch((error: unknown) => logger.error({ err: error }, "health not published"));
  };
  const tick = () => {
    publishOrSkip();
    publishMetrics().catch((error: unknown) => logger.error({ err: error }, "metrics not published"));
    callOffNext = clock.after(publishEvery, tick);
  };
  const stopListening = health.onHealthChange?.(publishOrSkip);
  const stopMeasuring = deps.metrics?.start();
  const callOffAge = clock.after(age.least + random() * age.spread, () =>
    connection.close(1000, "ConnectionExpired: Reconnect to continue"),
  );
  connection.onMessage(listen);
  connection.onClose(() => {
    for (const end of [callOffSilence, callOffNext, callOffAge, stopListening, stopMeasuring]) end?.();
    resolve();
  });
  listen();
  tick();
  await promise;
}

/** Times become epoch seconds. Source: agent protocol, section 4.3. */
export function healthMessage(tasks: readonly TaskHealth[], fin: boolean, deps: TelemetryDependencies): object {
  const { cluster, containerInstanceArn: containerInstance, newId, clock } = deps;
  return {
    type: "PublishHealthRequest",
    message: {
      metadata: { cluster, containerInstance, messageId: newId(), fin },
      timestamp: clock.now() / 1000,
      tasks: tasks.map(({ taskArn, clusterArn, family, version, containers }) => ({
        taskArn,
        ...(clusterArn === undefined ? {} : { clusterArn }),
        taskDefinitionFamily: family,
        taskDefinitionVersion: version,
        containers: containers.map(({ statusSince, ...container }) => ({
          ...container,
          statusSince: statusSince / 1000,
        })),
      })),
    },
  };
}
