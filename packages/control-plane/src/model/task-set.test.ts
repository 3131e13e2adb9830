import fc from "fast-check";
import { expect, test } from "vitest";
import { computedDesiredCount } from "./task-set.ts";

const computed = (desiredCount: number, scalePercent: number) =>
  computedDesiredCount({ desiredCount }, { status: "ACTIVE", scalePercent });

test.each([
  [0, 100, 0],
  [3, 0, 0],
  [3, 34, 2],
  [3, 100, 3],
  [12, 10, 2],
  [1000, 0.1, 1],
  [100, 7, 7],
  [300, 33.333333, 100],
])("of %i tasks, %d %% are %i", (desiredCount, scalePercent, count) => {
  expect(computed(desiredCount, scalePercent)).toBe(count);
});

test("whole per cents that come out even are not rounded up", () => {
  const hundreds = fc.integer({ min: 0, max: 1000 });
  fc.assert(
    fc.property(hundreds, fc.integer({ min: 0, max: 100 }), (count, percent) => {
      expect(computed(count * 100, percent)).toBe(count * percent);
    }),
  );
});

test("a task set that is to go is to have no tasks", () => {
  expect(computedDesiredCount({ desiredCount: 4 }, { status: "DRAINING", scalePercent: 100 })).toBe(0);
});
