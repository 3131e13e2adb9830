import * as fc from "fast-check";
import { expect, test } from "vitest";
import { containerStatuses, furthest, nextStep } from "./container-steps.ts";

test.each([
  ["NONE", "RUNNING", {}, { do: "pull", reaching: "PULLED" }],
  ["NONE", "RUNNING", { startBlockedBy: "db" }, { do: "pull", reaching: "PULLED" }],
  ["PULLED", "RUNNING", {}, { do: "create", reaching: "CREATED" }],
  ["PULLED", "RUNNING", { startBlockedBy: "db" }, { do: "wait", on: "db" }],
  ["CREATED", "RUNNING", {}, { do: "start", reaching: "RUNNING" }],
  ["CREATED", "RUNNING", { startBlockedBy: "db" }, { do: "wait", on: "db" }],
  ["RUNNING", "RUNNING", {}, { do: "nothing" }],
  ["RUNNING", "STOPPED", {}, { do: "stop", reaching: "STOPPED" }],
  ["RUNNING", "STOPPED", { stopBlockedBy: "app" }, { do: "wait", on: "app" }],
  ["CREATED", "STOPPED", { stopBlockedBy: "app" }, { do: "stop", reaching: "STOPPED" }],
  ["STOPPED", "RUNNING", {}, { do: "nothing" }],
  ["STOPPED", "STOPPED", {}, { do: "nothing" }],
] as const)("%s wanted %s, held up by %o: %o", (known, desired, blockers, step) => {
  expect(nextStep(known, desired, blockers)).toEqual(step);
});

test("no step leads back, and of two statuses the later one holds", () => {
  const status = fc.constantFrom(...containerStatuses);
  const place = (of: (typeof containerStatuses)[number]) => containerStatuses.indexOf(of);
  fc.assert(
    fc.property(status, status, fc.constantFrom("RUNNING" as const, "STOPPED" as const), (a, b, desired) => {
      const step = nextStep(a, desired);
      if ("reaching" in step) expect(place(step.reaching)).toBeGreaterThan(place(a));
      expect(place(furthest(a, b))).toBe(Math.max(place(a), place(b)));
    }),
  );
});
