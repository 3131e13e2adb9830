import { isBefore, reportedStatuses } from "@hatoba/contract";
import type { Container, Task, TaskAttachment } from "../../../model/task.ts";
import { releasedAttachments } from "../../../placement/commit-placement.ts";
import type { ContainerStateChange, StateChange } from "./state-change.ts";
import { stopCause } from "./stop-cause.ts";

/**
 * A task after its agent's report. Statuses only move forward, and what a report does not say stays as it was; so a
 * report that comes again, however late, changes nothing, and then the very same object is returned.
 * A task that has stopped, or that nobody has placed, has no agent whose word would count.
 * Source: agent protocol, SubmitTaskStateChange.
 */
export function applyStateChange(task: Task, change: StateChange, now: number): Task {
  if (task.lastStatus === "STOPPED" || task.containerInstanceArn === undefined) return task;
  const containers = withManagedAgents(change.containers.reduce(withContainer, task.containers), change, now);
  const isRunning = change.status === "RUNNING" && isBefore(task.lastStatus, "RUNNING");
  const told: Task = {
    ...task,
    containers,
    attachments: withAttachments(task.attachments, change),
    ...firstOf("connectivity", task.connectivity, "CONNECTED"),
    ...firstOf("connectivityAt", task.connectivityAt, now),
    ...firstOf("pullStartedAt", task.pullStartedAt, change.pullStartedAt),
    ...firstOf("pullStoppedAt", task.pullStoppedAt, change.pullStoppedAt),
    ...firstOf("executionStoppedAt", task.executionStoppedAt, change.executionStoppedAt),
    ...(isRunning ? { lastStatus: "RUNNING", startedAt: task.startedAt ?? now } : {}),
  };
  const next = change.status === "STOPPED" ? stopped(told, change, now) : stopping(told, change, now);
  return isSame(task, next) ? task : next;
}

const firstOf = <K extends keyof Task>(name: K, known: Task[K], said: Task[K]): Partial<Task> | undefined =>
  known === undefined && said !== undefined ? { [name]: said } : undefined;

/** The end of it: all its containers have stopped, and its network interface goes. */
function stopped(task: Task, { reason }: StateChange, now: number): Task {
  const containers = task.containers.map(
    (container): Container =>
      container.lastStatus === "STOPPED" ? container : { ...container, lastStatus: "STOPPED" },
  );
  return {
    ...ended({ ...task, containers: withManagedAgents(containers, { containers: [] }, now) }, reason, now),
    lastStatus: "STOPPED",
    attachments: releasedAttachments(task.attachments),
    stoppedAt: now,
  };
}

/** Once an essential container has stopped, the whole task is to stop. */
function stopping(task: Task, { reason }: StateChange, now: number): Task {
  if (task.desiredStatus === "STOPPED") return task;
  const isOver = task.containers.some(({ essential, lastStatus }) => essential && lastStatus === "STOPPED");
  return isOver ? ended(task, reason, now) : task;
}

/** No longer wanted; who had asked for its end before is who ended it. */
const ended = (task: Task, reason: string | undefined, now: number): Task => ({
  ...task,
  ...(task.stopCode === undefined && task.stoppedReason === undefined
    ? stopCause(task.startedAt !== undefined, reason, task.containers)
    : {}),
  desiredStatus: "STOPPED",
  stoppingAt: task.stoppingAt ?? now,
});

/**
 * A report that brings a container forward is believed in all it says; one that does not only fills in what was not
 * known, since it may be old.
 */
function withContainer(containers: readonly Container[], change: ContainerStateChange): readonly Container[] {
  const index = containers.findIndex(({ name }) => name === change.containerName);
  const known = containers[index];
  if (known === undefined) return containers;
  const { containerName: _name, status = known.lastStatus, ...facts } = change;
  if (reportedStatuses.indexOf(status) > reportedStatuses.indexOf(known.lastStatus)) {
    return containers.with(index, { ...known, ...facts, lastStatus: status });
  }
  const isNews = Object.keys(facts).some((name) => !(name in known));
  return isNews ? containers.with(index, { ...facts, ...known }) : containers;
}

/**
 * What makes ECS Exec work comes and goes while its container runs, and ends with it; so unlike the container's its status may
 * go back. Source: agent protocol, SubmitTaskStateChange, `managedAgents`.
 */
function withManagedAgents(
  containers: readonly Container[],
  { managedAgents = [] }: StateChange,
  now: number,
): readonly Container[] {
  const changed = containers.map((container): Container => {
    const [agent] = container.managedAgents ?? [];
    if (agent === undefined) return container;
    const said = managedAgents.findLast(({ containerName }) => containerName === container.name);
    const lastStatus = container.lastStatus === "STOPPED" ? "STOPPED" : (said?.status ?? agent.lastStatus);
    if (lastStatus === agent.lastStatus && (said === undefined || said.reason === agent.reason)) return container;
    const { reason: _before, ...rest } = agent;
    const started = lastStatus === "RUNNING" && agent.lastStatus !== "RUNNING" ? { lastStartedAt: now } : {};
    const reason = said?.reason === undefined ? {} : { reason: said.reason };
    return { ...container, managedAgents: [{ ...rest, ...started, ...reason, lastStatus }] };
  });
  return changed.some((container, index) => container !== containers[index]) ? changed : containers;
}

/** The network interface is there once a container that uses it is, or when the agent says so. */
function withAttachments(
  attachments: Task["attachments"],
  { containers, attached = [] }: StateChange,
): Task["attachments"] {
  const isMeant = ({ id }: TaskAttachment) =>
    containers.length > 0 || attached.some((arn) => arn === id || arn.endsWith(`/${id}`));
  const isDue = (attachment: TaskAttachment) => attachment.status !== "ATTACHED" && isMeant(attachment);
  if (!attachments.some(isDue)) return attachments;
  return attachments.map(
    (attachment): TaskAttachment => (isDue(attachment) ? { ...attachment, status: "ATTACHED" } : attachment),
  );
}

const isSame = (before: Task, after: Task) =>
  (Object.keys(after) as (keyof Task)[]).every((name) => before[name] === after[name]);
