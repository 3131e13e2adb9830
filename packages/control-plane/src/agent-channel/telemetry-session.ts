import type { Connection, HealthStatus } from "@hatoba/contract";
import type { Task } from "../model/task.ts";
import { NotFoundError } from "../store/store.ts";
import { update } from "../store/update.ts";
import type { SessionDependencies } from "./agent-session.ts";

/** In milliseconds; an acknowledgement or a heartbeat a minute keeps the agent on the line. Source: agent protocol, 4.2. */
const heartbeatEvery = 30_000;

const acknowledgements: Readonly<Record<string, string>> = {
  PublishMetricsRequest: "AckPublishMetric",
  PublishHealthRequest: "AckPublishHealth",
  PublishInstanceStatusRequest: "AckPublishInstanceStatus",
};

interface ReportedHealth {
  readonly taskArn?: unknown;
  readonly containers?: unknown;
}

/** Serves one telemetry connection: acknowledges what is published, and keeps containers' health. */
export function serveTelemetry(connection: Connection, containerInstanceArn: string, deps: SessionDependencies): void {
  const { clock, logger } = deps;
  const send = (type: string, message: object) => connection.send(JSON.stringify({ type, message }));
  let callOff = () => {};
  const beat = () => {
    send("HeartbeatMessage", { healthy: true });
    callOff = clock.after(heartbeatEvery, beat);
  };
  connection.onClose(() => callOff());
  connection.onMessage((text) => {
    const published = readPublished(text);
    const acknowledgement = published && acknowledgements[published.type];
    if (published === undefined || acknowledgement === undefined) {
      logger.warn({ containerInstanceArn }, "telemetry message left aside");
      return;
    }
    if (published.type === "PublishHealthRequest") {
      void keepHealth(published.message["tasks"], containerInstanceArn, deps).catch((error: unknown) =>
        logger.error({ err: error, containerInstanceArn }, "health not kept"),
      );
    }
    send(acknowledgement, { message: "ok" });
  });
  beat();
}

/** A message may be preceded by its own signed header block, which ends with an empty line. Source: agent protocol, 4.1. */
export function readPublished(
  text: string,
): { readonly type: string; readonly message: Readonly<Record<string, unknown>> } | undefined {
  const body = text.startsWith("{") ? text : text.slice(text.indexOf("\r\n\r\n") + 4);
  try {
    const { type, message } = JSON.parse(body) as { type?: unknown; message?: unknown };
    if (typeof type !== "string" || typeof message !== "object" || message === null) return undefined;
    return { type, message: message as Readonly<Record<string, unknown>> };
  } catch {
    return undefined;
  }
}

async function keepHealth(tasks: unknown, containerInstanceArn: string, { store }: SessionDependencies): Promise<void> {
  if (!Array.isArray(tasks)) return;
  await Promise.all(
    (tasks as readonly ReportedHealth[]).map(async ({ taskArn, containers }) => {
      if (typeof taskArn !== "string" || !Array.isArray(containers)) return;
      try {
        await update(store, "task", taskArn, (task) =>
          task.containerInstanceArn === containerInstanceArn ? withHealth(task, healthByName(containers)) : task,
        );
      } catch (error) {
        if (!(error instanceof NotFoundError)) throw error;
      }
    }),
  );
}

function healthByName(containers: readonly unknown[]): ReadonlyMap<string, HealthStatus> {
  const health = new Map<string, HealthStatus>();
  for (const each of containers as readonly { containerName?: unknown; healthStatus?: unknown }[]) {
    const { containerName, healthStatus } = each;
    const known = (["HEALTHY", "UNHEALTHY", "UNKNOWN"] as const).find((status) => status === healthStatus);
    if (typeof containerName === "string" && known !== undefined) health.set(containerName, known);
  }
  return health;
}

/** The task with what its agent says of its containers' health; the same object if that is nothing new. */
export function withHealth(task: Task, health: ReadonlyMap<string, HealthStatus>): Task {
  const isNews = task.containers.some(
    ({ name, healthStatus }) => health.has(name) && health.get(name) !== healthStatus,
  );
  if (!isNews || task.lastStatus === "STOPPED") return task;
  return {
    ...task,
    containers: task.containers.map((container) => {
      const healthStatus = health.get(container.name);
      return healthStatus === undefined ? container : { ...container, healthStatus };
    }),
  };
}
