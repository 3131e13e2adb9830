import type { Task } from "../../model/task.ts";
import type { Clock } from "../../platform/clock.ts";
import type { IdSource } from "../../platform/ids.ts";
import type { Settings } from "../../settings.ts";
import type { Change, Snapshot, Store } from "../../store/store.ts";
import type { Next, Reconciler } from "../loop/reconciler.ts";
import { planDaemonPass } from "./daemon-pass.ts";
import { daemonOf, viewDaemon } from "./daemon-view.ts";

/** What the loop over daemons runs on. */
export interface DaemonReconcilerDependencies {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly settings: Settings;
}

/** A pass goes over all container instances of the cluster; from so many on it may wait for the next one. */
const heavyInstances = 300;

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
    if (changed?.kind === "task") return this.keysForTask(changed.value);
    if (after?.kind !== "containerInstance") return [];
    const was = before?.kind === "containerInstance" ? before.value : undefined;
    const { status, attributes, agentConnected, clusterArn } = after.value;
    const isNews = was?.status !== status || was.attributes !== attributes || was.agentConnected !== agentConnected;
    const daemons = isNews ? this.deps.store.snapshot().list("daemon", { clusterArn }) : [];
    return daemons.map(({ arn }) => arn);
  }

  /** Its daemon's; those of a machine that drains, whose last other task it may have been. */
  private keysForTask(task: Task): readonly string[] {
    const daemonArn = daemonOf(task);
    if (daemonArn !== undefined) return [daemonArn];
    if (task.lastStatus !== "STOPPED" || task.containerInstanceArn === undefined) return [];
    const snapshot = this.deps.store.snapshot();
    const isDraining = snapshot.get("containerInstance", task.containerInstanceArn)?.value.status === "DRAINING";
    return isDraining ? snapshot.list("daemon", { clusterArn: task.clusterArn }).map(({ arn }) => arn) : [];
  }

  isHeavy(daemonArn: string): boolean {
    const snapshot = this.deps.store.snapshot();
    const clusterArn = snapshot.get("daemon", daemonArn)?.value.clusterArn;
    return clusterArn !== undefined && snapshot.count("containerInstance", { clusterArn }) >= heavyInstances;
  }

  async reconcile(daemonArn: string): Promise<Next> {
    const view = viewDaemon(this.deps.store.snapshot(), daemonArn);
    if (view === undefined) return "when-changed"; // deleted while it waited in the queue
    const { writes, next } = planDaemonPass(view, { ...this.deps, now: this.deps.clock.now() });
    if (writes.length > 0) await this.deps.store.commit(writes);
    return next;
  }
}
