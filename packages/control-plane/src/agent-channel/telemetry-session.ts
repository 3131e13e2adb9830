import type { Connection } from "@hatoba/contract";
import type { UtilizationMetrics } from "../metrics/utilization-metrics.ts";
import type { SessionDependencies } from "./agent-session.ts";
import { isObject } from "./read-json.ts";
import { keepHealth } from "./telemetry-health.ts";
import { MeasuredTasks } from "./telemetry-metrics.ts";
import { keepStatus } from "./telemetry-status.ts";

export interface TelemetryDependencies extends SessionDependencies {
  /** Where utilisation is kept; without it metrics are acknowledged, and no more. */
  readonly metrics?: UtilizationMetrics;
}

/** In milliseconds; an acknowledgement or a heartbeat a minute keeps the agent on the line. Source: agent protocol, 4.2. */
const heartbeatEvery = 30_000;
/**
 * An agent opens a new connection after 35 minutes at the most, and may have nothing to say on this one; so a connection that is
 * much older belongs to nobody. Milliseconds.
 */
const longestAge = 60 * 60_000;

/** What was published, by type: the answer, and what is done with it. StartTelemetrySessionRequest comes from older agents. */
const published: Readonly<
  Record<
    string,
    { readonly answer?: string; keep?(message: Message, arn: string, deps: ConnectionDependencies): unknown }
  >
> = {
  PublishMetricsRequest: {
    answer: "AckPublishMetric",
    keep: (message, _arn, { store, clock, metrics, measured }) => {
      if (metrics === undefined) return;
      const { tasks, instance } = measured.measure(store.snapshot(), message);
      metrics.recordTasks(tasks, clock.now());
      if (instance !== undefined) metrics.recordInstance(instance, clock.now());
    },
  },
  PublishHealthRequest: {
    answer: "AckPublishHealth",
    keep: ({ tasks }, arn, { store }) => keepHealth(tasks, arn, store),
  },
  PublishInstanceStatusRequest: {
    answer: "AckPublishInstanceStatus",
    keep: ({ statuses }, arn, { store }) => keepStatus(statuses, arn, store),
  },
  StartTelemetrySessionRequest: {},
};
type Message = Readonly<Record<string, unknown>>;
type ConnectionDependencies = TelemetryDependencies & { readonly measured: MeasuredTasks };

/** Has something done, at once or later. @param size of what it is about, in characters */
export type TakeTurn = (size: number, work: () => void) => void;

/**
 * Serves one telemetry connection: acknowledges what is published, and keeps containers' health, what the machine says of itself
 * and what tasks use.
 * @param onEnd called once, when the connection is gone
 * @param takeTurn when a message is looked at
 */
export function serveTelemetry(
  connection: Connection,
  containerInstanceArn: string,
  deps: TelemetryDependencies,
  onEnd: () => void = () => {},
  takeTurn: TakeTurn = (_size, work) => work(),
): void {
  const { clock, logger } = deps;
  const own = { ...deps, measured: new MeasuredTasks(containerInstanceArn) };
  const send = (type: string, message: object) => connection.send(JSON.stringify({ type, message }));
  let callOff = () => {};
  const beat = () => {
    send("HeartbeatMessage", { healthy: true });
    callOff = clock.after(heartbeatEvery, beat);
  };
  const callOffAge = clock.after(longestAge, () => connection.close(1001, "Reconnect to continue."));
  connection.onClose(() => {
    callOff();
    callOffAge();
    onEnd();
  });
  const receive = (text: string) => {
    const read = readPublished(text);
    const kind = read && Object.hasOwn(published, read.type) ? published[read.type] : undefined;
    if (read === undefined || kind === undefined) {
      logger.warn({ containerInstanceArn }, "telemetry message left aside");
      return;
    }
    void Promise.resolve(kind.keep?.(read.message, containerInstanceArn, own)).catch((error: unknown) =>
      logger.error({ err: error, containerInstanceArn, type: read.type }, "telemetry not kept"),
    );
    if (kind.answer !== undefined) send(kind.answer, { message: "ok" });
  };
  connection.onMessage((text) => takeTurn(text.length, () => receive(text)));
  beat();
}

/** A message may be preceded by its own signed header block, which ends with an empty line. Source: agent protocol, 4.1. */
export function readPublished(text: string): { readonly type: string; readonly message: Message } | undefined {
  const body = text.startsWith("{") ? text : text.slice(text.indexOf("\r\n\r\n") + 4);
  try {
    const { type, message } = JSON.parse(body) as { type?: unknown; message?: unknown };
    return typeof type === "string" && isObject(message) ? { type, message } : undefined;
  } catch {
    return undefined;
  }
}
