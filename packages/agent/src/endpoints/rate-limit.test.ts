import { expect, test } from "vitest";
import { ManualClock } from "../platform/clock.ts";
import { RateLimit } from "./rate-limit.ts";

test("sixty at once pass, then forty a second; others are counted by themselves", () => {
  const clock = new ManualClock();
  const limit = new RateLimit(clock);
  const passing = (times: number) => Array.from({ length: times }, () => limit.admits("a")).filter(Boolean).length;
  expect(passing(100)).toBe(60);
  expect(limit.admits("b")).toBe(true);
  clock.advance(1000);
  expect(passing(100)).toBe(40);
  clock.advance(60_000);
  expect(passing(100)).toBe(60);
});
