import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type DaemonHost, type DaemonTask, type DaemonTaskStanding, planDaemon } from "./plan-daemon.ts";

const task = (standing: DaemonTaskStanding, isCurrent = true, arn = "task"): DaemonTask => ({
  arn,
  standing,
  isCurrent,
});
const host = (arn: string, tasks: readonly DaemonTask[], of: Partial<DaemonHost> = {}): DaemonHost => ({
  arn,
  isWanted: true,
  isConnected: true,
  tasks,
  ...of,
});
const anyTime = { mayStart: true, mayReplace: true, drainPercent: 25 };

describe("a plan", () => {
  test("starts one where there is none, and not while one is going", () => {
    const hosts = [host("a", []), host("b", [task("stopping")]), host("c", [task("running")])];
    expect(planDaemon(hosts, anyTime)).toMatchObject({ start: ["a"], stop: [], isDone: false });
  });
  test("starts nothing while it must not, or where nobody answers", () => {
    expect(planDaemon([host("a", [])], { ...anyTime, mayStart: false }).start).toEqual([]);
    expect(planDaemon([host("a", [], { isConnected: false })], anyTime)).toMatchObject({ start: [], isDone: true });
  });
  test("stops what is sick, what is not wanted, and what is late", () => {
    const hosts = [
      host("a", [task("unhealthy", true, "sick")]),
      host("b", [task("running", true, "elsewhere")], { isWanted: false }),
      host("c", [task("starting", false, "late")]),
    ];
    expect(planDaemon(hosts, anyTime).stop).toEqual([
      { taskArn: "elsewhere", cause: "unwanted" },
      { taskArn: "sick", cause: "unhealthy" },
      { taskArn: "late", cause: "replaced" },
    ]);
  });
  test("leaves the task of a machine that drains until nothing else is on it, and starts none there", () => {
    const leaving = { isWanted: false, keepsTask: true };
    const hosts = [host("a", [task("running")], leaving), host("b", [], leaving)];
    expect(planDaemon(hosts, anyTime)).toEqual({ start: [], stop: [], isDone: true, isStepDone: true });
  });
  test.each([
    [0, 1],
    [50, 2],
    [100, 4],
  ])("with drainPercent %i takes %i of four at a time", (drainPercent, count) => {
    const hosts = ["a", "b", "c", "d"].map((arn) => host(arn, [task("running", false, arn)]));
    expect(planDaemon(hosts, { ...anyTime, drainPercent }).stop).toHaveLength(count);
  });
});

test("whatever there is, it comes to one current task on each wanted instance, and never has fewer serving than it may", () => {
  const standing = fc.constantFrom<DaemonTaskStanding>("starting", "running", "unhealthy", "stopping");
  const anyHost = fc.record({
    isWanted: fc.boolean(),
    tasks: fc.array(fc.record({ standing, isCurrent: fc.boolean() }), { maxLength: 1 }),
  });
  fc.assert(
    fc.property(fc.array(anyHost, { maxLength: 8 }), fc.integer({ min: 0, max: 100 }), (given, drainPercent) => {
      let hosts = given.map(({ isWanted, tasks }, index) =>
        host(
          `h${index}`,
          tasks.map((each) => ({ ...each, arn: `t${index}` })),
          { isWanted },
        ),
      );
      let made = 0;
      for (let round = 0; round < 40; round++) {
        const plan = planDaemon(hosts, { ...anyTime, drainPercent });
        const wanted = hosts.filter(({ isWanted }) => isWanted);
        const serving = wanted.filter(({ tasks }) => tasks.some((each) => each.standing === "running"));
        const replaced = plan.stop.filter(
          ({ taskArn, cause }) =>
            cause === "replaced" && serving.some(({ tasks }) => tasks.some(({ arn }) => arn === taskArn)),
        );
        const most = Math.max(1, Math.floor((wanted.length * drainPercent) / 100));
        if (replaced.length > 0) expect(wanted.length - serving.length + replaced.length).toBeLessThanOrEqual(most);
        const stop = new Set(plan.stop.map(({ taskArn }) => taskArn));
        hosts = hosts.map((each) => ({
          ...each,
          tasks: [
            ...each.tasks
              .filter((old) => old.standing !== "stopping")
              .map((old) =>
                stop.has(old.arn)
                  ? { ...old, standing: "stopping" as const }
                  : old.standing === "starting"
                    ? { ...old, standing: "running" as const }
                    : old,
              ),
            ...(plan.start.includes(each.arn) ? [task("starting", true, `new${++made}`)] : []),
          ],
        }));
      }
      const plan = planDaemon(hosts, { ...anyTime, drainPercent });
      expect(plan).toEqual({ start: [], stop: [], isDone: true, isStepDone: true });
      for (const { isWanted, tasks } of hosts) {
        expect(tasks.map((each) => [each.standing, each.isCurrent])).toEqual(isWanted ? [["running", true]] : []);
      }
    }),
  );
});
