import type { Operation } from "../operation.ts";
import { runInTurns } from "../tasks/run-turns.ts";

/**
 * Starts up to ten tasks and chooses where; `failures` has what found no place, and why not on each container instance.
 * The same call with the same clientToken within a day answers the tasks that the first one made.
 * Source: ECS API reference, RunTask.
 */
export const runTask: Operation<"RunTask"> = (input, { store, clock, ids, caller }) =>
  runInTurns(input, { store, clock, ids, place: caller });
