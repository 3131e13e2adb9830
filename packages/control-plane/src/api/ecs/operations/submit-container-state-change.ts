import { commitPlan } from "../commit-plan.ts";
import type { Operation } from "../operation.ts";
import { requireParameter } from "../require.ts";
import { planStateChange } from "../tasks/plan-state-change.ts";
import { readContainer } from "../tasks/state-change.ts";

/**
 * Takes in what an agent says of one container; agents of our time say it with the task instead.
 * Source: agent protocol, SubmitContainerStateChange.
 */
export const submitContainerStateChange: Operation<"SubmitContainerStateChange"> = async (input, context) => {
  const { store, clock, caller } = context;
  const task = requireParameter(input.task, "task");
  const change = { containers: [readContainer(input)] };
  await commitPlan(store, (snapshot) =>
    planStateChange({ task, cluster: input.cluster, change }, { snapshot, place: caller, now: clock.now() }),
  );
  return { acknowledgment: "ACCEPTED" };
};
