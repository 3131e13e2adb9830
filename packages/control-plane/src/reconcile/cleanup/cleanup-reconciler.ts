import type { Clock } from "../../platform/clock.ts";
import type { Settings } from "../../settings.ts";
import type { Store, Write } from "../../store/store.ts";
import type { Next, Reconciler } from "../loop/reconciler.ts";
import {
  type Expired,
  type ExpiryContext,
  expiredClientTokens,
  expiredClusters,
  expiredContainerInstances,
  expiredDeployments,
  expiredMachines,
  expiredParameters,
  expiredSecrets,
  expiredServices,
  expiredSessions,
  expiredTaskDefinitions,
  expiredTasks,
} from "./expired.ts";

/** How many resources one commit deletes. */
const deletedPerPass = 500;
/** Between two looks at the same subject: each of them goes over all that could have expired. */
const shortestPauseSeconds = 30;
const longestPauseSeconds = 10 * 60;

const subjects: Readonly<Record<string, (context: ExpiryContext) => Expired>> = {
  "stopped tasks": expiredTasks,
  "client tokens": expiredClientTokens,
  "inactive services": expiredServices,
  "deployments that are over": expiredDeployments,
  "sessions that are over": expiredSessions,
  "inactive container instances": expiredContainerInstances,
  "deregistered machines": expiredMachines,
  "inactive clusters": expiredClusters,
  "deleted secrets": expiredSecrets,
  "expired parameters": expiredParameters,
  "deleted task definitions": expiredTaskDefinitions,
};

/** Deletes what has been kept long enough. Keys are subjects; it goes by the clock, not by changes. */
export class CleanupReconciler implements Reconciler {
  readonly name = "cleanup";
  private readonly deps: { readonly store: Store; readonly clock: Clock; readonly settings: Settings };

  constructor(deps: CleanupReconciler["deps"]) {
    this.deps = deps;
  }

  allKeys(): readonly string[] {
    return Object.keys(subjects);
  }

  keysFor(): readonly string[] {
    return [];
  }

  async reconcile(subject: string): Promise<Next> {
    const { store, clock, settings } = this.deps;
    const now = clock.now();
    const { gone, next } = subjects[subject]?.({ snapshot: store.snapshot(), now, settings }) ?? { gone: [] };
    const deleted = gone.slice(0, deletedPerPass);
    if (deleted.length > 0) {
      await store.commit(
        deleted.map(({ kind, arn, revision }) => ({ kind, arn, expected: revision, value: null }) as Write),
      );
    }
    if (gone.length > deleted.length) return { afterSeconds: 0 };
    const pause = next === undefined ? longestPauseSeconds : (next - now) / 1000;
    return { afterSeconds: Math.min(Math.max(pause, shortestPauseSeconds), longestPauseSeconds) };
  }
}
