import { lastSegment } from "@hatoba/contract";
import type { ServiceEvents } from "../../model/service.ts";
import type { Task } from "../../model/task.ts";
import { closeness, type Reason, type Refusal } from "../../placement/refusal.ts";

const eventsKept = 100;
/** How long a statement that is still true is not made again. Source: ECS developer guide, "Service event messages". */
const repeatedAfterMilliseconds = 6 * 60 * 60_000;
/** More ids than these would only be scrolled past. */
const idsListed = 10;
const guide = "For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.";

/** What to add to a service's events. `steady` is what they say now of its state. */
export interface EventUpdate {
  readonly messages: readonly string[];
  readonly steady: boolean;
  readonly now: number;
  readonly newId: () => string;
}

/**
 * The events with messages put in front, each with the service's name. A message that was the last word on its matter is
 * not repeated for six hours. The same object if nothing changes.
 */
export function addEvents(events: ServiceEvents, serviceName: string, update: EventUpdate): ServiceEvents {
  const { messages, steady, now, newId } = update;
  const fresh = messages
    .map((message) => `(service ${serviceName}) ${message}`)
    .filter((message) => !isRepeated(events, message, now))
    .map((message) => ({ id: newId(), createdAt: now, message }));
  if (fresh.length === 0 && steady === events.steady) return events;
  return { ...events, events: [...fresh.toReversed(), ...events.events].slice(0, eventsKept), steady };
}

/** What happened is news each time; what is so is said again only after something has happened. */
function isRepeated({ events }: ServiceEvents, message: string, now: number): boolean {
  if (happened.test(message)) return false;
  const last = events.findIndex((event) => event.message === message);
  const sinceThen = events.slice(0, last);
  return (
    last >= 0 &&
    now - (events[last]?.createdAt ?? 0) < repeatedAfterMilliseconds &&
    !sinceThen.some((event) => / has (started|reached) /.test(event.message))
  );
}
const happened =
  / has (started|stopped|reached) |\) deployment (completed|failed)| rolling back |\) failed container health/;

const listed = (taskArns: readonly string[]) =>
  taskArns
    .slice(0, idsListed)
    .map((arn) => `(task ${lastSegment(arn)})`)
    .join(" ") + (taskArns.length > idsListed ? ` and ${taskArns.length - idsListed} more` : "");

export const startedMessage = (taskArns: readonly string[], replacing: number): string =>
  `has started ${taskArns.length} tasks: ${listed(taskArns)}.` +
  (replacing > 0 ? ` Amazon ECS replaced ${replacing} tasks due to an unhealthy status.` : "");
export const stoppedMessage = (taskArns: readonly string[]): string =>
  `has stopped ${taskArns.length} running tasks: ${listed(taskArns)}.`;
export const unhealthyMessage = (taskArn: string): string =>
  `(task ${lastSegment(taskArn)}) failed container health checks.`;
export const steadyMessage = "has reached a steady state.";
export const completedMessage = (deploymentId: string): string => `(deployment ${deploymentId}) deployment completed.`;
export const rollbackMessage = (deploymentId: string): string => `rolling back to deployment ${deploymentId}.`;
export const blockedMessage =
  "was unable to stop or start tasks during a deployment because of the service deployment configuration. " +
  "Update the minimumHealthyPercent or maximumPercent value and try again.";

const shortages: Partial<Record<Reason, string>> = {
  "RESOURCE:CPU": "has insufficient CPU units available",
  "RESOURCE:MEMORY": "has insufficient memory available",
  "RESOURCE:PORTS": "is already using a port required by your task",
  ATTRIBUTE: "is missing an attribute required by your task",
};

/** Says why a task found no place, by the container instance that came nearest. Source: ECS developer guide, "Service event messages". */
export function unplacedMessage(launchType: Task["launchType"], refusals: readonly Refusal[]): string {
  if (launchType === "FARGATE") {
    return refusals.some(({ reason }) => reason === "RESOURCE:ENI")
      ? `was unable to place a task. Reason: The subnets have no free address. ${guide}`
      : `was unable to place a task. Reason: Capacity is unavailable at this time. Please try again later or in a different availability zone. ${guide}`;
  }
  const beginning = "was unable to place a task because no container instance met all of its requirements.";
  const [first, ...others] = refusals;
  if (first === undefined) return `${beginning} Reason: No Container Instances were found in your cluster. ${guide}`;
  const { containerInstanceArn, reason } = others.reduce(nearer, first);
  const shortage = shortages[reason] ?? `encountered error "${reason}"`;
  return `${beginning} The closest matching (container-instance ${lastSegment(containerInstanceArn)}) ${shortage}. ${guide}`;
}

const nearer = (best: Refusal, other: Refusal) => (closeness(other.reason) > closeness(best.reason) ? other : best);
