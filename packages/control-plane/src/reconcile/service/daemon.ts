import type { Service } from "../../model/service.ts";
import { PlacementSession } from "../../placement/placement-session.ts";
import type { Write } from "../../store/store.ts";
import { isAlive, type ServiceTask } from "./service-tasks.ts";
import type { ServiceView } from "./service-view.ts";
import type { PassDependencies } from "./service-writes.ts";
import { serviceRequest } from "./start-tasks.ts";

/**
 * A DAEMON service as its tasks are planned: one task on each ACTIVE container instance that it may ever run on, and never
 * two on one; those that run on others have to go. Other services stay as they are. Source: ECS developer guide, "Daemon strategy".
 */
export function withDaemonCount(view: ServiceView, deps: PassDependencies): ServiceView {
  const { value } = view.stored;
  if (value.schedulingStrategy !== "DAEMON") return view;
  const { desiredCount, tasks } = placesFor(view, deps);
  const placementConstraints = [...(value.placementConstraints ?? []), { type: "distinctInstance" as const }];
  return { ...view, tasks, stored: { ...view.stored, value: { ...value, desiredCount, placementConstraints } } };
}

/** A machine whose agent is away for the moment counts if it has a task: the task may well run on. */
function placesFor(
  view: ServiceView,
  deps: PassDependencies,
): Pick<ServiceView, "tasks"> & Pick<Service, "desiredCount"> {
  const { tasks } = view;
  const request = serviceRequest(view, deps);
  if (request === undefined) return { desiredCount: view.stored.value.desiredCount, tasks };
  const hosts = new Set(view.tasks.filter(isAlive).map(({ stored }) => stored.value.containerInstanceArn));
  const matching = new PlacementSession(view.snapshot)
    .matching(request)
    .filter(({ instance, containerInstanceArn }) => instance.agentConnected || hosts.has(containerInstanceArn));
  const fit = new Set(matching.map(({ containerInstanceArn }) => containerInstanceArn));
  const judged = tasks.map((task) => (isMisplaced(task, fit) ? misplaced(task) : task));
  return { desiredCount: matching.length + judged.filter(staysBeside).length, tasks: judged };
}

/** Those of older deployments go as their deployment does. */
const isMisplaced = ({ isCurrent, isLeaving, stored: { value } }: ServiceTask, fit: ReadonlySet<string>) =>
  isCurrent && !isLeaving && value.containerInstanceArn !== undefined && !fit.has(value.containerInstanceArn);
const misplaced = (task: ServiceTask): ServiceTask => ({ ...task, isLeaving: true, isMisplaced: true });

/** It has to go, and is protected: until then it is one beside those that the service is to have. */
const staysBeside = (task: ServiceTask) =>
  isAlive(task) && task.isCurrent && task.isLeaving && task.isProtected === true && task.standing !== "unhealthy";

/** Keeps the number of tasks that a DAEMON service wants, which is for the loop to find out. */
export function daemonWrites(view: ServiceView, planned: ServiceView): readonly Write[] {
  const { arn, revision, value } = view.stored;
  const { desiredCount } = planned.stored.value;
  if (desiredCount === value.desiredCount) return [];
  const next: Service = { ...value, desiredCount };
  return [{ kind: "service", arn, expected: revision, value: next }];
}
