import { Cron } from "croner";
import { BadSchedule } from "./bad-schedule.ts";
import { readCron } from "./cron-expression.ts";
import type { Schedule } from "./parse-schedule.ts";

/**
 * The times of a cron expression in a time zone. A time that the zone leaves out in spring is no time, and one that it has
 * twice in autumn is one. Source: EventBridge Scheduler user guide, "Daylight savings time".
 * @throws BadSchedule
 */
export function cronTimes(argument: string, timezone: string): Schedule {
  const cronAt = readCron(argument, timezone);
  return {
    next(after) {
      const cron = cronAt(after);
      let at = cron?.nextRun(new Date(after)) ?? null;
      // Where the clock leaps over a time, the library has the first one after the leap.
      while (at !== null && !cron?.match(at)) at = cron?.nextRun(at) ?? null;
      return at?.getTime();
    },
  };
}

/** Epoch milliseconds of `2026-12-24T18:00:00` in a time zone. @throws BadSchedule */
export function localTime(text: string, timezone: string): number {
  const asUtc = Date.parse(`${text}Z`);
  // Of days that a month does not have, some are read as days of the next one, and others as no time at all.
  const isTime =
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(text) &&
    !Number.isNaN(asUtc) &&
    new Date(asUtc).toISOString().startsWith(text);
  const at = isTime ? new Cron(text, { timezone, paused: true }).nextRun(new Date(0)) : null;
  if (at === null) throw new BadSchedule("at(…) takes a time as 2026-12-24T18:00:00");
  return at.getTime();
}

/** Whether it is the name of a time zone, as `Europe/Berlin` or `UTC`. */
export function isTimeZone(name: string): boolean {
  try {
    // A shift as `+01:00` would pass here too, and is none of the names that AWS takes.
    return /^[A-Za-z]/.test(name) && new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions() !== undefined;
  } catch {
    return false;
  }
}
