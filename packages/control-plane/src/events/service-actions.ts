import { capacityProviderArn } from "@hatoba/contract";
import type { Deployment, Service, ServiceEvents } from "../model/service.ts";
import type { EventDraft } from "./aws-event.ts";

/** What a message of a service's events says, in the names of `ECS Service Action`. */
interface Action {
  readonly eventType: "INFO" | "WARN" | "ERROR";
  readonly eventName: string;
  readonly reason?: string;
}

/** Shortages as messages word them, and as `reason` names them. Source: ECS developer guide, "API failure reasons". */
const reasons: readonly (readonly [RegExp, string])[] = [
  [/insufficient CPU units/, "RESOURCE:CPU"],
  [/insufficient memory/, "RESOURCE:MEMORY"],
  [/port required by your task/, "RESOURCE:PORTS"],
  [/missing an attribute/, "ATTRIBUTE"],
  [/no free address/, "RESOURCE:ENI"],
  [/Capacity is unavailable/, "RESOURCE:FARGATE"],
];

const placementReason = (message: string): string =>
  reasons.find(([pattern]) => pattern.test(message))?.[1] ??
  /encountered error "([^"]+)"/.exec(message)?.[1] ??
  /Reason: (.*?)(?: For more information.*)?$/.exec(message)?.[1] ??
  message;

/**
 * The action that a service event stands for; undefined for one that is none.
 * Source: ECS developer guide, "Amazon ECS service action events".
 */
export function actionOf(message: string): Action | undefined {
  if (message.endsWith("has reached a steady state.")) return { eventType: "INFO", eventName: "SERVICE_STEADY_STATE" };
  if (message.includes("unable to consistently start tasks")) {
    return { eventType: "WARN", eventName: "SERVICE_TASK_START_IMPAIRED" };
  }
  if (/ has stopped \d+ running tasks/.test(message)) return { eventType: "INFO", eventName: "TASKS_STOPPED" };
  if (!message.includes("was unable to place a task")) return undefined;
  const reason = placementReason(message);
  const isConfiguration = message.endsWith(" does not exist.");
  const eventName = isConfiguration ? "SERVICE_TASK_CONFIGURATION_FAILURE" : "SERVICE_TASK_PLACEMENT_FAILURE";
  return { eventType: "ERROR", eventName, reason };
}

/** The capacity providers that a service's tasks go to. */
function providersOf(service: Service, serviceArn: string): readonly string[] {
  const [, , , region = "", accountId = ""] = serviceArn.split(":");
  return (service.capacityProviderStrategy ?? []).map(({ capacityProvider = "" }) =>
    capacityProvider.startsWith("arn:")
      ? capacityProvider
      : capacityProviderArn({ region, accountId }, capacityProvider),
  );
}

/** What the names of an action are written with. */
interface Written {
  readonly service: Service;
  readonly serviceArn: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** @param beside further members of the detail, those that are undefined left out */
function drafted(
  { reason, ...named }: Action,
  { service, serviceArn, at }: Written,
  beside: { readonly capacityProviderArns?: readonly string[]; readonly taskSetArns?: readonly string[] } = {},
): EventDraft {
  return {
    "detail-type": "ECS Service Action",
    source: "aws.ecs",
    at,
    resources: [serviceArn],
    detail: {
      ...named,
      clusterArn: service.clusterArn,
      ...beside,
      ...(reason === undefined ? {} : { reason }),
      createdAt: new Date(at).toISOString(),
    },
  };
}

/**
 * `ECS Service Action` for each service event that is new and stands for one, oldest first.
 * @param taskSetArns of the service's task sets that are not to go, if it has any
 */
export function serviceActions(
  before: ServiceEvents | undefined,
  after: ServiceEvents,
  { service, taskSetArns }: { readonly service: Service; readonly taskSetArns: readonly string[] },
): readonly EventDraft[] {
  const known = new Set(before?.events.map(({ id }) => id));
  const fresh = after.events.filter(({ id }) => !known.has(id)).toReversed();
  const { serviceArn } = after;
  const capacityProviderArns = providersOf(service, serviceArn);
  const withProviders = capacityProviderArns.length === 0 ? {} : { capacityProviderArns };
  return fresh.flatMap(({ createdAt, message }) => {
    const action = actionOf(message);
    if (action === undefined) return [];
    const written = { service, serviceArn, at: createdAt };
    if (action.eventName !== "SERVICE_STEADY_STATE")
      return [drafted(action, written, action.eventType === "ERROR" ? withProviders : {})];
    const steady = (eventName: string): Action => ({ eventType: "INFO", eventName });
    return [
      drafted(action, written),
      ...(capacityProviderArns.length === 0
        ? []
        : [drafted(steady("CAPACITY_PROVIDER_STEADY_STATE"), written, withProviders)]),
      // A service of task sets is steady when each of them is.
      ...taskSetArns.map((arn) => drafted(steady("TASKSET_STEADY_STATE"), written, { taskSetArns: [arn] })),
    ];
  });
}

/** The number of a DAEMON service's tasks is the scheduler's to find out, that of others the user's; see `Service.desiredCount`. */
export function desiredCountActions(
  before: Service | undefined,
  after: Service,
  { serviceArn, at }: { readonly serviceArn: string; readonly at: number },
): readonly EventDraft[] {
  if (after.schedulingStrategy !== "DAEMON" || before === undefined) return [];
  if (before.desiredCount === after.desiredCount) return [];
  const action = { eventType: "INFO", eventName: "SERVICE_DESIRED_COUNT_UPDATED" } as const;
  return [drafted(action, { service: after, serviceArn, at })];
}

const deploymentNames = {
  IN_PROGRESS: { eventType: "INFO", eventName: "SERVICE_DEPLOYMENT_IN_PROGRESS" },
  COMPLETED: { eventType: "INFO", eventName: "SERVICE_DEPLOYMENT_COMPLETED" },
  FAILED: { eventType: "ERROR", eventName: "SERVICE_DEPLOYMENT_FAILED" },
} as const;

/**
 * `ECS Deployment State Change` where a deployment began, ended, or is to bring back another.
 * Source: ECS developer guide, "Amazon ECS service deployment state change events".
 */
export function deploymentEvents(before: Deployment | undefined, after: Deployment): readonly EventDraft[] {
  const { deploymentId, rolloutState, rolloutStateReason, serviceArn, updatedAt } = after;
  if (before?.rolloutState === rolloutState && before.rolloutStateReason === rolloutStateReason) return [];
  const detail = {
    ...deploymentNames[rolloutState],
    deploymentId,
    updatedAt: new Date(updatedAt).toISOString(),
    reason: rolloutStateReason,
  };
  return [
    { "detail-type": "ECS Deployment State Change", source: "aws.ecs", at: updatedAt, resources: [serviceArn], detail },
  ];
}
