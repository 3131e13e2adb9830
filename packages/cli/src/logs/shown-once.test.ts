import { expect, test } from "vitest";
import { ShownOnce } from "./shown-once.ts";

const event = (message: string, timestamp = 1) => ({ timestamp, stream: "s", message });

test("an event of two tellings is shown once, and one that was said twice is shown twice", () => {
  const shown = new ShownOnce();
  expect([event("a"), event("a"), event("b")].map((each) => shown.isNew(each))).toEqual([true, true, true]);
  shown.retell();
  expect([event("a"), event("a"), event("a"), event("b"), event("c")].map((each) => shown.isNew(each))).toEqual([
    false,
    false,
    true,
    false,
    true,
  ]);
});

test("what differs in its time or its stream is another event", () => {
  const shown = new ShownOnce();
  shown.isNew(event("a"));
  shown.retell();
  expect(shown.isNew(event("a", 2))).toBe(true);
  expect(shown.isNew({ ...event("a"), stream: "t" })).toBe(true);
});
