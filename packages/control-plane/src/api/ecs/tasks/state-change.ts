import type * as sdk from "@aws-sdk/client-ecs";
import { type ReportedStatus, reportedStatuses } from "@hatoba/contract";
import { EcsError } from "../api-error.ts";

/** What an agent says of one container. Absent: nothing is said of it. */
export interface ContainerStateChange {
  readonly containerName: string;
  readonly status?: ReportedStatus;
  readonly runtimeId?: string;
  readonly exitCode?: number;
  readonly reason?: string;
  readonly imageDigest?: string;
  readonly networkBindings?: readonly sdk.NetworkBinding[];
}

/** What an agent says of what makes ECS Exec work in one container. */
export interface ManagedAgentStateChange {
  readonly containerName: string;
  readonly status: ReportedStatus;
  readonly reason?: string;
}

/** What an agent says of one task; times are epoch milliseconds. Source: agent protocol, SubmitTaskStateChange. */
export interface StateChange {
  /** Absent in a report on containers or attachments alone. */
  readonly status?: ReportedStatus;
  /** Absent if there is none. */
  readonly reason?: string;
  /** In the order in which it happened; a container may stand there twice. */
  readonly containers: readonly ContainerStateChange[];
  /** ARNs or ids of attachments that are there. */
  readonly attached?: readonly string[];
  readonly managedAgents?: readonly ManagedAgentStateChange[];
  readonly pullStartedAt?: number;
  readonly pullStoppedAt?: number;
  /** When the first essential container stopped. */
  readonly executionStoppedAt?: number;
}

/** Reads SubmitTaskStateChange. @throws EcsError InvalidParameterException for a status that agents do not report. */
export function readStateChange(input: sdk.SubmitTaskStateChangeRequest): StateChange {
  const attached = (input.attachments ?? []).flatMap(({ attachmentArn, status }) =>
    status === "ATTACHED" && attachmentArn !== undefined ? [attachmentArn] : [],
  );
  return {
    ...statusOf(input.status),
    ...textOf("reason", input.reason),
    containers: (input.containers ?? []).map(readContainer),
    ...(attached.length === 0 ? {} : { attached }),
    ...managedAgentsOf(input.managedAgents),
    ...timeOf("pullStartedAt", input.pullStartedAt),
    ...timeOf("pullStoppedAt", input.pullStoppedAt),
    ...timeOf("executionStoppedAt", input.executionStoppedAt),
  };
}

/** Reads one container's part. @throws EcsError InvalidParameterException without a name, or for an unknown status. */
export function readContainer(
  change: sdk.ContainerStateChange | sdk.SubmitContainerStateChangeRequest,
): ContainerStateChange {
  const { containerName, exitCode, networkBindings } = change;
  if (!containerName) throw invalid("containerName can not be blank.");
  return {
    containerName,
    ...statusOf(change.status),
    ...textOf("runtimeId", change.runtimeId),
    ...textOf("reason", change.reason),
    ...("imageDigest" in change ? textOf("imageDigest", change.imageDigest) : {}),
    ...(exitCode === undefined || exitCode === null ? {} : { exitCode }),
    ...(networkBindings?.length ? { networkBindings } : {}),
  };
}

const invalid = (message: string) => new EcsError("InvalidParameterException", message);

function statusOf(text: string | undefined): { readonly status?: ReportedStatus } {
  if (!text) return {};
  const status = reportedStatuses.find((known) => known === text);
  if (status === undefined) throw invalid(`status should be one of [${reportedStatuses.join(",")}]`);
  return { status };
}

function managedAgentsOf(changes: readonly sdk.ManagedAgentStateChange[] = []): Pick<StateChange, "managedAgents"> {
  const managedAgents = changes.flatMap(({ containerName, managedAgentName, status: said, reason }) => {
    const { status } = statusOf(said);
    if (!containerName || managedAgentName !== "ExecuteCommandAgent" || status === undefined) return [];
    return [{ containerName, status, ...textOf("reason", reason) }];
  });
  return managedAgents.length === 0 ? {} : { managedAgents };
}

const textOf = <K extends string>(name: K, text: string | undefined): { readonly [P in K]?: string } =>
  (text ? { [name]: text } : {}) as { readonly [P in K]?: string };
const timeOf = <K extends string>(name: K, time: Date | undefined): { readonly [P in K]?: number } =>
  (time ? { [name]: time.getTime() } : {}) as { readonly [P in K]?: number };
