/** A period of time: so many of a unit. */
export interface Period {
  readonly count: number;
  /** Milliseconds for those that are always as long; months and what is made of them are not. */
  readonly unit: number | "month";
}

const dayMs = 86_400_000;
/** Source: CloudWatch Logs user guide, "Datetime functions". */
const units: Readonly<Record<string, readonly [unit: number | "month", times: number]>> = {
  ms: [1, 1],
  msec: [1, 1],
  s: [1_000, 1],
  sec: [1_000, 1],
  second: [1_000, 1],
  m: [60_000, 1],
  min: [60_000, 1],
  minute: [60_000, 1],
  h: [3_600_000, 1],
  hr: [3_600_000, 1],
  hour: [3_600_000, 1],
  d: [dayMs, 1],
  day: [dayMs, 1],
  w: [7 * dayMs, 1],
  week: [7 * dayMs, 1],
  mo: ["month", 1],
  mon: ["month", 1],
  month: ["month", 1],
  q: ["month", 3],
  qtr: ["month", 3],
  quarter: ["month", 3],
  y: ["month", 12],
  yr: ["month", 12],
  year: ["month", 12],
};

/** Reads `5m`, `1 day`; undefined for what is no period. */
export function periodOf(text: string): Period | undefined {
  const [, count = "", written = ""] = /^(\d+(?:\.\d+)?)\s*([a-z]+)$/i.exec(text.trim()) ?? [];
  const name = written.toLowerCase();
  const found = units[name] ?? units[name.replace(/s$/, "")];
  if (found === undefined || Number(count) <= 0) return undefined;
  const [unit, times] = found;
  if (unit === "month" && !Number.isInteger(Number(count))) return undefined;
  return { count: Number(count) * times, unit };
}

/** The start of the period that a time is in. Weeks begin on Mondays. */
export function floorTo({ count, unit }: Period, milliseconds: number): number {
  if (unit === "month") {
    const date = new Date(milliseconds);
    const months = date.getUTCFullYear() * 12 + date.getUTCMonth();
    return monthAt(Math.floor(months / count) * count);
  }
  const size = count * unit;
  const offset = unit === 7 * dayMs ? 4 * dayMs : 0; // the first Monday there was
  return Math.floor((milliseconds - offset) / size) * size + offset;
}

/** The end of the period that a time is in; the time itself if it is the start of one. */
export function ceilTo(period: Period, milliseconds: number): number {
  const floor = floorTo(period, milliseconds);
  if (floor === milliseconds) return floor;
  if (period.unit !== "month") return floor + period.count * period.unit;
  const date = new Date(floor);
  return monthAt(date.getUTCFullYear() * 12 + date.getUTCMonth() + period.count);
}

const monthAt = (months: number) => Date.UTC(Math.floor(months / 12), months % 12, 1);
