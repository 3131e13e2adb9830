import { expect, test } from "vitest";
import { ManualClock } from "../../platform/clock.ts";
import { JoinAttempts } from "./join-attempts.ts";

test("an address may try twenty times at once, then every three seconds; others are not held up by it", () => {
  const clock = new ManualClock();
  const attempts = new JoinAttempts(clock);
  expect(Array.from({ length: 22 }, () => attempts.take("a")).filter((allowed) => allowed)).toHaveLength(20);
  expect(attempts.take("b")).toBe(true);
  clock.advance(3_000);
  expect([attempts.take("a"), attempts.take("a")]).toEqual([true, false]);
  clock.advance(60_000);
  expect(Array.from({ length: 22 }, () => attempts.take("a")).filter((allowed) => allowed)).toHaveLength(20);
});
