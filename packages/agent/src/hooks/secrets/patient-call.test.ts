import { getEventListeners } from "node:events";
import { expect, test } from "vitest";
import { ManualClock } from "../../platform/clock.ts";
import { pause } from "./patient-call.ts";

test("a pause ends with its time or the signal, and leaves nothing behind", async () => {
  const clock = new ManualClock();
  const ending = new AbortController();
  for (let times = 0; times < 20; times += 1) {
    const paused = pause(clock, 250, ending.signal);
    clock.advance(250);
    await paused;
  }
  expect(getEventListeners(ending.signal, "abort")).toEqual([]);
  const cut = pause(clock, 250, ending.signal);
  ending.abort(new Error("over"));
  await expect(cut).rejects.toThrow("over");
});
