import type { EngineContext } from "./engine-context.ts";
import { containerOf, definitionOf, hasRun, type KnownContainer, type KnownTask } from "./known-task.ts";
import type { CreatedContainer } from "./task-hook.ts";

/** Tells the hooks what a change means for a task's containers: that one runs, and that one has ended. */
export function announce(context: EngineContext, before: KnownTask, after: KnownTask): void {
  if (before.desiredStatus !== after.desiredStatus) tellOfStop(context, after);
  if (context.hooks.length === 0 || before.containers === after.containers) return;
  for (const container of after.containers) {
    const known = containerOf(before, container.name);
    if (container === known || !hasRun(container)) continue;
    const ran = known !== undefined && hasRun(known);
    if (!ran || known.restarts !== container.restarts) tell(context, "started", after, container);
    if (container.status === "STOPPED" && known?.status !== "STOPPED") tell(context, "stopped", after, container);
  }
}

/** Tells the hooks, after a restart of the agent, of every container that has run and is not removed. */
export function announceAll(context: EngineContext, task: KnownTask): void {
  for (const container of task.containers.filter(hasRun)) {
    tell(context, "started", task, container);
    if (container.status === "STOPPED") tell(context, "stopped", task, container);
  }
}

/** A container as hooks see it; undefined for pause containers, and for one that was never created. */
export function hooked(
  task: KnownTask,
  { name, runtimeName, runtimeId }: KnownContainer,
): CreatedContainer | undefined {
  const container = definitionOf(task.payload, name);
  return container === undefined || runtimeId === undefined
    ? undefined
    : { task: task.payload, container, runtimeName, runtimeId };
}

function tellOfStop({ hooks, logger }: EngineContext, { arn, payload }: KnownTask): void {
  for (const hook of hooks) {
    try {
      hook.stopping?.(payload);
    } catch (error) {
      logger.error({ err: error, taskArn: arn }, "a hook failed");
    }
  }
}

function tell(
  { hooks, logger }: EngineContext,
  what: "started" | "stopped",
  task: KnownTask,
  known: KnownContainer,
): void {
  const container = hooked(task, known);
  if (container === undefined) return;
  for (const hook of hooks) {
    try {
      hook[what]?.(container);
    } catch (error) {
      logger.error({ err: error, taskArn: task.arn, container: known.name }, "a hook failed");
    }
  }
}
