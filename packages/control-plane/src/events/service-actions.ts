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

/** `ECS Service Action` for each service event that is new and stands for one, oldest first. */
export function serviceActions(
  before: ServiceEvents | undefined,
  after: ServiceEvents,
  service: Service,
): readonly EventDraft[] {
  const known = new Set(before?.events.map(({ id }) => id));
  const fresh = after.events.filter(({ id }) => !known.has(id)).toReversed();
  const providers = providersOf(service, after.serviceArn);
  return fresh.flatMap(({ createdAt, message }) => {
    const action = actionOf(message);
    if (action === undefined) return [];
    const draft = ({ reason, ...named }: Action, capacityProviderArns?: readonly string[]): EventDraft => ({
      "detail-type": "ECS Service Action",
      source: "aws.ecs",
      at: createdAt,
      resources: [after.serviceArn],
      detail: {
        ...named,
        clusterArn: service.clusterArn,
        ...(capacityProviderArns === undefined ? {} : { capacityProviderArns }),
        ...(reason === undefined ? {} : { reason }),
        createdAt: new Date(createdAt).toISOString(),
      },
    });
    const withProviders = providers.length === 0 ? undefined : providers;
    if (action.eventName !== "SERVICE_STEADY_STATE")
      return [draft(action, action.eventType === "ERROR" ? withProviders : undefined)];
    if (withProviders === undefined) return [draft(action)];
    return [draft(action), draft({ eventType: "INFO", eventName: "CAPACITY_PROVIDER_STEADY_STATE" }, withProviders)];
  });
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
