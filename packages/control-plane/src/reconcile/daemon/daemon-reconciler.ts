import { daemonOfRevision } from "../../model/daemon.ts";
import type { Task } from "../../model/task.ts";
import type { Clock } from "../../platform/clock.ts";
import type { IdSource } from "../../platform/ids.ts";
import type { Settings } from "../../settings.ts";
import type { Change, Snapshot, Store } from "../../store/store.ts";
import type { Next, Reconciler } from "../loop/reconciler.ts";
import { planDaemonPass } from "./daemon-pass.ts";
import { viewDaemon } from "./daemon-view.ts";

/** What the loop over daemons runs on. */
export interface DaemonReconcilerDependencies {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly settings: Settings;
}

/** Keeps one task of each daemon on each container instance of its capacity providers. Keys are daemon ARNs. */
export class DaemonReconciler implements Reconciler {
  readonly name = "daemon";
  private readonly deps: DaemonReconcilerDependencies;

  constructor(deps: DaemonReconcilerDependencies) {
    this.deps = deps;
  }

  allKeys(snapshot: Snapshot): readonly string[] {
    return snapshot.list("daemon").map(({ arn }) => arn);
  }

  keysFor({ before, after }: Change): readonly string[] {
    const changed = after ?? before;
    if (changed?.kind === "daemon") return [changed.arn];
    if (changed?.kind === "daemonDeployment") return [changed.value.daemonArn];
    if (changed?.kind === "task")
      return isOfDaemon(changed.value) ? [daemonOfRevision(changed.value.deploymentId)] : [];
    if (after?.kind !== "containerInstance") return [];
    const was = before?.kind === "containerInstance" ? before.value : undefined;
    const { status, attributes, agentConnected, clusterArn } = after.value;
    const isNews = was?.status !== status || was.attributes !== attributes || was.agentConnected !== agentConnected;
    const daemons = isNews ? this.deps.store.snapshot().list("daemon", { clusterArn }) : [];
    return daemons.map(({ arn }) => arn);
  }

  async reconcile(daemonArn: string): Promise<Next> {
    const view = viewDaemon(this.deps.store.snapshot(), daemonArn);
    if (view === undefined) return "when-changed"; // deleted while it waited in the queue
    const { writes, next } = planDaemonPass(view, { ...this.deps, now: this.deps.clock.now() });
    if (writes.length > 0) await this.deps.store.commit(writes);
    return next;
  }
}

const isOfDaemon = (task: Task): task is Task & { readonly deploymentId: string } =>
  task.deploymentId?.includes(":daemon-revision/") === true;
