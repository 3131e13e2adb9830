import { isDeepStrictEqual } from "node:util";
import type { DaemonDeployment } from "../../model/daemon.ts";
import type { Task } from "../../model/task.ts";
import type { IdSource } from "../../platform/ids.ts";
import type { Settings } from "../../settings.ts";
import type { Stored, Write } from "../../store/store.ts";
import type { Next } from "../loop/reconciler.ts";
import { type DaemonView, daemonOf, drainPercentOf, hasFailed } from "./daemon-view.ts";
import { bakedAt, isOpenDeployment, judgeDeployment } from "./judge-deployment.ts";
import { planDaemon } from "./plan-daemon.ts";
import { startOnHosts } from "./start-on-hosts.ts";

/** So many in one commit; the next pass sees them and goes on. */
const stopsPerPass = 500;
/** How often a daemon looks for room on a container instance that has none for it. */
const roomSoughtSeconds = 20;

export interface DaemonPassContext {
  /** Epoch milliseconds. */
  readonly now: number;
  readonly ids: IdSource;
  readonly settings: Settings;
}

/** Decides all that is to be done for a daemon now, and how it is to be committed. */
export function planDaemonPass(
  view: DaemonView,
  context: DaemonPassContext,
): { readonly writes: readonly Write[]; readonly next: Next } {
  const { now } = context;
  const { deployment, hosts, tasks } = view;
  if (view.stored.value.status === "DELETE_IN_PROGRESS" && hosts.length === 0) {
    return { writes: removals(view), next: "when-changed" };
  }
  const failed = tasks.filter(({ value }) => value.failureCounted !== true && hasFailed(value));
  const isBroken = deployment.value.status === "STOPPED" || deployment.value.status === "ROLLBACK_FAILED";
  const plan = planDaemon(hosts, {
    mayStart: !isBroken && failed.length === 0 && now >= (deployment.value.notBefore ?? 0),
    // Also once it is over: a machine that nobody could reach until then still has the revision of before.
    mayReplace: now >= bakedAt(deployment.value),
    drainPercent: drainPercentOf(deployment.value),
  });
  const verdict = judgeDeployment(deployment.value, {
    now,
    hosts: hosts.filter(({ isWanted }) => isWanted).length,
    failures: failed.filter(({ value }) => value.deploymentId === view.revision.arn).length,
    isServing: hosts.some((host) => host.tasks.some(({ isCurrent, standing }) => isCurrent && standing === "running")),
    plan,
  });
  const starting = startOnHosts(view, plan.start, context);
  return {
    writes: [
      ...starting.writes,
      ...stopWrites(view, plan.stop.slice(0, stopsPerPass), now),
      ...failed.map(
        ({ arn, revision, value }): Write => ({
          kind: "task",
          arn,
          expected: revision,
          value: { ...value, failureCounted: true },
        }),
      ),
      ...besideFailed(view, failed, now),
      ...deploymentWrites(deployment, verdict.deployment),
      ...goingBack(view, verdict.goesBackTo, now),
    ],
    next: nextLook(verdict.deployment, { now, isShort: starting.isShort }),
  };
}

function stopWrites({ tasks }: DaemonView, stop: ReturnType<typeof planDaemon>["stop"], now: number): readonly Write[] {
  const causes = new Map(stop.map(({ taskArn, cause }) => [taskArn, cause]));
  return tasks.flatMap((task) => {
    const cause = causes.get(task.arn);
    if (cause === undefined) return [];
    const reason = cause === "unhealthy" ? "Task failed container health checks" : `Daemon task ${cause}`;
    return [stopped(task, { stopCode: "ServiceSchedulerInitiated", stoppedReason: reason, now })];
  });
}

const stopped = (
  { arn, revision, value }: Stored<"task">,
  { now, ...why }: Pick<Task, "stopCode" | "stoppedReason"> & { readonly now: number },
): Write => ({
  kind: "task",
  arn,
  expected: revision,
  value: { ...value, ...why, desiredStatus: "STOPPED", stoppingAt: now },
});

/**
 * Where a task of a critical daemon has failed, the other tasks of its container instance are stopped; those of other daemons
 * stay. Source: ECS API reference, CreateDaemon, `critical`.
 */
function besideFailed(
  { snapshot, revision, stored }: DaemonView,
  failed: readonly Stored<"task">[],
  now: number,
): readonly Write[] {
  if (!revision.value.critical) return [];
  const hosts = new Set(failed.flatMap(({ value }) => value.containerInstanceArn ?? []));
  const stoppedReason = `Critical daemon ${stored.value.daemonName} failed on the container instance`;
  return [...hosts].flatMap((containerInstanceArn) =>
    snapshot
      .list("task", { containerInstanceArn })
      .filter(({ value }) => value.desiredStatus === "RUNNING" && daemonOf(value) === undefined)
      .map((task) => stopped(task, { stopCode: "ServiceSchedulerInitiated", stoppedReason, now })),
  );
}

function deploymentWrites(
  { arn, revision, value }: Stored<"daemonDeployment">,
  next: DaemonDeployment,
): readonly Write[] {
  return isDeepStrictEqual(value, next) ? [] : [{ kind: "daemonDeployment", arn, expected: revision, value: next }];
}

function goingBack({ stored }: DaemonView, revisionArn: string | undefined, now: number): readonly Write[] {
  if (revisionArn === undefined) return [];
  return [
    {
      kind: "daemon",
      arn: stored.arn,
      expected: stored.revision,
      value: { ...stored.value, revisionArn, updatedAt: now },
    },
  ];
}

/** A daemon that is to go takes its deployments and revisions along. */
const removals = ({ snapshot, stored }: DaemonView): readonly Write[] =>
  [
    stored,
    ...snapshot.list("daemonDeployment", { daemonArn: stored.arn }),
    ...snapshot.list("daemonRevision", { daemonArn: stored.arn }),
  ].map(({ kind, arn, revision }): Write => ({ kind, arn, expected: revision, value: null }));

function nextLook(
  deployment: DaemonDeployment,
  { now, isShort }: { readonly now: number; readonly isShort: boolean },
): Next {
  const times = [deployment.notBefore ?? 0, isOpenDeployment(deployment) ? bakedAt(deployment) : 0].filter(
    (time) => time > now,
  );
  const seconds = [...times.map((time) => (time - now) / 1000), ...(isShort ? [roomSoughtSeconds] : [])];
  return seconds.length === 0 ? "when-changed" : { afterSeconds: Math.min(...seconds) };
}
