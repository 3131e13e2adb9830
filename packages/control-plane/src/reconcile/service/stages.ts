import type { DeploymentLifecycleHook, ServiceDeploymentLifecycleStage } from "@aws-sdk/client-ecs";
import type { LifecyclePause, ServiceDeployment } from "../../model/service-deployment.ts";

/** The stages of a deployment that is no rolling one, in their order. Source: ECS API reference, ServiceDeployment.lifecycleStage. */
export const stages: readonly ServiceDeploymentLifecycleStage[] = [
  "RECONCILE_SERVICE",
  "PRE_SCALE_UP",
  "SCALE_UP",
  "POST_SCALE_UP",
  "TEST_TRAFFIC_SHIFT",
  "POST_TEST_TRAFFIC_SHIFT",
  "PRODUCTION_TRAFFIC_SHIFT",
  "POST_PRODUCTION_TRAFFIC_SHIFT",
  "BAKE_TIME",
  "CLEAN_UP",
];

const minute = 60_000;
/** Source: ECS API reference, DeploymentLifecycleHookTimeoutConfiguration. */
const pauseMinutes = 1440;

/** What the stages go by. */
export interface StageFacts {
  /** Epoch milliseconds. */
  readonly now: number;
  /** All tasks that are wanted of the target are healthy. */
  readonly isTargetReady: boolean;
}

/** Where a deployment stands after it has gone as far as it can now. */
export interface StageStep {
  readonly record: ServiceDeployment;
  /** Why it is to be rolled back; absent if it is not. */
  readonly rollback?: string;
  /** Epoch milliseconds at which to look again; absent if only a change brings it on. */
  readonly nextAt?: number;
}

/** Whether the target may start tasks at this stage, and those of before may be stopped. */
export const allowedAt = (
  stage: ServiceDeploymentLifecycleStage | undefined,
): { readonly start: boolean; readonly displace: boolean } => ({
  start: stage === undefined || stages.indexOf(stage) >= stages.indexOf("SCALE_UP"),
  displace: stage === undefined || stage === "CLEAN_UP",
});

/** Takes a deployment through its stages until one has to wait: for tasks, for time, or for somebody's word. */
export function advance(record: ServiceDeployment, facts: StageFacts): StageStep {
  let current = record;
  while (current.lifecycleStage !== undefined && current.lifecycleStage !== "CLEAN_UP") {
    const paused = passPause(current, facts.now);
    current = paused.record;
    if (paused.rollback !== undefined || paused.waits) return paused;
    const work = workOf(current, facts);
    current = work.record;
    if (!work.isDone) return { record: current, ...(work.nextAt === undefined ? {} : { nextAt: work.nextAt }) };
    current = {
      ...current,
      lifecycleStage: stages[stages.indexOf(current.lifecycleStage ?? "CLEAN_UP") + 1] ?? "CLEAN_UP",
      stageSince: facts.now,
    };
  }
  return { record: current };
}

/** A stage with PAUSE hooks is held until somebody says how to go on, or the time of each is over. */
function passPause(record: ServiceDeployment, now: number): StageStep & { readonly waits?: boolean } {
  let current = record;
  for (const { stage, hook } of hooksAt(record)) {
    const pause = current.pauses.find((each) => each.stage === stage);
    if (pause === undefined) {
      const begun = newPause(current, { stage, hook }, now);
      return { record: { ...current, pauses: [...current.pauses, begun] }, waits: true, nextAt: begun.expiresAt };
    }
    if (pause.status !== "AWAITING_ACTION") continue;
    const action = pause.requested ?? (now >= pause.expiresAt ? pause.timeoutAction : undefined);
    if (action === undefined) return { record: current, waits: true, nextAt: pause.expiresAt };
    const { requested, ...rest } = pause;
    const over: LifecyclePause = { ...rest, status: requested === undefined ? "TIMED_OUT" : "SUCCEEDED" };
    current = { ...current, pauses: current.pauses.map((each) => (each === pause ? over : each)) };
    if (action === "ROLLBACK") {
      const why = requested === undefined ? "was not continued in time" : "was asked to roll back";
      return { record: current, rollback: `The deployment paused at ${stage} and ${why}.` };
    }
  }
  return { record: current };
}

interface StageHook {
  readonly stage: LifecyclePause["stage"];
  readonly hook: DeploymentLifecycleHook;
}

/** The pauses that a stage begins with. PRE_PRODUCTION_TRAFFIC_SHIFT is no stage of its own. */
function hooksAt({ lifecycleStage, deploymentConfiguration }: ServiceDeployment): readonly StageHook[] {
  const names =
    lifecycleStage === "PRODUCTION_TRAFFIC_SHIFT" ? ["PRE_PRODUCTION_TRAFFIC_SHIFT", lifecycleStage] : [lifecycleStage];
  const pauses = (deploymentConfiguration.lifecycleHooks ?? []).filter(({ targetType }) => targetType === "PAUSE");
  return names.flatMap((name) => {
    const hook = pauses.find(({ lifecycleStages }) => lifecycleStages?.some((stage) => stage === name));
    return hook === undefined ? [] : [{ stage: name as LifecyclePause["stage"], hook }];
  });
}

const newPause = ({ deploymentId }: ServiceDeployment, { stage, hook }: StageHook, now: number): LifecyclePause => ({
  hookId: `${deploymentId.slice(deploymentId.lastIndexOf("/") + 1)}-${stage}`,
  stage,
  status: "AWAITING_ACTION",
  expiresAt: now + (hook.timeoutConfiguration?.timeoutInMinutes ?? pauseMinutes) * minute,
  timeoutAction: hook.timeoutConfiguration?.action ?? "ROLLBACK",
});

interface Work {
  readonly record: ServiceDeployment;
  readonly isDone: boolean;
  readonly nextAt?: number;
}

/** What a stage itself has to bring about. */
function workOf(record: ServiceDeployment, { now, isTargetReady }: StageFacts): Work {
  const { lifecycleStage: stage, stageSince = now, deploymentConfiguration } = record;
  if (stage === "SCALE_UP") return { record, isDone: isTargetReady };
  if (stage === "PRODUCTION_TRAFFIC_SHIFT") return shiftTraffic(record, now);
  if (stage !== "BAKE_TIME") return { record, isDone: true };
  const end = stageSince + (deploymentConfiguration.bakeTimeInMinutes ?? 0) * minute;
  return now >= end ? { record, isDone: true } : { record, isDone: false, nextAt: end };
}

/**
 * The next step of the production traffic, once the one before has been baked. Source: ECS API reference,
 * LinearConfiguration and CanaryConfiguration.
 */
function shiftTraffic(record: ServiceDeployment, now: number): Work {
  const { strategy, linearConfiguration, canaryConfiguration } = record.deploymentConfiguration;
  const [step, bakeMinutes] =
    strategy === "LINEAR"
      ? [linearConfiguration?.stepPercent ?? 10, linearConfiguration?.stepBakeTimeInMinutes ?? 6]
      : strategy === "CANARY"
        ? [canaryConfiguration?.canaryPercent ?? 5, canaryConfiguration?.canaryBakeTimeInMinutes ?? 10]
        : [100, 0];
  let current = record;
  for (;;) {
    const traffic = current.productionTraffic ?? 0;
    if (traffic >= 100) return { record: current, isDone: true };
    const bakedAt = traffic === 0 ? now : (current.shiftedAt ?? now) + bakeMinutes * minute;
    if (now < bakedAt) return { record: current, isDone: false, nextAt: bakedAt };
    const next = strategy === "CANARY" && traffic > 0 ? 100 : Math.min(100, Math.round((traffic + step) * 10) / 10);
    current = { ...current, productionTraffic: next, shiftedAt: now };
  }
}
