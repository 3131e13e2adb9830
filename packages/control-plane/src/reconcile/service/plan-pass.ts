import type { Deployment } from "../../model/service.ts";
import type { ServiceDeployment } from "../../model/service-deployment.ts";
import type { Stored, Write } from "../../store/store.ts";
import type { Next } from "../loop/reconciler.ts";
import { daemonWrites, withDaemonCount } from "./daemon.ts";
import { recordWrites } from "./deployment-record.ts";
import {
  finishedDeployments,
  isServing,
  isSteady,
  judgePrimary,
  rollbackTarget,
  roomSoughtMilliseconds,
  withUnplaced,
} from "./judge-deployments.ts";
import { planEnd, stopsPerPass } from "./plan-end.ts";
import { planService, type ServicePlan } from "./plan-service.ts";
import { rebalance } from "./rebalance.ts";
import { rollBack } from "./roll-back.ts";
import { rollingSuccess } from "./rolling-success.ts";
import {
  blockedMessage,
  completedMessage,
  startedMessage,
  steadyMessage,
  stoppedMessage,
  unhealthyMessage,
} from "./service-events.ts";
import { graceEnd, provenAt } from "./service-tasks.ts";
import { isSameDeployment, type ServiceView } from "./service-view.ts";
import { deploymentWrite, eventsWrite, type PassDependencies, removals } from "./service-writes.ts";
import { advance, allowedAt, type StageStep } from "./stages.ts";
import { type StartedTasks, startTasks, startToRebalance } from "./start-tasks.ts";
import { stopWrites } from "./stop-tasks.ts";

/** The most that one pass does, so that no commit becomes too large and no other service waits too long. */
const startsPerPass = 500;
/** Stopped tasks that a service keeps, however fast they stop. */
const stoppedTasksKept = 1000;

/** What one pass over a service comes to. */
export interface ServicePass {
  readonly writes: readonly Write[];
  readonly next: Next;
  /** The pool that the service waits for room in. */
  readonly waitsIn?: string;
}

/** What one pass over the tasks of a service, or of a task set, comes to; its events are not written yet. */
export interface TasksPass extends ServicePass {
  readonly messages: readonly string[];
  /** All is as it is wanted. */
  readonly isSettled: boolean;
  /** Tasks are placed, by what was free before the pass: nobody else may place any in the same commit. */
  readonly places: boolean;
}

/** Decides all that is to be done for a service now, and how it is to be committed. */
export function planPass(found: ServiceView, deps: PassDependencies): ServicePass {
  if (found.stored.value.status === "INACTIVE") return { writes: [], next: "when-changed" };
  if (found.stored.value.status === "DRAINING") return { writes: planEnd(found, deps), next: "when-changed" };
  const { messages, isSettled, places: _alone, writes, ...pass } = planTasks(found, deps);
  const news = isSettled && !found.events.value.steady ? [...messages, steadyMessage] : messages;
  return { ...pass, writes: [...writes, ...eventsWrite(found, news, deps, isSettled)] };
}

/** Decides what is to be done for the tasks of a service, or of a task set that is seen as one. */
export function planTasks(found: ServiceView, deps: PassDependencies): TasksPass {
  const view = withDaemonCount(found, deps);
  const { stored, now } = view;
  const step = stageStep(view);
  const stage = step?.record.lifecycleStage;
  const wish = { ...stored.value, mayProgress: view.primary.value.rolloutState !== "FAILED" };
  const full = planService(
    stage === undefined ? wish : { ...wish, stage: { ...allowedAt(stage), source: sourceOf(view) } },
    view.tasks,
  );
  const plan = { ...full, start: Math.min(full.start, startsPerPass), stop: full.stop.slice(0, stopsPerPass) };
  const verdict = judgePrimary(stored.value, view.primary.value, view.tasks, plan.stop, now);
  const countedWrites = verdict.counted.map(
    ({ arn, revision, value }): Write => ({
      kind: "task",
      arn,
      expected: revision,
      value: { ...value, failureCounted: true },
    }),
  );
  const asked = step?.rollback ?? requestedRollback(view);
  if (verdict.failed || asked !== undefined) {
    const failed = verdict.failed ? verdict.deployment : givenUp(verdict.deployment, asked ?? "");
    const reason = verdict.failed ? failed.rolloutStateReason : (asked ?? "");
    const { writes, messages } = rollBack(found, failed, { isAsked: !verdict.failed, reason });
    return {
      writes: [...countedWrites, ...writes],
      messages: [...verdict.messages, ...messages],
      isSettled: false,
      places: false,
      next: { afterSeconds: 0 },
    };
  }

  const isWaiting = (verdict.deployment.notBefore ?? 0) > now;
  const isSettled = full.start === 0 && full.stop.length === 0 && isSteady(stored.value, view.tasks);
  const isOver = isSettled && view.primary.value.rolloutState === "COMPLETED";
  const balance = isOver && !isWaiting ? rebalance(view, deps) : undefined;
  const starting = isWaiting
    ? nothingStarted
    : balance === undefined || balance.startIn.length === 0
      ? startTasks(view, plan.start, deps)
      : startToRebalance(view, balance.startIn.slice(0, startsPerPass), deps);
  const rolling =
    stage === undefined ? rollingSuccess(stored.value, verdict.deployment, view.tasks, { now, isSettled }) : undefined;
  const isCleanedUp = isSettled && stage === "CLEAN_UP" && verdict.deployment.rolloutState === "IN_PROGRESS";
  const isCompleted = rolling?.isReached ?? isCleanedUp;
  const foundNoPlace = starting.short !== undefined && starting.arns.length === 0 && !isServing(view.tasks);
  const judged = rolling?.deployment ?? verdict.deployment;
  const primary = isCompleted ? completed(judged) : foundNoPlace ? withUnplaced(stored.value, judged, now) : judged;
  const messages = [
    ...verdict.messages,
    ...(balance?.messages ?? []),
    ...movements(view, plan, starting),
    ...(full.blocked && !isWaiting ? [blockedMessage] : []),
    ...(isCompleted ? [completedMessage(primary.deploymentId)] : []),
  ];
  return {
    writes: [
      ...daemonWrites(found, view),
      ...starting.writes,
      ...stopWrites(plan.stop, now),
      ...countedWrites,
      ...deploymentWrites(view, primary),
      ...recordWrites(view, { primary, record: step?.record }),
      ...removals(beyondKept(view, verdict.counted)),
    ],
    messages,
    isSettled,
    places: starting.arns.length > 0,
    next: nextLook(view, primary, {
      hasMore: full.stop.length > plan.stop.length || full.start > plan.start,
      starting,
      settings: deps.settings,
      stageAt: step?.nextAt ?? rolling?.bakedAt,
    }),
    ...(starting.short === undefined ? {} : { waitsIn: starting.short.pool }),
  };
}

/** Takes the primary deployment on through its stages, if it has any. */
function stageStep(view: ServiceView): StageStep | undefined {
  const record = recordOfPrimary(view);
  if (record?.lifecycleStage === undefined) return undefined;
  const { desiredCount } = view.stored.value;
  const ready = view.tasks.filter(
    ({ isCurrent, isLeaving, standing }) => isCurrent && !isLeaving && standing === "healthy",
  );
  return advance(record, { now: view.now, isTargetReady: ready.length >= desiredCount });
}

/** The deployment that a new one takes over from: the last that came to its end, else the one before. */
const sourceOf = ({ primary, deployments }: ServiceView): string | undefined =>
  (rollbackTarget(primary.value, deployments) ?? deployments.findLast(({ arn }) => arn !== primary.arn))?.arn;

const recordOfPrimary = ({ records, primary }: ServiceView): ServiceDeployment | undefined =>
  records.find(({ value }) => value.deploymentId === primary.value.deploymentId)?.value;

/** Why a user wants the primary deployment to be rolled back; undefined if nobody does. */
const requestedRollback = (view: ServiceView): string | undefined =>
  recordOfPrimary(view)?.status === "ROLLBACK_REQUESTED" ? "The service deployment was stopped." : undefined;

const givenUp = (deployment: Deployment, why: string): Deployment => ({
  ...deployment,
  rolloutState: "FAILED",
  rolloutStateReason: why,
});

const nothingStarted: StartedTasks = { writes: [], arns: [] };

/** What a pass tells of the tasks it moves. */
function movements(
  view: ServiceView,
  { stop }: Pick<ServicePlan, "stop">,
  { arns, short }: StartedTasks,
): readonly string[] {
  const sick = view.tasks.filter(({ standing, isCurrent }) => standing === "unhealthy" && isCurrent).length;
  return [
    ...stop.filter(({ cause }) => cause === "unhealthy").map(({ task }) => unhealthyMessage(task.stored.arn)),
    ...(arns.length > 0 ? [startedMessage(arns, Math.min(arns.length, sick))] : []),
    ...(stop.length > 0 ? [stoppedMessage(stop.map(({ task }) => task.stored.arn))] : []),
    ...(short === undefined ? [] : [short.message]),
  ];
}

const completed = (deployment: Deployment): Deployment => ({
  ...deployment,
  rolloutState: "COMPLETED",
  rolloutStateReason: `ECS deployment ${deployment.deploymentId} completed.`,
});

function deploymentWrites(view: ServiceView, primary: Deployment): readonly Write[] {
  const changed = isSameDeployment(view.primary.value, primary)
    ? []
    : [deploymentWrite(view.primary, primary, view.now)];
  const finished = finishedDeployments(primary, view.deployments, view.tasks);
  return [...changed, ...removals(finished)];
}

/** The oldest stopped tasks beyond those that are kept, in small lots as they come. */
function beyondKept({ tasks }: ServiceView, counted: readonly Stored<"task">[]): readonly Stored<"task">[] {
  const stopped = tasks.filter(({ standing }) => standing === "stopped").map(({ stored }) => stored);
  const oldest = stopped.slice(0, Math.max(0, stopped.length - stoppedTasksKept));
  return oldest.filter((task) => !counted.includes(task)).slice(0, stopsPerPass);
}

function nextLook(
  view: ServiceView,
  primary: Deployment,
  {
    hasMore,
    starting,
    settings,
    stageAt,
  }: {
    readonly hasMore: boolean;
    readonly starting: StartedTasks;
    readonly settings: PassDependencies["settings"];
    readonly stageAt: number | undefined;
  },
): Next {
  const { now, stored, tasks } = view;
  if (hasMore && starting.short === undefined) return { afterSeconds: 0 };
  const times = [
    ...((primary.notBefore ?? 0) > now ? [primary.notBefore ?? 0] : []),
    ...tasks
      .filter(({ standing, stored: { value } }) => standing === "unready" && value.lastStatus === "RUNNING")
      .flatMap(({ stored: { value } }) => [provenAt(value, settings), graceEnd(value, stored.value)])
      .filter((end) => end > now),
    ...tasks.flatMap(({ isProtected, stored: { value } }) => (isProtected ? (value.protectedUntil ?? []) : [])),
    ...(starting.short === undefined ? [] : [now + roomSoughtMilliseconds]),
    ...(stageAt === undefined ? [] : [Math.max(stageAt, now)]),
  ];
  if (times.length === 0) return "when-changed";
  return { afterSeconds: (times.reduce((first, time) => Math.min(first, time)) - now) / 1000 };
}
