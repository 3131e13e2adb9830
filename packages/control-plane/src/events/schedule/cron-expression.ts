import { Cron } from "croner";
import { BadSchedule } from "./bad-schedule.ts";

/** Source: EventBridge user guide, "Cron expressions". */
const years = { first: 1970, last: 2199 } as const;
/**
 * What stands for no time, as the 31st of February, is looked for until the years end. No day of the calendar is further away
 * than this: 29 February is the fifth Monday of its month every 28 years, over 2100 every 40.
 */
const yearsLookedAt = 42;

/**
 * Reads the six fields of a cron expression. @throws BadSchedule
 * @returns its times around and after a time in epoch milliseconds; undefined if its years are over by then
 */
export function readCron(argument: string, timezone: string): (after: number) => Cron | undefined {
  const fields = argument.trim().split(/\s+/);
  if (fields.length !== 6) throw new BadSchedule("a cron expression has six fields");
  const [minutes, hours, dayOfMonth, month, dayOfWeek, year] = fields as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  if ((dayOfMonth === "?") === (dayOfWeek === "?")) {
    throw new BadSchedule("just one of day-of-month and day-of-week is to be ?");
  }
  // Seconds in front; `?` is what the other one leaves open; the last day of the week is the seventh.
  const weekdays = dayOfWeek === "L" ? "7" : dayOfWeek;
  const pattern = ["0", minutes, hours, dayOfMonth, month, weekdays].map((field) => (field === "?" ? "*" : field));
  const all = yearsIn(year);
  const cronOf = (some: readonly number[]) => cronFrom([...pattern, some.join(",")].join(" "), timezone);
  let made = { from: Number.NaN, cron: cronOf(all.slice(0, yearsLookedAt)) };
  return (after) => {
    const from = new Date(after).getUTCFullYear() - 1; // in some zones the year is not over yet
    const some = all.filter((each) => each >= from).slice(0, yearsLookedAt);
    if (some.length === 0) return undefined;
    if (made.from !== from) made = { from, cron: cronOf(some) };
    return made.cron;
  };
}

function cronFrom(pattern: string, timezone: string): Cron {
  try {
    return new Cron(pattern, {
      timezone,
      mode: "7-part",
      sloppyRanges: true,
      alternativeWeekdays: true,
      paused: true,
    });
  } catch (error) {
    throw new BadSchedule(error instanceof Error ? error.message : "it cannot be read", { cause: error });
  }
}

/** The years of `*`, `2026`, `2026-2030`, `2026/2` and lists of those, in order. @throws BadSchedule */
function yearsIn(field: string): readonly number[] {
  const found = field.split(",").flatMap((part) => {
    const [, from = "", to, step] = /^(\*|\?|\d{4})(?:-(\d{4}))?(?:\/([1-9]\d{0,3}))?$/.exec(part) ?? [];
    const isEvery = from === "*" || from === "?";
    const first = isEvery ? years.first : Number(from);
    const last = to === undefined ? (isEvery || step !== undefined ? years.last : first) : Number(to);
    if (from === "" || first < years.first || last > years.last || first > last) {
      throw new BadSchedule(`${part} is no year from ${years.first} to ${years.last}`);
    }
    const by = Number(step ?? 1);
    return Array.from({ length: Math.floor((last - first) / by) + 1 }, (_, index) => first + index * by);
  });
  return [...new Set(found)].toSorted((a, b) => a - b);
}
