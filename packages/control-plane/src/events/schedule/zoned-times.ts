import { Cron } from "croner";
import { BadSchedule, readCron, type Schedule } from "./parse-schedule.ts";

/**
 * The times of a cron expression in a time zone. A time that the zone leaves out in spring is no time, and one that it has
 * twice in autumn is one. Source: EventBridge Scheduler user guide, "Daylight savings time".
 * @throws BadSchedule
 */
export function cronTimes(argument: string, timezone: string): Schedule {
  const cron = readCron(argument, timezone);
  return {
    next(after) {
      let at = cron.nextRun(new Date(after));
      // Where the clock leaps over a time, the library has the first one after the leap.
      while (at !== null && !cron.match(at)) at = cron.nextRun(at);
      return at?.getTime();
    },
  };
}

/** Epoch milliseconds of `2026-12-24T18:00:00` in a time zone. @throws BadSchedule */
export function localTime(text: string, timezone: string): number {
  const asUtc = Date.parse(`${text}Z`);
  const isTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(text) && new Date(asUtc).toISOString().startsWith(text);
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
