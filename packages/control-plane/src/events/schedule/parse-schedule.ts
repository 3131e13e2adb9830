import { BadSchedule } from "./bad-schedule.ts";
import { readCron } from "./cron-expression.ts";

/** When something is due again and again. */
export interface Schedule {
  /** The first time after `after`; undefined if there is none any more. Epoch milliseconds. */
  next(after: number): number | undefined;
}

const unitMs = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;

/**
 * Reads `rate(5 minutes)` and `cron(0 10 * * ? *)`, of which the times are UTC.
 * @param since epoch milliseconds; a rate counts from then, so that it keeps its beat over a restart
 * @throws BadSchedule. Source: EventBridge user guide, "Cron expressions" and "Rate expressions".
 */
export function parseSchedule(expression: string, since: number): Schedule {
  const [, kind, argument = ""] = /^(rate|cron)\(([^()]*)\)$/.exec(expression) ?? [];
  if (kind === "rate") return parseRate(argument, since);
  if (kind === "cron") return parseCron(argument);
  throw new BadSchedule("it is neither rate(…) nor cron(…)");
}

function parseRate(argument: string, since: number): Schedule {
  const [, digits = "", unit, plural] = /^(\d{1,9}) (minute|hour|day)(s?)$/.exec(argument) ?? [];
  const value = Number(digits);
  if (unit === undefined || value < 1) throw new BadSchedule("a rate is a positive number and minutes, hours or days");
  if ((value === 1) !== (plural === "")) throw new BadSchedule("the unit of 1 is singular, that of others plural");
  const step = value * unitMs[unit as keyof typeof unitMs];
  return { next: (after) => since + (Math.max(0, Math.floor((after - since) / step)) + 1) * step };
}

function parseCron(argument: string): Schedule {
  const cron = readCron(argument, "UTC");
  return { next: (after) => cron(after)?.nextRun(new Date(after))?.getTime() };
}
