import { commitPlan } from "../commit-plan.ts";
import type { Operation } from "../operation.ts";
import { requireParameter } from "../require.ts";
import { planStateChange } from "../tasks/plan-state-change.ts";
import { readStateChange } from "../tasks/state-change.ts";

/**
 * Takes in what an agent says of a task. It is acknowledged once it is durable, and also if the task is not known (any
 * more) or has gone further than that: an agent must not repeat itself for a day over what changes nothing.
 * Source: agent protocol, SubmitTaskStateChange.
 */
export const submitTaskStateChange: Operation<"SubmitTaskStateChange"> = async (input, { store, clock, caller }) => {
  const task = requireParameter(input.task, "task");
  const change = readStateChange(input);
  await commitPlan(store, (snapshot) =>
    planStateChange({ task, cluster: input.cluster, change }, { snapshot, place: caller, now: clock.now() }),
  );
  return { acknowledgment: "ACCEPTED" };
};
