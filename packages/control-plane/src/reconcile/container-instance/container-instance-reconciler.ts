import type { Clock } from "../../platform/clock.ts";
import type { Settings } from "../../settings.ts";
import type { Change, Snapshot, Store } from "../../store/store.ts";
import type { Next, Reconciler } from "../loop/reconciler.ts";
import { endTask } from "../task/end-task.ts";
import { instanceState } from "./lost-tasks.ts";

/** How many tasks one commit ends. */
const endedPerPass = 200;

/** Ends the tasks of container instances that are deregistered, or whose agent stays away. Keys are instance ARNs. */
export class ContainerInstanceReconciler implements Reconciler {
  readonly name = "container-instance";
  private readonly deps: { readonly store: Store; readonly clock: Clock; readonly settings: Settings };
  private readonly listeningSince: number;

  constructor(deps: ContainerInstanceReconciler["deps"]) {
    this.deps = deps;
    this.listeningSince = deps.clock.now();
  }

  allKeys(snapshot: Snapshot): readonly string[] {
    return snapshot
      .list("containerInstance")
      .filter(({ value }) => !value.agentConnected || value.status === "INACTIVE")
      .map(({ arn }) => arn);
  }

  keysFor({ before, after }: Change): readonly string[] {
    const changed = after ?? before;
    if (changed?.kind !== "containerInstance") return [];
    const isNews =
      before?.kind !== "containerInstance" ||
      after?.kind !== "containerInstance" ||
      before.value.status !== after.value.status ||
      before.value.agentConnected !== after.value.agentConnected;
    return isNews ? [changed.arn] : [];
  }

  async reconcile(arn: string): Promise<Next> {
    const { store, clock, settings } = this.deps;
    const snapshot = store.snapshot();
    const now = clock.now();
    const patience = { now, listeningSince: this.listeningSince, agentLostAfterMs: settings.agentLostAfterMs };
    const state = instanceState(arn, snapshot.get("containerInstance", arn)?.value, patience);
    if (state.is === "there") return "when-changed";
    if (state.is === "away") return { afterSeconds: (state.givenUpAt - now) / 1000 };
    const tasks = snapshot
      .list("task", { containerInstanceArn: arn })
      .filter(({ value }) => value.lastStatus !== "STOPPED");
    const ended = tasks.slice(0, endedPerPass);
    await store.commit(ended.flatMap((task) => endTask(snapshot, task, now, state.why)));
    return tasks.length > ended.length ? { afterSeconds: 0 } : "when-changed";
  }
}
