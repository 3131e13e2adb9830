import type { Deployment, ServiceEvents } from "../../model/service.ts";
import type { Snapshot, Stored } from "../../store/store.ts";
import { openRecords } from "./deployment-record.ts";
import { type JudgeContext, judgeTask, type ServiceTask } from "./service-tasks.ts";

/** A service with all that belongs to it, as of one snapshot. */
export interface WholeService {
  readonly snapshot: Snapshot;
  readonly stored: Stored<"service">;
  /** In the order of their creation. */
  readonly deployments: readonly Stored<"deployment">[];
  /** Records of its deployments that are not over. */
  readonly records: readonly Stored<"serviceDeployment">[];
  /** In the order of their creation. */
  readonly tasks: readonly ServiceTask[];
  readonly events: { readonly arn: string; readonly revision: number; readonly value: ServiceEvents };
  /** Epoch milliseconds. */
  readonly now: number;
}

/** A service whose tasks follow a deployment, which is among its deployments. */
export interface ServiceView extends WholeService {
  readonly primary: Stored<"deployment">;
}

/** Looks at a service; undefined if it, or its primary deployment, is not there. */
export function viewService(
  snapshot: Snapshot,
  serviceArn: string,
  { now, settings }: Pick<JudgeContext, "now" | "settings">,
): ServiceView | undefined {
  const stored = snapshot.get("service", serviceArn);
  const primary = stored && snapshot.get("deployment", stored.value.primaryDeploymentId);
  if (stored === undefined || primary === undefined) return undefined;
  return { ...viewWhole(snapshot, stored, { now, settings }), primary };
}

/** Looks at a service, whatever it is that its tasks follow. */
export function viewWhole(
  snapshot: Snapshot,
  stored: Stored<"service">,
  { now, settings }: Pick<JudgeContext, "now" | "settings">,
): WholeService {
  const serviceArn = stored.arn;
  const context = judgeContext(snapshot, stored, { now, settings });
  const eventsArn = `events/${serviceArn}`;
  const events = snapshot.get("serviceEvents", eventsArn);
  return {
    snapshot,
    stored,
    deployments: snapshot.list("deployment", { serviceArn }),
    records: openRecords(snapshot, serviceArn),
    tasks: snapshot.list("task", { serviceArn }).map((task) => judgeTask(task, context)),
    events: {
      arn: eventsArn,
      revision: events?.revision ?? 0,
      value: events?.value ?? { serviceArn, events: [], steady: false },
    },
    now,
  };
}

function judgeContext(
  snapshot: Snapshot,
  { value: service }: Stored<"service">,
  { now, settings }: Pick<JudgeContext, "now" | "settings">,
): JudgeContext {
  return {
    service,
    now,
    settings,
    healthChecked: remembered((arn) => essentialWithHealthCheck(snapshot, arn)),
    isLeaving: remembered((arn) => snapshot.get("containerInstance", arn)?.value.status !== "ACTIVE"),
  };
}

/** Many tasks share few definitions and instances: each is looked up once. */
function remembered<V>(find: (arn: string) => V): (arn: string) => V {
  const known = new Map<string, V>();
  return (arn) => {
    if (!known.has(arn)) known.set(arn, find(arn));
    return known.get(arn) as V;
  };
}

function essentialWithHealthCheck(snapshot: Snapshot, taskDefinitionArn: string): ReadonlySet<string> {
  const containers = snapshot.get("taskDefinition", taskDefinitionArn)?.value.registered.containerDefinitions ?? [];
  return new Set(
    containers
      .filter(({ essential, healthCheck }) => essential !== false && isCheck(healthCheck?.command))
      .map(({ name = "" }) => name),
  );
}

/** `["NONE"]` switches off a check that the image brings. */
const isCheck = (command: readonly string[] | undefined) =>
  command !== undefined && command.length > 0 && command[0] !== "NONE";

/** Whether two deployments differ in what the service loop writes. */
export const isSameDeployment = (a: Deployment, b: Deployment): boolean =>
  a.failedTasks === b.failedTasks &&
  a.consecutiveFailures === b.consecutiveFailures &&
  a.notBefore === b.notBefore &&
  a.bakingSince === b.bakingSince &&
  a.rolloutState === b.rolloutState &&
  a.rolloutStateReason === b.rolloutStateReason;
