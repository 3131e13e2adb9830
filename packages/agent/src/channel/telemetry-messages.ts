import type { Clock } from "../platform/clock.ts";
import type { InstanceStatus, MetricsSource } from "./control-plane.ts";

/** Source: agent protocol, section 4.2. */
const tasksPerMessage = 10;

/** Who publishes, and the sources of what has to be new in each message. */
export interface Publisher {
  readonly cluster: string;
  readonly containerInstanceArn: string;
  /** A UUID. */
  readonly newId: () => string;
  readonly clock: Clock;
}

/** What containers used, in as many messages as it takes; one that says so if there are no tasks. */
export function metricsMessages(metrics: MetricsSource, publisher: Publisher): readonly object[] {
  const { cluster, containerInstanceArn: containerInstance, newId, clock } = publisher;
  const message = (fin: boolean, idle: boolean, content: object) => ({
    type: "PublishMetricsRequest",
    message: {
      metadata: { cluster, containerInstance, fin, idle, messageId: newId() },
      ...content,
      timestamp: clock.now() / 1000,
    },
  });
  if (metrics.isIdle()) return [message(true, true, {})];
  const tasks = metrics.takeMetrics();
  return Array.from({ length: Math.ceil(tasks.length / tasksPerMessage) }, (_, part) => {
    const at = part * tasksPerMessage;
    return message(at + tasksPerMessage >= tasks.length, false, { taskMetrics: tasks.slice(at, at + tasksPerMessage) });
  });
}

/** Times become epoch seconds. Source: agent protocol, section 4.3. */
export function statusMessage(statuses: readonly InstanceStatus[], publisher: Publisher): object {
  const { cluster, containerInstanceArn: containerInstance, newId, clock } = publisher;
  return {
    type: "PublishInstanceStatusRequest",
    message: {
      metadata: { cluster, containerInstance, requestId: newId() },
      statuses: statuses.map(({ type, status, lastUpdated, lastStatusChange }) => ({
        lastStatusChange: lastStatusChange / 1000,
        lastUpdated: lastUpdated / 1000,
        status,
        type,
      })),
      timestamp: clock.now() / 1000,
    },
  };
}
