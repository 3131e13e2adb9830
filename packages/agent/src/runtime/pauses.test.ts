import { expect, test } from "vitest";
import { pauses } from "./pauses.ts";

test("pauses grow up to the longest: an hour takes a few thousand looks at most", () => {
  expect(pauses(100).take(9).toArray()).toEqual([2, 4, 8, 16, 32, 64, 100, 100, 100]);
  let [passed, looks] = [0, 0];
  for (const pause of pauses(2000)) {
    if (passed >= 3_600_000) break;
    passed += pause;
    looks += 1;
  }
  expect(looks).toBeLessThan(1820);
});
