import fc from "fast-check";
import { expect, test } from "vitest";
import { readCron } from "./cron-expression.ts";
import { parseSchedule } from "./parse-schedule.ts";

const start = Date.UTC(2026, 0, 1); // a Thursday
const after = (expression: string, count = 2) => {
  const schedule = parseSchedule(expression, start);
  const found: string[] = [];
  for (
    let at: number | undefined = schedule.next(start);
    at !== undefined && found.length < count;
    at = schedule.next(at)
  ) {
    found.push(new Date(at).toISOString().slice(0, 16));
  }
  return found;
};

// The expressions are those of the EventBridge user guide, "Cron expressions".
test.each([
  ["cron(0 10 * * ? *)", ["2026-01-01T10:00", "2026-01-02T10:00"]],
  ["cron(0 18 ? * MON-FRI *)", ["2026-01-01T18:00", "2026-01-02T18:00", "2026-01-05T18:00"]],
  ["cron(0 8 1 * ? *)", ["2026-01-01T08:00", "2026-02-01T08:00"]],
  ["cron(0/15 * * * ? *)", ["2026-01-01T00:15", "2026-01-01T00:30"]],
  ["cron(0 9 ? * 2#1 *)", ["2026-01-05T09:00", "2026-02-02T09:00"]],
  ["cron(0 9 ? * 6L *)", ["2026-01-30T09:00", "2026-02-27T09:00"]],
  ["cron(0 9 ? * L *)", ["2026-01-03T09:00", "2026-01-10T09:00"]],
  ["cron(0 9 ? * 1 *)", ["2026-01-04T09:00", "2026-01-11T09:00"]],
  ["cron(0 9 3W * ? *)", ["2026-01-02T09:00", "2026-02-03T09:00"]],
  ["cron(0 9 L * ? *)", ["2026-01-31T09:00", "2026-02-28T09:00"]],
  ["cron(0 0 1 1 ? 2030)", ["2030-01-01T00:00"]],
  ["cron(0 0 1 1 ? 2020)", []],
  ["cron(0 0 1 1 ? */100)", ["2070-01-01T00:00", "2170-01-01T00:00"]],
  ["cron(0 0 1 1 ? 2199,2150-2152)", ["2150-01-01T00:00", "2151-01-01T00:00", "2152-01-01T00:00", "2199-01-01T00:00"]],
  ["cron(0 0 ? 2 2#5 2072/1)", ["2072-02-29T00:00", "2112-02-29T00:00"]],
  ["cron(0 0 31 2 ? *)", []],
  ["rate(5 minutes)", ["2026-01-01T00:05", "2026-01-01T00:10"]],
  ["rate(1 day)", ["2026-01-02T00:00", "2026-01-03T00:00"]],
])("%s", (expression, expected) => {
  expect(after(expression, Math.max(2, expected.length))).toEqual(expected);
});

test.each([
  "",
  "rate(5)",
  "rate(0 minutes)",
  "rate(1 minutes)",
  "rate(2 minute)",
  "rate(5 weeks)",
  "rate(-1 minutes)",
  "cron(0 10 * * *)",
  "cron(0 10 * * * *)",
  "cron(0 10 ? * ? *)",
  "cron(61 10 * * ? *)",
  "cron(0 10 ? * 0 *)",
  "cron(@daily)",
  "cron(0 0 1 1 ? 1969)",
  "cron(0 0 1 1 ? 2026-2200)",
  "cron(0 0 1 1 ? 2030-2026)",
  "cron(0 0 1 1 ? 2026/0)",
  "cron(0 0 1 1 ? )",
  "at(2026-01-01T00:00:00)",
])("%s is refused", (expression) => {
  expect(() => parseSchedule(expression, start)).toThrow(expect.objectContaining({ name: "BadSchedule" }));
});

test("an expression that stands for no time is not looked up to the end of the years", () => {
  const yearsLookedAt = (year: string) =>
    readCron(`0 0 31 2 ? ${year}`, "UTC")(start)?.getPattern()?.split(" ").at(-1)?.split(",");
  expect(yearsLookedAt("*")).toHaveLength(42);
  expect(yearsLookedAt("2000-2199/100")).toEqual(["2100"]);
  expect(yearsLookedAt("2000")).toBeUndefined();
});

test("a rate is always later, never by more than itself, and keeps its beat", () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 500 }), fc.integer({ min: -1e9, max: 1e12 }), (minutes, offset) => {
      const rate = parseSchedule(`rate(${minutes} minutes)`, start);
      const at = rate.next(start + offset) ?? 0;
      expect(at).toBeGreaterThan(start + offset);
      expect((at - start) % (minutes * 60_000)).toBe(0);
      if (offset >= 0) expect(at - start - offset).toBeLessThanOrEqual(minutes * 60_000);
    }),
  );
});
