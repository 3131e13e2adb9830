import type { Place } from "@hatoba/contract";
import { placementWrites } from "../../../placement/commit-placement.ts";
import { PlacementSession } from "../../../placement/placement-session.ts";
import type { Clock } from "../../../platform/clock.ts";
import type { IdSource } from "../../../platform/ids.ts";
import type { Snapshot, Store, Write } from "../../../store/store.ts";
import { EcsError } from "../api-error.ts";
import { type CommitPlan, commitPlan } from "../commit-plan.ts";
import type { Input, Output } from "../operation.ts";
import { describeTask, taskSurroundings } from "./describe-task.ts";
import { planRun, type RunPlan } from "./plan-run.ts";

interface Call {
  readonly input: Input<"RunTask">;
  readonly answer: PromiseWithResolvers<Output<"RunTask">>;
}
interface RunDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly place: Place;
}
type Outcome = { readonly output: Output<"RunTask"> } | { readonly refusal: EcsError };

/** RunTask calls that one commit takes at the most. */
const callsPerCommit = 100;
/** By store: who waits while a commit is under way. Gone when nobody waits. */
const queues = new WeakMap<Store, Call[]>();

/**
 * Starts what a RunTask call asks for. Calls that come at the same time want the same container instances, and of two
 * commits that place on one instance only one can succeed; so all that come while a commit is under way share the next.
 */
export function runInTurns(input: Input<"RunTask">, deps: RunDeps): Promise<Output<"RunTask">> {
  const call: Call = { input, answer: Promise.withResolvers() };
  const queue = queues.get(deps.store);
  if (queue !== undefined) queue.push(call);
  else void commitAll([call], deps);
  return call.answer.promise;
}

async function commitAll(queue: Call[], deps: RunDeps): Promise<void> {
  queues.set(deps.store, queue);
  while (queue.length > 0) {
    const batch = nextBatch(queue);
    try {
      const outcomes = await commitPlan(deps.store, (snapshot) =>
        planBatch(
          batch.map(({ input }) => input),
          snapshot,
          deps,
        ),
      );
      for (const [index, { answer }] of batch.entries()) settle(answer, outcomes[index]);
    } catch (error) {
      for (const { answer } of batch) answer.reject(error);
    }
  }
  queues.delete(deps.store);
}

/** Takes calls out of the queue; of calls with one clientToken only the first, so that the others see what it made. */
function nextBatch(queue: Call[]): readonly Call[] {
  const tokens = new Set<string>();
  const batch: Call[] = [];
  const left: Call[] = [];
  for (const call of queue.splice(0)) {
    const { clientToken } = call.input;
    const isFree = batch.length < callsPerCommit && (!clientToken || !tokens.has(clientToken));
    if (clientToken) tokens.add(clientToken);
    (isFree ? batch : left).push(call);
  }
  queue.push(...left);
  return batch;
}

function settle(answer: Call["answer"], outcome: Outcome | undefined): void {
  if (outcome === undefined) answer.reject(new Error("A RunTask call has no outcome."));
  else if ("refusal" in outcome) answer.reject(outcome.refusal);
  else answer.resolve(outcome.output);
}

function planBatch(
  inputs: readonly Input<"RunTask">[],
  snapshot: Snapshot,
  { place, ids, clock }: RunDeps,
): CommitPlan<readonly Outcome[]> {
  const now = clock.now();
  const session = new PlacementSession(snapshot);
  const plans = inputs.map((input) => planOrRefusal(() => planRun(input, { snapshot, session, place, ids, now })));
  const made = plans.flatMap((plan) => ("refusal" in plan ? [] : [plan]));
  const placed = made.flatMap((plan) => plan.placed);
  const writes: readonly Write[] = [
    ...placementWrites(placed, { snapshot, place, now, ids }),
    ...made.flatMap(({ waiting }) =>
      waiting.map(({ arn, value }): Write => ({ kind: "task", arn, expected: 0, value })),
    ),
    ...made.flatMap((plan) => plan.writes),
  ];
  const tasks = new Map(
    writes.flatMap((write) => (write.kind === "task" && write.value ? [[write.arn, write.value]] : [])),
  );
  const shown = (arn: string, revision: number, value = tasks.get(arn)) =>
    value === undefined
      ? []
      : [describeTask({ arn, revision, value }, taskSurroundings(snapshot, value), { tags: true })];
  const outputOf = ({ placed, waiting, failures, repeated = [] }: RunPlan) => ({
    tasks: [
      ...repeated.flatMap(({ arn, revision, value }) => shown(arn, revision, value)),
      ...[...placed, ...waiting].flatMap(({ arn }) => shown(arn, 1)),
    ],
    failures: [...failures],
  });
  return { writes, result: plans.map((plan) => ("refusal" in plan ? plan : { output: outputOf(plan) })) };
}

/** What is wrong with one call is no concern of those it shares a commit with. */
function planOrRefusal(plan: () => RunPlan): RunPlan | { readonly refusal: EcsError } {
  try {
    return plan();
  } catch (error) {
    if (error instanceof EcsError) return { refusal: error };
    throw error;
  }
}
