import { type KnownTask } from "../engine/known-task.ts";
import { taskStatus } from "../engine/task-status.ts";
import { type DetailsByName, ifAny, type Json, type MetadataVersion, shownContainers } from "./container-metadata.ts";

/** Where the agent runs, as it tells the containers. */
export interface Place {
  /** As configured: a name or an ARN. */
  readonly cluster: string;
  readonly zone?: string;
}

/** Tags as the control plane gave them, or why it did not. */
export interface Tags {
  readonly task: TagsAnswer;
  readonly containerInstance: TagsAnswer;
}
export type TagsAnswer =
  | { readonly tags: Readonly<Record<string, string>> }
  | { readonly resourceArn: string; readonly code: string; readonly message: string; readonly statusCode: number };

/**
 * A task as the metadata endpoint shows it, members in the order of the genuine agent. @param tags of `taskWithTags` only
 * Source: agent protocol §6.3.
 */
export function taskMetadata(
  task: KnownTask,
  details: DetailsByName,
  { cluster, zone }: Place,
  version: MetadataVersion,
  tags?: Tags,
): Json {
  const { payload } = task;
  const isRich = version === 4;
  const containers = ifAny(shownContainers(task, details, version));
  const limits = ifAny({
    ...(payload.cpu ? { CPU: payload.cpu } : {}),
    ...(payload.memory ? { Memory: payload.memory } : {}),
  });
  return {
    Cluster: cluster,
    TaskARN: task.arn,
    Family: payload.family,
    Revision: payload.version,
    DesiredStatus: task.desiredStatus,
    KnownStatus: knownStatus(task),
    ...(isRich ? {} : { Containers: containers }),
    Limits: limits,
    PullStartedAt: time(task.pullStartedAt),
    PullStoppedAt: time(task.pullStoppedAt),
    ExecutionStoppedAt: time(task.executionStoppedAt),
    AvailabilityZone: zone,
    TaskTags: tagsIn(tags?.task),
    ContainerInstanceTags: tagsIn(tags?.containerInstance),
    ...(isRich
      ? {
          LaunchType: payload.launchType || undefined,
          Errors: tags === undefined ? undefined : ifAny(errorsOf(tags)),
          Containers: containers,
          ServiceName: payload.serviceName || undefined,
          FaultInjectionEnabled: payload.enableFaultInjection ?? false,
        }
      : {}),
  };
}

/** The status of the container that is furthest behind, in the words of the genuine agent. Source: agent protocol §5.1. */
function knownStatus(task: KnownTask): string {
  const status = taskStatus(task);
  if (status !== "PENDING") return status;
  const statuses = task.containers.map((container) => container.status);
  return (["NONE", "PULLED"] as const).find((each) => statuses.includes(each)) ?? "CREATED";
}

const time = (milliseconds: number | undefined): string | undefined =>
  milliseconds === undefined ? undefined : new Date(milliseconds).toISOString();

const tagsIn = (answer: TagsAnswer | undefined) =>
  answer !== undefined && "tags" in answer ? ifAny(answer.tags) : undefined;

function errorsOf({ task, containerInstance }: Tags): readonly Json[] {
  return [["ContainerInstanceTags", containerInstance] as const, ["TaskTags", task] as const].flatMap(
    ([field, answer]) =>
      "tags" in answer
        ? []
        : [
            {
              ErrorField: field,
              ErrorCode: answer.code,
              ErrorMessage: answer.message,
              StatusCode: answer.statusCode || undefined,
              ResourceARN: answer.resourceArn,
            },
          ],
  );
}
