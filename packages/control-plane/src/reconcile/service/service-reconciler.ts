import { hasTaskSets } from "../../model/service.ts";
import type { Task } from "../../model/task.ts";
import type { Clock } from "../../platform/clock.ts";
import type { Settings } from "../../settings.ts";
import type { Change, Snapshot, Store } from "../../store/store.ts";
import type { Next, Reconciler } from "../loop/reconciler.ts";
import { WaitingForRoom } from "../loop/waiting-for-room.ts";
import { planPass, type ServicePass } from "./plan-pass.ts";
import { viewService, viewWhole } from "./service-view.ts";
import type { PassDependencies } from "./service-writes.ts";
import { planTaskSets } from "./task-sets.ts";

/** So many services may look for room as often as each likes. */
const servicesPerSearch = 100;

/** A pass looks at every task of its service; from so many on that is felt. */
const heavyTasks = 300;

/** Keeps each service's tasks in line with its primary deployment. Keys are service ARNs. */
export class ServiceReconciler implements Reconciler {
  readonly name = "service";
  private readonly deps: PassDependencies & { readonly store: Store; readonly clock: Clock };
  private readonly waiting = new WaitingForRoom();

  constructor(deps: PassDependencies & { readonly store: Store; readonly clock: Clock }) {
    this.deps = deps;
  }

  allKeys(snapshot: Snapshot): readonly string[] {
    return snapshot
      .list("service")
      .filter(({ value }) => value.status !== "INACTIVE")
      .map(({ arn }) => arn);
  }

  keysFor(change: Change): readonly string[] {
    return [...this.concerned(change), ...this.waiting.wokenBy(change)];
  }

  isHeavy(serviceArn: string): boolean {
    const { running, pending } = this.deps.store.snapshot().tally("serviceTasks", serviceArn);
    return running + pending >= heavyTasks;
  }

  async reconcile(serviceArn: string): Promise<Next> {
    const { store, clock, settings } = this.deps;
    this.waiting.remove(serviceArn);
    // Services of one cluster want the same container instances: each pass has to see what those before it in this turn took.
    const pass = this.plan(store.accepted(), serviceArn, { now: clock.now(), settings });
    if (pass === undefined) return "when-changed"; // deleted while it waited in the queue
    const { writes, next, waitsIn } = pass;
    // Before the commit, so that room made during it is not missed.
    if (waitsIn !== undefined) this.waiting.add(waitsIn, serviceArn);
    if (writes.length > 0) await store.commit(writes);
    return waitsIn === undefined ? next : this.inTurn(next, waitsIn);
  }

  private plan(
    snapshot: Snapshot,
    serviceArn: string,
    around: { readonly now: number; readonly settings: Settings },
  ): ServicePass | undefined {
    const stored = snapshot.get("service", serviceArn);
    if (stored !== undefined && hasTaskSets(stored.value)) {
      return planTaskSets(viewWhole(snapshot, stored, around), this.deps);
    }
    const view = viewService(snapshot, serviceArn, around);
    return view && planPass(view, this.deps);
  }

  /** The more services wait for the same room, the longer each leaves between its searches. */
  private inTurn(next: Next, pool: string): Next {
    if (next === "when-changed") return next;
    return { afterSeconds: next.afterSeconds * Math.max(1, this.waiting.count(pool) / servicesPerSearch) };
  }

  private concerned({ before, after }: Change): readonly string[] {
    const changed = after ?? before;
    if (changed?.kind === "service") return [changed.arn];
    if (changed?.kind === "deployment" || changed?.kind === "serviceDeployment" || changed?.kind === "taskSet") {
      return [changed.value.serviceArn];
    }
    if (changed?.kind === "task") {
      const { serviceArn } = changed.value;
      const isNews = before?.kind !== "task" || after?.kind !== "task" || differ(before.value, after.value);
      return serviceArn !== undefined && isNews ? [serviceArn] : [];
    }
    if (after?.kind !== "containerInstance") return [];
    const was = before?.kind === "containerInstance" ? before.value : undefined;
    const { status, attributes, agentConnected } = after.value;
    const isOther = was?.status !== status;
    const isNews = isOther || was.attributes !== attributes || was.agentConnected !== agentConnected;
    return [...(isOther ? this.servicesOn(after.arn) : []), ...(isNews ? this.daemonsOf(after.value.clusterArn) : [])];
  }

  /** Each container instance of a cluster is of concern to its DAEMON services. */
  private daemonsOf(clusterArn: string): readonly string[] {
    return this.deps.store
      .snapshot()
      .list("service", { clusterArn })
      .filter(({ value }) => value.schedulingStrategy === "DAEMON" && value.status === "ACTIVE")
      .map(({ arn }) => arn);
  }

  private servicesOn(containerInstanceArn: string): readonly string[] {
    const tasks = this.deps.store.snapshot().list("task", { containerInstanceArn });
    return [...new Set(tasks.flatMap(({ value }) => value.serviceArn ?? []))];
  }
}

/** Whether a task has changed in what a service goes by. */
const differ = (before: Task, after: Task): boolean =>
  before.lastStatus !== after.lastStatus ||
  before.desiredStatus !== after.desiredStatus ||
  before.protectedUntil !== after.protectedUntil ||
  (before.containers !== after.containers &&
    after.containers.some(({ healthStatus }, index) => healthStatus !== before.containers[index]?.healthStatus));
