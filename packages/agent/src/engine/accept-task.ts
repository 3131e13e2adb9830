import type { ChannelTask, ChannelTaskDefinitionContainer } from "@hatoba/contract";
import { ContainerFailure } from "../runtime/container-runtime.ts";
import { type EnginePlatform, linuxEngine } from "../runtime/engine-platform.ts";
import { type DependencyOrder, dependencyOrder, internalContainers } from "./dependency-order.ts";
import { type KnownTask, withNothingStarted } from "./known-task.ts";
import { taskVolumes } from "./task-volumes.ts";

/** A task with the order of its containers. One that cannot be carried out is over already, with the reason in it. */
export interface AcceptedTask {
  readonly task: KnownTask;
  readonly order: DependencyOrder;
}

const noOrder: DependencyOrder = { dependenciesOf: () => [], dependentsOf: () => [] };

/** Looks whether a task can be carried out at all. Source of the reasons: agent protocol §5.11. */
export function acceptTask(task: KnownTask, platform: Pick<EnginePlatform, "lacks"> = linuxEngine): AcceptedTask {
  const order = dependencyOrder(task.payload, internalContainers(task.payload));
  const why =
    order === undefined
      ? `Task dependencies cannot be resolved, taskArn: ${task.arn}`
      : refusal(task.payload, platform);
  if (order !== undefined && (why === undefined || task.desiredStatus === "STOPPED")) return { task, order };
  return { task: withNothingStarted(task, why), order: order ?? noOrder };
}

function refusal(payload: ChannelTask, platform: Pick<EnginePlatform, "lacks">): string | undefined {
  if (payload.containers.length === 0) return "UnrecogniedTaskError: Error loading task - it has no containers";
  const missing = [...platform.lacks(payload), ...payload.containers.flatMap((container) => notBuilt(container))][0];
  if (missing !== undefined) return `resource cannot be initialized for task ${payload.arn}: ${missing} by this agent`;
  try {
    taskVolumes(payload, {}, "");
    return undefined;
  } catch (error) {
    if (error instanceof ContainerFailure) return error.reason;
    throw error;
  }
}

/** What a container would silently go without; the agent does not advertise any of it. */
function notBuilt(container: ChannelTaskDefinitionContainer): readonly string[] {
  const asked: readonly (readonly [string, boolean])[] = [
    ["credential specs are not provided", (container.credentialSpecs ?? []).length > 0],
  ];
  return asked.flatMap(([what, isAsked]) => (isAsked ? [what] : []));
}
