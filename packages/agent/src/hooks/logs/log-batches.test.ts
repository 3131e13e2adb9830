import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { batchLimits, countThatFits, sizeOf, splitMessage } from "./log-batches.ts";

const hour = 60 * 60 * 1000;

describe("splitMessage", () => {
  test("leaves alone what fits", () => {
    const longest = "x".repeat(batchLimits.eventBytes - batchLimits.eventOverhead);
    expect(splitMessage(longest)).toEqual([longest]);
    expect(splitMessage(`${longest}y`)).toEqual([longest, "y"]);
  });

  test("loses nothing, makes nothing too long, and cuts no character in two", () => {
    const character = fc.constantFrom("a", "é", "€", "😀");
    const message = fc.tuple(character, character, fc.integer({ min: 1, max: 150_000 }));
    fc.assert(
      fc.property(message, ([a, b, count]) => {
        const whole = (a + b).repeat(count);
        const parts = splitMessage(whole);
        expect(parts.join("")).toBe(whole);
        for (const part of parts)
          expect(sizeOf({ timestamp: 0, message: part })).toBeLessThanOrEqual(batchLimits.eventBytes);
        expect(parts.join("")).not.toContain("\ufffd");
      }),
      { numRuns: 20 },
    );
  });
});

describe("countThatFits", () => {
  const at = (timestamp: number, bytes = 1) => ({ timestamp, message: "x".repeat(bytes) });

  test("takes all of a few, and none of none", () => {
    expect(countThatFits([at(0), at(1)])).toBe(2);
    expect(countThatFits([])).toBe(0);
  });
  test("stops at the number of events", () => {
    expect(countThatFits(Array.from({ length: 12_000 }, () => at(0)))).toBe(10_000);
  });
  test("stops at the size", () => {
    expect(countThatFits(Array.from({ length: 20 }, () => at(0, 100_000)))).toBe(10);
  });
  test("stops where a day is over", () => {
    expect(countThatFits([at(0), at(23 * hour), at(24 * hour)])).toBe(2);
  });
  test("takes at least one", () => {
    expect(countThatFits([at(0, 2_000_000)])).toBe(1);
  });
});
