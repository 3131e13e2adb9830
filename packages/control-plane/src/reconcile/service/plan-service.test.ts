import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { exampleContainerInstanceArn, exampleRunningTask, exampleTaskArn, exampleTime } from "../../model/examples.ts";
import { deploymentLimits, planService, type ServiceWish } from "./plan-service.ts";
import { isAlive, type ServiceTask, type Standing } from "./service-tasks.ts";

let last = 0;
const task = (
  standing: Standing,
  of: Partial<ServiceTask> & { readonly zone?: string; readonly instance?: number } = {},
): ServiceTask => {
  last += 1;
  const { zone = "us-east-1a", instance = 1, ...rest } = of;
  const value = exampleRunningTask({
    createdAt: exampleTime + last,
    availabilityZone: zone,
    containerInstanceArn: exampleContainerInstanceArn(instance),
  });
  return {
    stored: { kind: "task", arn: exampleTaskArn(last), revision: 1, value },
    standing,
    isCurrent: true,
    isLeaving: false,
    ...rest,
  };
};
const many = (count: number, standing: Standing, of: Partial<ServiceTask> = {}) =>
  Array.from({ length: count }, () => task(standing, of));
const old = { isCurrent: false };
const wish = (
  desiredCount: number,
  minimumHealthyPercent = 100,
  maximumPercent = 200,
  mayProgress = true,
): ServiceWish => ({
  desiredCount,
  deploymentConfiguration: { minimumHealthyPercent, maximumPercent },
  mayProgress,
});

describe("a service's limits", () => {
  it.each([
    [4, 50, 200, { floor: 2, ceiling: 8 }],
    [2, 75, 200, { floor: 2, ceiling: 4 }],
    [3, 50, 125, { floor: 2, ceiling: 3 }],
    [0, 100, 200, { floor: 0, ceiling: 0 }],
    [4, 0, 50, { floor: 0, ceiling: 4 }],
  ])("for %i tasks, %i %% and %i %%", (desired, minimum, maximum, expected) => {
    expect(deploymentLimits(wish(desired, minimum, maximum))).toEqual(expected);
  });
});

describe("a service's plan", () => {
  it.each([
    ["starts what is missing", wish(3), many(1, "healthy"), 2, 0],
    ["starts nothing while enough are on their way", wish(3), many(3, "unready"), 0, 0],
    ["starts all of a new deployment beside the old one", wish(4), many(4, "healthy", old), 4, 0],
    [
      "stops old tasks as new ones become healthy",
      wish(4),
      [...many(4, "healthy", old), ...many(2, "healthy"), ...many(2, "unready")],
      0,
      2,
    ],
    ["stops before it starts where the ceiling says so", wish(4, 50, 100), many(4, "healthy", old), 0, 2],
    ["then fills the gap", wish(4, 50, 100), many(2, "healthy", old), 2, 0],
    ["stops old tasks that never became ready at once", wish(2), many(2, "unready", old), 2, 2],
    ["gives up what is too much", wish(1), many(3, "healthy"), 0, 2],
    [
      "stops everything for a count of none",
      wish(0),
      [...many(2, "healthy"), ...many(1, "unready"), ...many(1, "healthy", old)],
      0,
      4,
    ],
    ["replaces an unhealthy task before it stops it", wish(2), [...many(1, "healthy"), ...many(1, "unhealthy")], 1, 0],
    ["stops it once its replacement is healthy", wish(2), [...many(2, "healthy"), ...many(1, "unhealthy")], 0, 1],
    ["stops an unhealthy task first where there is no room", wish(2, 50, 100), many(2, "unhealthy"), 0, 1],
    ["starts the replacement of a leaving task, then stops it", wish(1), [task("healthy", { isLeaving: true })], 1, 0],
    ["lets a leaving task go", wish(1), [task("healthy", { isLeaving: true }), task("healthy")], 0, 1],
    [
      "leaves the old deployment alone once the new one failed",
      wish(2, 100, 200, false),
      [...many(2, "healthy", old), ...many(1, "unready")],
      0,
      0,
    ],
    [
      "takes no notice of tasks that are on their way out",
      wish(2),
      [...many(2, "stopping"), ...many(3, "stopped")],
      2,
      0,
    ],
    ["keeps a protected task that is one too many", wish(0), many(2, "healthy", { isProtected: true }), 0, 0],
    [
      "scales in by those that are not protected, as far as they go",
      wish(1),
      [...many(2, "healthy", { isProtected: true }), ...many(1, "healthy")],
      0,
      1,
    ],
    [
      "keeps a protected task of an older deployment",
      wish(1),
      [task("healthy", { ...old, isProtected: true }), task("healthy")],
      0,
      0,
    ],
    [
      "replaces a protected task that is unhealthy",
      wish(1),
      [task("unhealthy", { isProtected: true }), task("healthy")],
      0,
      1,
    ],
    [
      "neither stops nor replaces a protected task on an instance that drains",
      wish(1),
      [task("healthy", { isLeaving: true, isProtected: true })],
      0,
      0,
    ],
  ])("%s", (_what, wanted, tasks, start, stop) => {
    const plan = planService(wanted, tasks);
    expect([plan.start, plan.stop.length]).toEqual([start, stop]);
  });

  it("gives up unready tasks first, then evens out zones and instances, the newest of equals", () => {
    const tasks = [
      task("healthy", { zone: "a", instance: 1 }),
      task("healthy", { zone: "a", instance: 1 }),
      task("healthy", { zone: "a", instance: 2 }),
      task("healthy", { zone: "b", instance: 3 }),
      task("unready", { zone: "b", instance: 3 }),
    ];
    const given = planService(wish(2), tasks).stop.map(({ task: { stored } }) =>
      tasks.findIndex((one) => one.stored === stored),
    );
    expect(given).toEqual([4, 1, 2]);
  });

  it("says when the limits leave it nothing to do", () => {
    expect(planService(wish(1, 100, 100), many(1, "healthy", old))).toEqual({ start: 0, stop: [], blocked: true });
    expect(planService(wish(1, 100, 200), many(1, "healthy")).blocked).toBe(false);
  });
});

describe("every plan", () => {
  const anyTask = fc.record({
    standing: fc.constantFrom<Standing>("unready", "healthy", "unhealthy", "stopping", "stopped"),
    isCurrent: fc.boolean(),
    isLeaving: fc.boolean(),
    zone: fc.constantFrom("a", "b", "c"),
    instance: fc.nat(3),
    isProtected: fc.boolean(),
  });
  const anyWish = fc.record({
    desired: fc.nat(12),
    minimum: fc.integer({ min: 0, max: 100 }),
    maximum: fc.integer({ min: 100, max: 300 }),
    mayProgress: fc.boolean(),
  });
  const healthy = (tasks: readonly ServiceTask[]) => tasks.filter(({ standing }) => standing === "healthy").length;

  it("stays between the floor and the ceiling, and stops no task twice", () => {
    fc.assert(
      fc.property(
        anyWish,
        fc.array(anyTask, { maxLength: 30 }),
        ({ desired, minimum, maximum, mayProgress }, given) => {
          const tasks = given.map(({ standing, ...of }) => task(standing, of));
          const wanted = wish(desired, minimum, maximum, mayProgress);
          const { floor, ceiling } = deploymentLimits(wanted);
          const { start, stop } = planService(wanted, tasks);
          const stopped = stop.map(({ task }) => task);
          const left = tasks.filter((one) => isAlive(one) && !stopped.includes(one));
          expect(new Set(stopped).size).toBe(stopped.length);
          expect(stopped.every(isAlive)).toBe(true);
          expect(stopped.every(({ isProtected, standing }) => !isProtected || standing === "unhealthy")).toBe(true);
          expect(healthy(left)).toBeGreaterThanOrEqual(Math.min(floor, healthy(tasks)));
          expect(start === 0 || tasks.filter(isAlive).length + start <= ceiling).toBe(true);
          expect(start === 0 || mayProgress).toBe(true);
        },
      ),
      { numRuns: 500 },
    );
  });

  it("leads to rest: carried out again and again, it comes to have nothing more to do", () => {
    fc.assert(
      fc.property(anyWish, fc.array(anyTask, { maxLength: 20 }), ({ desired, minimum, maximum }, given) => {
        fc.pre(
          Math.ceil((desired * minimum) / 100) < desired ||
            Math.floor((desired * maximum) / 100) > desired ||
            desired === 0,
        );
        const wanted = wish(desired, minimum, maximum);
        let tasks: readonly ServiceTask[] = given.map(({ standing, ...of }) =>
          task(standing, { ...of, isProtected: false }),
        );
        for (let round = 0; round < 200; round++) {
          const { start, stop } = planService(wanted, tasks);
          if (start === 0 && stop.length === 0 && tasks.every(({ standing }) => standing !== "unready")) break;
          const stopped = new Set(stop.map(({ task }) => task));
          tasks = [...tasks.filter((one) => !stopped.has(one)), ...many(start, "unready")].map((one) =>
            one.standing === "unready" && isAlive(one) ? { ...one, standing: "healthy" } : one,
          );
        }
        const there = tasks.filter(isAlive);
        expect(there).toHaveLength(desired);
        expect(
          there.every(({ standing, isCurrent, isLeaving }) => standing === "healthy" && isCurrent && !isLeaving),
        ).toBe(true);
      }),
    );
  });
});
