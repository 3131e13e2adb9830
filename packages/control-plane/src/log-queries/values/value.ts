/** A time, shown as one; as a number it is epoch milliseconds. */
export class Moment {
  readonly milliseconds: number;
  constructor(milliseconds: number) {
    this.milliseconds = milliseconds;
  }
}

/** What a field of an event or an expression is. Absent is undefined; objects and lists are parsed JSON. */
export type Value = string | number | boolean | Moment | undefined | object;

const decimal = /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i;

/** NaN for what is no number. */
export function numberOf(value: Value): number {
  if (typeof value === "number") return value;
  if (value instanceof Moment) return value.milliseconds;
  if (typeof value === "boolean") return Number(value);
  return typeof value === "string" && decimal.test(value) ? Number(value) : Number.NaN;
}

/** As it is shown: true is 1, a time is `2026-01-01 00:00:00.000`. */
export function textOf(value: Value): string {
  if (value === undefined) return "";
  if (typeof value === "string") return value;
  if (typeof value === "boolean") return value ? "1" : "0";
  if (value instanceof Moment) return momentText(value.milliseconds);
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function momentText(milliseconds: number): string {
  const date = new Date(milliseconds);
  return Number.isNaN(date.getTime()) ? String(milliseconds) : date.toISOString().replace("T", " ").replace("Z", "");
}

/** Whether a filter lets it through. */
export const isTrue = (value: Value): boolean =>
  value === true || (typeof value === "number" && value !== 0 && !Number.isNaN(value)) || value === "true";

/** As numbers where both are, as texts else. Negative if the first comes first. */
export function compare(a: Value, b: Value): number {
  const [x, y] = [numberOf(a), numberOf(b)];
  if (!Number.isNaN(x) && !Number.isNaN(y)) return x - y;
  const [s, t] = [textOf(a), textOf(b)];
  return s < t ? -1 : s > t ? 1 : 0;
}

/** Numbers of more digits than can be told apart as numbers are equal only letter by letter. */
export function equal(a: Value, b: Value): boolean {
  if (a === undefined || b === undefined) return false;
  if (typeof a === "string" && typeof b === "string" && a !== b && isLong(a) && isLong(b)) return false;
  return compare(a, b) === 0;
}
const isLong = (text: string): boolean => Math.abs(numberOf(text)) > Number.MAX_SAFE_INTEGER;
