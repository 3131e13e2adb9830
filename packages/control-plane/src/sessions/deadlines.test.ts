import { expect, test } from "vitest";
import { ManualClock } from "../platform/clock.ts";
import { Deadlines } from "./deadlines.ts";

test("each is met once, in order, and may be moved, called off and set anew", () => {
  const clock = new ManualClock(0);
  const deadlines = new Deadlines<"a" | "b" | "c">(clock);
  const met: string[] = [];
  const note = (name: string) => () => void met.push(`${name} ${clock.now()}`);
  deadlines.set("a", 300, note("a"));
  deadlines.set("b", 100, () => {
    note("b")();
    deadlines.set("b", 250, note("b again"));
  });
  deadlines.set("c", 50, note("c"));
  deadlines.set("c", 400, note("c later"));
  clock.advance(260);
  expect(met).toEqual(["b 100", "b again 250"]);
  deadlines.clear("a");
  clock.advance(1_000);
  expect(met.slice(2)).toEqual(["c later 400"]);
  deadlines.set("a", clock.now() + 1, note("a"));
  deadlines.clearAll();
  clock.advance(10);
  expect(met).toHaveLength(3);
});
