import { isDeepStrictEqual } from "node:util";
import type { ContainerInstance } from "../model/container-instance.ts";
import { hasTaskSets, type Service } from "../model/service.ts";
import type { Task } from "../model/task.ts";
import type { Change, Snapshot, Stored } from "../store/store.ts";
import type { EventDraft } from "./aws-event.ts";
import { deploymentEvents, desiredCountActions, serviceActions } from "./service-actions.ts";

/** Shows resources as the ECS API does. The API brings it: this room does not know it. */
export interface Describers {
  task(task: Stored<"task">, snapshot: Snapshot): object;
  containerInstance(instance: Stored<"containerInstance">, snapshot: Snapshot): object;
}

/** What is beside a change. `at` is when it was seen, epoch milliseconds; `snapshot` contains it. */
export interface Surroundings {
  readonly snapshot: Snapshot;
  readonly describe: Describers;
  readonly at: number;
}

/** The detail types that changes of each kind lead to. */
export const detailTypes = {
  task: ["ECS Task State Change", "ECS Container Instance State Change"],
  containerInstance: ["ECS Container Instance State Change"],
  service: ["ECS Service Action"],
  serviceEvents: ["ECS Service Action"],
  deployment: ["ECS Deployment State Change"],
} as const;

export type EventKind = keyof typeof detailTypes;
export const isEventKind = (kind: string): kind is EventKind => Object.hasOwn(detailTypes, kind);

/** The events that one change of the store is. Source: ECS developer guide, "Amazon ECS events". */
export function eventsOfChange({ before, after, revision }: Change, around: Surroundings): readonly EventDraft[] {
  const seen = { ...around, revision };
  if (after?.kind === "task") {
    const old = before?.kind === "task" ? before.value : undefined;
    return [...taskEvents(old, after, around), ...freedInstance(old, after.value, seen)];
  }
  if (after?.kind === "containerInstance") {
    const old = before?.kind === "containerInstance" ? before.value : undefined;
    // One that is moved to a new revision as it is was placed on: what remains of it is news.
    return old !== after.value && isSame(old, after.value) ? [] : instanceEvents(after, seen);
  }
  if (after?.kind === "service") {
    const old = before?.kind === "service" ? before.value : undefined;
    return desiredCountActions(old, after.value, { serviceArn: after.arn, at: around.at });
  }
  if (after?.kind === "serviceEvents") {
    const { serviceArn } = after.value;
    const service = around.snapshot.get("service", serviceArn)?.value;
    if (service === undefined) return [];
    const old = before?.kind === "serviceEvents" ? before.value : undefined;
    return serviceActions(old, after.value, { service, taskSetArns: taskSetsOf(service, serviceArn, around) });
  }
  if (after?.kind !== "deployment") return [];
  return deploymentEvents(before?.kind === "deployment" ? before.value : undefined, after.value);
}

/** ARNs of a service's task sets that are not to go. */
const taskSetsOf = (service: Service, serviceArn: string, { snapshot }: Surroundings): readonly string[] =>
  hasTaskSets(service)
    ? snapshot.list("taskSet", { serviceArn }).flatMap(({ arn, value }) => (value.status === "ACTIVE" ? [arn] : []))
    : [];

/** Members that events do not show. */
const isHidden = new Set(["failureCounted", "protectedUntil", "demand", "tags"]);
const shown = (value: Task | ContainerInstance) =>
  Object.fromEntries(Object.entries(value).filter(([name]) => !isHidden.has(name)));

const isSame = (old: Task | ContainerInstance | undefined, value: Task | ContainerInstance): boolean =>
  old !== undefined && isDeepStrictEqual(shown(old), shown(value));

/** As `DescribeTasks` shows it, with times as texts and the attachment's type as events spell it; tags are not shown. */
function taskEvents(old: Task | undefined, task: Stored<"task">, around: Surroundings): readonly EventDraft[] {
  if (isSame(old, task.value)) return [];
  const { tags: _, attachments, ...described } = plain(around.describe.task(task, around.snapshot));
  const detail = {
    ...described,
    attachments: (Array.isArray(attachments) ? (attachments as Readonly<Record<string, unknown>>[]) : []).map((each) =>
      each.type === "ElasticNetworkInterface" ? { ...each, type: "eni" } : each,
    ),
    updatedAt: new Date(around.at).toISOString(),
  };
  return [{ "detail-type": "ECS Task State Change", source: "aws.ecs", at: around.at, resources: [task.arn], detail }];
}

/** What a task had is free once it has stopped; that is news of its container instance. */
function freedInstance(
  old: Task | undefined,
  { containerInstanceArn, lastStatus }: Task,
  around: Surroundings & { readonly revision: number },
): readonly EventDraft[] {
  if (containerInstanceArn === undefined || lastStatus !== "STOPPED" || old?.lastStatus === "STOPPED") return [];
  const instance = around.snapshot.get("containerInstance", containerInstanceArn);
  return instance === undefined ? [] : instanceEvents(instance, around);
}

/** As `DescribeContainerInstances` shows it, with its cluster. Capacity for Fargate is nobody's to see. */
function instanceEvents(
  instance: Stored<"containerInstance">,
  { describe, snapshot, at, revision }: Surroundings & { readonly revision: number },
): readonly EventDraft[] {
  if (instance.value.capacity === "FARGATE") return [];
  const { tags: _, ...described } = plain(describe.containerInstance(instance, snapshot));
  const detail = {
    ...described,
    clusterArn: instance.value.clusterArn,
    version: revision,
    updatedAt: new Date(at).toISOString(),
  };
  return [
    { "detail-type": "ECS Container Instance State Change", source: "aws.ecs", at, resources: [instance.arn], detail },
  ];
}

/** Times become texts. */
const plain = (value: object) => JSON.parse(JSON.stringify(value)) as Readonly<Record<string, unknown>>;
