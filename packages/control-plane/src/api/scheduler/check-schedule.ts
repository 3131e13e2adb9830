import type { Target } from "@aws-sdk/client-scheduler";
import { BadSchedule } from "../../events/schedule/bad-schedule.ts";
import { isTimeZone } from "../../events/schedule/zoned-times.ts";
import { scheduleTimes, type TimesOf } from "../../events/scheduler/schedule-times.ts";
import { invalid } from "./api-error.ts";

/** A beginning may be so long ago. */
const lateStartMs = 5 * 60_000;

/**
 * Refuses times that there cannot be. @throws SchedulerError ValidationException
 * Source of the texts: EventBridge Scheduler, as it answers; getmoto/moto, scheduler.
 */
export function checkTimes(times: TimesOf): void {
  const { expression, timezone, startDate, endDate, modifiedAt: now } = times;
  if (!isTimeZone(timezone)) throw invalid(`Invalid ScheduleExpressionTimezone ${timezone}.`);
  try {
    scheduleTimes(times);
  } catch (error) {
    if (!(error instanceof BadSchedule)) throw error;
    throw invalid(`Invalid Schedule Expression ${expression}.`, { cause: error });
  }
  if (startDate !== undefined && startDate < now - lateStartMs) {
    throw invalid("The StartDate you specify cannot be earlier than 5 minutes ago.");
  }
  if (endDate !== undefined && endDate <= now) throw invalid("The EndDate you specify cannot be in the past.");
  if (startDate !== undefined && endDate !== undefined && endDate <= startDate) {
    throw invalid("The EndDate you specify cannot be earlier than the StartDate.");
  }
}

/** Parameters of targets that there are not here. */
const foreign = [
  "EventBridgePutEventsV2Parameters",
  "EventBridgePutRawEventsParameters",
  "KinesisParameters",
  "SageMakerPipelineParameters",
  "SqsParameters",
] as const satisfies readonly (keyof Target)[];

const kinds = [
  { pattern: /^arn:[^:]+:ecs:[^:]*:[^:]*:cluster\/[^/]+$/, parameters: "EcsParameters" },
  { pattern: /^arn:[^:]+:events:[^:]*:[^:]*:event-bus\/default$/, parameters: "EventBridgeParameters" },
] as const;

/** Refuses a target that could never be called. @throws SchedulerError ValidationException */
export function checkTarget(target: Target): void {
  const { Arn = "", DeadLetterConfig, Input } = target;
  if (!/^arn:[^:]+:[^:]+:[^:]*:[^:]*:.+$/.test(Arn)) throw invalid("Provided Arn is not in correct format.");
  const kind = kinds.find(({ pattern }) => pattern.test(Arn));
  if (kind === undefined) {
    const what = Arn.startsWith("arn:aws:scheduler:::aws-sdk:") ? "universal targets" : "targets of this kind";
    throw invalid(
      `Hatoba's schedules run ECS tasks and put events on the default event bus; ${what} are not built: ${Arn}.`,
    );
  }
  if (DeadLetterConfig?.Arn !== undefined) throw invalid("Hatoba has no dead-letter queues.");
  if (target[kind.parameters] === undefined) throw invalid(`${kind.parameters} must be specified for target ${Arn}.`);
  const others = [...foreign, ...kinds.map(({ parameters }) => parameters).filter((name) => name !== kind.parameters)];
  const unfit = others.find((member) => target[member] !== undefined);
  if (unfit !== undefined) throw invalid(`${unfit} is not applicable to target ${Arn}.`);
  if (Input !== undefined && !isJson(Input)) throw invalid("The Input of the target is not valid JSON.");
}

function isJson(text: string): boolean {
  try {
    // What the scheduler puts in place of these is a text, or a number outside of quotation marks.
    JSON.parse(text.replaceAll(/<aws\.scheduler\.[a-z-]+>/g, "0"));
    return true;
  } catch {
    return false;
  }
}
