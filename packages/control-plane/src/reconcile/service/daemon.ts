import type { Service } from "../../model/service.ts";
import { PlacementSession } from "../../placement/placement-session.ts";
import type { Write } from "../../store/store.ts";
import { isAlive } from "./service-tasks.ts";
import type { ServiceView } from "./service-view.ts";
import type { PassDependencies } from "./service-writes.ts";
import { serviceRequest } from "./start-tasks.ts";

/**
 * A DAEMON service as its tasks are planned: one task on each ACTIVE container instance that it may ever run on, and never
 * two on one. Other services stay as they are. Source: ECS developer guide, "Daemon strategy".
 */
export function withDaemonCount(view: ServiceView, deps: PassDependencies): ServiceView {
  const { value } = view.stored;
  if (value.schedulingStrategy !== "DAEMON") return view;
  const desiredCount = instancesFor(view, deps);
  const placementConstraints = [...(value.placementConstraints ?? []), { type: "distinctInstance" as const }];
  return { ...view, stored: { ...view.stored, value: { ...value, desiredCount, placementConstraints } } };
}

/** A machine whose agent is away for the moment counts if it has a task: the task may well run on. */
function instancesFor(view: ServiceView, deps: PassDependencies): number {
  const request = serviceRequest(view, deps);
  if (request === undefined) return view.stored.value.desiredCount;
  const hosts = new Set(view.tasks.filter(isAlive).map(({ stored }) => stored.value.containerInstanceArn));
  return new PlacementSession(view.snapshot)
    .matching(request)
    .filter(({ instance, containerInstanceArn }) => instance.agentConnected || hosts.has(containerInstanceArn)).length;
}

/** Keeps the number of tasks that a DAEMON service wants, which is for the loop to find out. */
export function daemonWrites(view: ServiceView, planned: ServiceView): readonly Write[] {
  const { arn, revision, value } = view.stored;
  const { desiredCount } = planned.stored.value;
  if (desiredCount === value.desiredCount) return [];
  const next: Service = { ...value, desiredCount };
  return [{ kind: "service", arn, expected: revision, value: next }];
}
