import type { ReportedStatus } from "@hatoba/contract";
import type { ContainerStateChange, TaskStateChange } from "../channel/control-plane.ts";
import {
  type Acknowledged,
  definitionOf,
  hasRun,
  isInternal,
  type KnownContainer,
  type KnownTask,
} from "./known-task.ts";
import { reportedStatus, taskStatus, wasRunning } from "./task-status.ts";

/** What to tell the control plane next. */
export interface PlannedReport {
  readonly change: TaskStateChange;
  /** What it will have acknowledged once it has accepted this. */
  readonly acknowledges: Acknowledged;
  /** Whether it should go at once; what only concerns containers waits a little for company. */
  readonly urgent: boolean;
}

const rank: Record<ReportedStatus, number> = { PENDING: 0, RUNNING: 1, STOPPED: 2 };
const isBeyond = (status: ReportedStatus, other: ReportedStatus | undefined) => rank[status] > rank[other ?? "PENDING"];

/**
 * The difference between what is known of a task and what was acknowledged, as one state change; undefined if there is
 * none. A task that ran and ended between two reports is told as RUNNING first, so that the control plane knows it ran.
 * Source: agent protocol §2.5.
 */
export function planReport(task: KnownTask): PlannedReport | undefined {
  const { acknowledged } = task;
  const known = taskStatus(task);
  if (acknowledged.task === "STOPPED" || (known === "PENDING" && !task.containers.some(isWorthTelling)))
    return undefined;
  const status = known === "STOPPED" && wasRunning(task) && acknowledged.task !== "RUNNING" ? "RUNNING" : known;
  const until = status === known ? "STOPPED" : "RUNNING";
  const containers = task.containers.filter(({ name }) => !isInternal(name));
  const changes = containers.flatMap((container) =>
    containerChanges(container, acknowledged.containers[container.name], until),
  );
  const urgent = isBeyond(status, acknowledged.task);
  if (!urgent && changes.length === 0) return undefined;
  return {
    urgent,
    change: {
      task: task.arn,
      status,
      reason: status === "STOPPED" ? (task.reason ?? "") : "",
      ...(changes.length === 0 ? {} : { containers: changes }),
      ...managedAgentsOf(task, changes),
      ...(task.pullStartedAt === undefined ? {} : { pullStartedAt: task.pullStartedAt }),
      ...(task.pullStoppedAt === undefined ? {} : { pullStoppedAt: task.pullStoppedAt }),
      ...(task.executionStoppedAt === undefined || until === "RUNNING"
        ? {}
        : { executionStoppedAt: task.executionStoppedAt }),
    },
    acknowledges: {
      task: status,
      containers: {
        ...acknowledged.containers,
        ...Object.fromEntries(changes.map(({ containerName, status: told }) => [containerName, told])),
      },
    },
  };
}

const isWorthTelling = ({ status }: KnownContainer) => status === "RUNNING" || status === "STOPPED";

function containerChanges(
  container: KnownContainer,
  told: ReportedStatus | undefined,
  until: ReportedStatus,
): readonly ContainerStateChange[] {
  const known = reportedStatus(container.status);
  const passed = (["RUNNING", "STOPPED"] as const).filter(
    (status) => isBeyond(status, told) && !isBeyond(status, known) && !isBeyond(status, until),
  );
  return passed
    .filter((status) => status === "STOPPED" || hasRun(container))
    .map((status) => changeOf(container, status));
}

/**
 * Sessions are the agent's own work here, so that a container's managed agent runs just as long as the container.
 * Source of the reasons: agent protocol §7.
 */
function managedAgentsOf(
  { payload, containers }: KnownTask,
  changes: readonly ContainerStateChange[],
): Pick<TaskStateChange, "managedAgents"> {
  const managedAgents = changes.flatMap(({ containerName, status }) => {
    const known = containers.find(({ name }) => name === containerName);
    const agents = definitionOf(payload, containerName)?.managedAgents ?? [];
    if (status === "PENDING" || known === undefined || !hasRun(known)) return [];
    const reason = status === "RUNNING" ? "ExecuteCommandAgent started" : "Received Container Stopped event";
    return agents.map(({ name }) => ({ containerName, managedAgentName: name, status, reason }));
  });
  return managedAgents.length === 0 ? {} : { managedAgents };
}

function changeOf(container: KnownContainer, status: ReportedStatus): ContainerStateChange {
  const { name, runtimeId, exitCode, imageDigest, bindings } = container;
  const isEnd = status === "STOPPED";
  const reason = isEnd ? container.reason : container.warning;
  return {
    containerName: name,
    status,
    ...(runtimeId === undefined ? {} : { runtimeId }),
    ...(exitCode === undefined || !isEnd ? {} : { exitCode }),
    ...(reason === undefined ? {} : { reason }),
    ...(imageDigest === undefined ? {} : { imageDigest }),
    ...(bindings === undefined || bindings.length === 0 ? {} : { networkBindings: bindings }),
  };
}
