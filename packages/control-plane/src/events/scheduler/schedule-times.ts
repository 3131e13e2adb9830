import { createHash } from "node:crypto";
import type { Schedule } from "../../model/schedule.ts";
import { BadSchedule } from "../schedule/bad-schedule.ts";
import type { Schedule as Times } from "../schedule/parse-schedule.ts";
import { cronTimes, localTime } from "../schedule/zoned-times.ts";

const minuteMs = 60_000;
const unitMs = { minute: minuteMs, hour: 60 * minuteMs, day: 24 * 60 * minuteMs } as const;
/** Schedules are kept to the minute. Source: EventBridge Scheduler user guide, "Schedule types". */
const precisionMs = minuteMs;

/** What times depend on. */
export type TimesOf = Pick<Schedule, "expression" | "timezone" | "startDate" | "endDate" | "modifiedAt">;

/** A time at which a schedule is due, and the time at which it is carried out: later by a part of its flexible window. */
export interface Invocation {
  readonly dueAt: number;
  readonly at: number;
}

/**
 * Reads `at(2026-12-24T18:00:00)`, `rate(5 minutes)` and `cron(0 10 * * ? *)`.
 * A rate counts from its start, or from when the schedule was made or changed. @throws BadSchedule
 */
export function scheduleTimes({ expression, timezone, startDate, endDate, modifiedAt }: TimesOf): Times {
  const [, kind, argument = ""] = /^(at|rate|cron)\(([^()]*)\)$/.exec(expression) ?? [];
  if (kind === "at") return once(localTime(argument, timezone), modifiedAt);
  const start = startDate ?? Number.NEGATIVE_INFINITY;
  // A rate has its first time when it begins; of a cron expression only times after that are its own.
  const since = kind === "rate" ? modifiedAt - 1 : modifiedAt;
  const times = kind === "rate" ? rateTimes(argument, startDate ?? modifiedAt) : undefined;
  const found = times ?? (kind === "cron" ? cronTimes(argument, timezone) : undefined);
  if (found === undefined) throw new BadSchedule("it is none of at(…), rate(…) and cron(…)");
  return {
    next(after) {
      const at = found.next(Math.max(after, start - 1, since));
      return at === undefined || (endDate !== undefined && at > endDate) ? undefined : at;
    },
  };
}

export const isOnce = (expression: string): boolean => expression.startsWith("at(");

/** A time that was over before the schedule was made or changed is none. */
function once(at: number, modifiedAt: number): Times {
  return { next: (after) => (at > after && at > modifiedAt - precisionMs ? at : undefined) };
}

function rateTimes(argument: string, origin: number): Times {
  const [, digits = "", unit] = /^(\d{1,9}) (minute|hour|day)s?$/.exec(argument) ?? [];
  const step = unit === undefined ? 0 : Number(digits) * unitMs[unit as keyof typeof unitMs];
  if (step < 1) throw new BadSchedule("a rate is a positive number and minutes, hours or days");
  return { next: (after) => origin + Math.max(0, Math.floor((after - origin) / step) + 1) * step };
}

/**
 * What a schedule is to do next; undefined for nothing any more. A time of a recurring schedule that passed while nobody
 * watched is not made up for; the time of a one-time schedule is.
 * @param now epoch milliseconds
 */
export function nextInvocation(arn: string, schedule: Schedule, now: number): Invocation | undefined {
  const times = scheduleTimes(schedule);
  const windowMs = (schedule.windowMinutes ?? 0) * minuteMs;
  const { lastDueAt = Number.NEGATIVE_INFINITY } = schedule.progress;
  const isOneTime = isOnce(schedule.expression);
  let dueAt = times.next(isOneTime ? lastDueAt : Math.max(lastDueAt, now - windowMs - precisionMs));
  while (dueAt !== undefined) {
    const next = times.next(dueAt);
    // Before the next one is due: they come in their order, and none is passed over.
    const at = dueAt + delayOf(arn, dueAt, Math.min(windowMs, (next ?? Number.POSITIVE_INFINITY) - dueAt));
    if (isOneTime || at > now - precisionMs) return { dueAt, at };
    dueAt = next;
  }
  return undefined;
}

/** Whether a schedule has nothing to do any more, and nothing under way. */
export const isComplete = (schedule: Schedule): boolean =>
  schedule.progress.underWay.length === 0 &&
  scheduleTimes(schedule).next(schedule.progress.lastDueAt ?? Number.NEGATIVE_INFINITY) === undefined;

/** A place in the window that is the same whenever it is asked for, and spreads schedules over it. */
function delayOf(arn: string, dueAt: number, windowMs: number): number {
  if (windowMs === 0) return 0;
  return createHash("sha256").update(`${arn} ${dueAt}`).digest().readUIntBE(0, 6) % windowMs;
}
