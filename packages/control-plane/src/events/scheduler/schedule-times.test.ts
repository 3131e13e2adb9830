import { describe, expect, test } from "vitest";
import type { Schedule } from "../../model/schedule.ts";
import { BadSchedule } from "../schedule/bad-schedule.ts";
import { isTimeZone } from "../schedule/zoned-times.ts";
import { isComplete, nextInvocation, scheduleTimes } from "./schedule-times.ts";

const time = (text: string) => Date.parse(text);
const made = time("2026-01-01T00:00:30Z");
const schedule = (more: Partial<Schedule> = {}): Schedule => ({
  name: "s",
  groupName: "default",
  expression: "rate(1 hour)",
  timezone: "UTC",
  state: "ENABLED",
  target: { Arn: "arn", RoleArn: "role" },
  actionAfterCompletion: "NONE",
  createdAt: made,
  modifiedAt: made,
  progress: { underWay: [] },
  ...more,
});
/** The first few times from the beginning of 2026. */
function firstOf(more: Partial<Schedule>, count = 3): readonly string[] {
  const times = scheduleTimes(schedule(more));
  const found: string[] = [];
  for (let at = times.next(0); at !== undefined && found.length < count; at = times.next(at)) {
    found.push(new Date(at).toISOString().replace(/:00\.000Z$/, "Z"));
  }
  return found;
}

describe("the times of a schedule", () => {
  test.each<[Partial<Schedule>, readonly string[]]>([
    // A rate begins when the schedule does.
    [{ expression: "rate(2 hours)" }, ["2026-01-01T00:00:30.000Z", "2026-01-01T02:00:30.000Z"]],
    [
      { expression: "rate(1 minutes)", startDate: time("2026-02-01T12:00:00Z") },
      ["2026-02-01T12:00Z", "2026-02-01T12:01Z"],
    ],
    [{ expression: "rate(1 day)", endDate: time("2026-01-01T12:00:00Z") }, ["2026-01-01T00:00:30.000Z"]],
    [{ expression: "cron(0 9 * * ? *)", timezone: "Asia/Tokyo" }, ["2026-01-02T00:00Z", "2026-01-03T00:00Z"]],
    [
      {
        expression: "cron(0 9 ? * MON-FRI *)",
        startDate: time("2026-01-03T00:00:00Z"),
        endDate: time("2026-01-05T09:00:00Z"),
      },
      ["2026-01-05T09:00Z"],
    ],
    [{ expression: "at(2026-06-01T12:00:00)", timezone: "Europe/Berlin" }, ["2026-06-01T10:00Z"]],
    // One-time schedules have no beginning and no end.
    [{ expression: "at(2026-06-01T12:00:00)", endDate: time("2026-02-01T00:00:00Z") }, ["2026-06-01T12:00Z"]],
    [{ expression: "at(2025-12-31T23:00:00)" }, []],
  ])("%j", (more, expected) => {
    expect(firstOf(more, 2)).toEqual(expected);
  });

  test("a time that does not exist in spring is left out, and one that is twice in autumn comes once", () => {
    const daily = { expression: "cron(30 2 * * ? *)", timezone: "Europe/Berlin" };
    const spring = firstOf({ ...daily, startDate: time("2026-03-27T12:00:00Z") });
    expect(spring).toEqual(["2026-03-28T01:30Z", "2026-03-30T00:30Z", "2026-03-31T00:30Z"]);
    const autumn = firstOf({ ...daily, startDate: time("2026-10-24T12:00:00Z") }, 2);
    expect(autumn).toEqual(["2026-10-25T00:30Z", "2026-10-26T01:30Z"]);
  });

  test.each([
    "every day",
    "rate(0 minutes)",
    "rate(5 seconds)",
    "cron(0 9 * * *)",
    "cron(61 9 * * ? *)",
    "cron(0 9 * * * *)",
    "at(2026-02-30T00:00:00)",
    "at(2026-13-01T00:00:00)",
    "at(2026-02-20T25:00:00)",
    "at(2026-02-20)",
    "at(2026-02-20T00:00:00Z)",
  ])("%s is none", (expression) => {
    expect(() => scheduleTimes(schedule({ expression }))).toThrow(BadSchedule);
  });
});

test.each([
  ["UTC", true],
  ["America/New_York", true],
  ["Mars/Phobos", false],
  ["+01:00", false],
])("the time zone %s: %s", (name, is) => {
  expect(isTimeZone(name)).toBe(is);
});

describe("the next invocation", () => {
  const next = (more: Partial<Schedule>, now: string) => {
    const found = nextInvocation("arn:a", schedule(more), time(now));
    return found && { dueAt: new Date(found.dueAt).toISOString(), laterMs: found.at - found.dueAt };
  };
  const hourly = { expression: "cron(0 * * * ? *)" };

  test("of a recurring schedule is not one that was missed", () => {
    expect(next(hourly, "2026-01-01T05:20:00Z")?.dueAt).toBe("2026-01-01T06:00:00.000Z");
  });

  test("is not one that was taken up", () => {
    const progress = { lastDueAt: time("2026-01-01T06:00:00Z"), underWay: [] };
    expect(next({ ...hourly, progress }, "2026-01-01T05:59:59Z")?.dueAt).toBe("2026-01-01T07:00:00.000Z");
  });

  test("of a one-time schedule is made up for", () => {
    const once = { expression: "at(2026-01-01T03:00:00)" };
    expect(next(once, "2026-01-01T05:00:00Z")?.dueAt).toBe("2026-01-01T03:00:00.000Z");
    const progress = { lastDueAt: time("2026-01-01T03:00:00Z"), underWay: [] };
    expect(next({ ...once, progress }, "2026-01-01T05:00:00Z")).toBeUndefined();
  });

  test("is somewhere in the window, and the same place whenever it is asked for", () => {
    const flexible = { ...hourly, windowMinutes: 15 };
    const later = next(flexible, "2026-01-01T05:20:00Z")?.laterMs ?? 0;
    expect(later).toBeGreaterThanOrEqual(0);
    expect(later).toBeLessThan(15 * 60_000);
    const inWindow = new Date(time("2026-01-01T06:00:00Z") + later - 1).toISOString();
    expect(next(flexible, inWindow)).toEqual({ dueAt: "2026-01-01T06:00:00.000Z", laterMs: later });
    const after = new Date(time("2026-01-01T06:00:00Z") + later + 120_000).toISOString();
    expect(next(flexible, after)?.dueAt).toBe("2026-01-01T07:00:00.000Z");
  });
});

test("a schedule is complete once nothing is due any more, and nothing under way", () => {
  const at = time("2026-06-01T12:00:00Z");
  const once = (progress: Schedule["progress"]) => schedule({ expression: "at(2026-06-01T12:00:00)", progress });
  expect(isComplete(once({ underWay: [] }))).toBe(false);
  expect(isComplete(once({ lastDueAt: at, underWay: [at] }))).toBe(false);
  expect(isComplete(once({ lastDueAt: at, underWay: [] }))).toBe(true);
  expect(isComplete(schedule())).toBe(false);
});
