import { type Act, nextStep } from "./container-steps.ts";
import { type DependencyOrder, mayStart, stopBlocker } from "./dependency-order.ts";
import type { KnownTask } from "./known-task.ts";

/** What to do next for one task. */
export interface TaskPlan {
  readonly acts: readonly { readonly container: string; readonly act: Act }[];
  /** Containers that can never start, and why. Their end is to be recorded before anything else is done. */
  readonly hopeless: readonly { readonly container: string; readonly reason: string }[];
  /** Epoch milliseconds at which to look again although nothing has happened. */
  readonly wakeAt?: number;
}

/**
 * The steps that a task's containers can take now, each at most one; containers that do not wait for one another move
 * together. Steps under way are planned again: the caller knows what it is doing already.
 * @param now epoch milliseconds
 */
export function planTask(task: KnownTask, order: DependencyOrder, now: number): TaskPlan {
  const acts: TaskPlan["acts"][number][] = [];
  const hopeless: TaskPlan["hopeless"][number][] = [];
  let wakeAt: number | undefined;
  for (const { name, status } of task.containers) {
    if (status === "STOPPED") continue;
    const wanted = task.desiredStatus;
    const verdict = wanted === "RUNNING" && status !== "RUNNING" ? mayStart(task, order, name, now) : undefined;
    if (verdict?.is === "failed") {
      hopeless.push({ container: name, reason: verdict.reason });
      continue;
    }
    if (verdict?.is === "waiting" && verdict.until !== undefined)
      wakeAt = Math.min(verdict.until, wakeAt ?? verdict.until);
    const stopBlockedBy = wanted === "STOPPED" ? stopBlocker(task, order, name) : undefined;
    const step = nextStep(status, wanted, {
      ...(verdict?.is === "waiting" ? { startBlockedBy: verdict.on } : {}),
      ...(stopBlockedBy === undefined ? {} : { stopBlockedBy }),
    });
    if (step.do !== "nothing" && step.do !== "wait") acts.push({ container: name, act: step.do });
  }
  return { acts, hopeless, ...(wakeAt === undefined ? {} : { wakeAt }) };
}
