import { describe, expect, test } from "vitest";
import { containerPayload, knownTask, taskPayload, vpcPayload } from "./engine.fixture.ts";
import { containerOf, type KnownContainer, type KnownTask, withContainer } from "./known-task.ts";
import { planReport } from "./state-change.ts";

const containers = [containerPayload("app"), containerPayload("side", { essential: false })];
const fresh = knownTask(taskPayload(1, { containers }));

function put(task: KnownTask, name: string, change: Partial<KnownContainer>): KnownTask {
  const known = containerOf(task, name);
  return known === undefined ? task : withContainer(task, { ...known, ...change }, 0);
}
const running = (task: KnownTask, name: string) =>
  put(task, name, { status: "RUNNING", startedAt: 1, runtimeId: `id-${name}` });
const stopped = (task: KnownTask, name: string, exitCode = 0) =>
  put(task, name, { status: "STOPPED", exitCode, finishedAt: 9 });
const acknowledge = (task: KnownTask): KnownTask => {
  const report = planReport(task);
  return report === undefined ? task : { ...task, acknowledged: report.acknowledges };
};

describe("what is told", () => {
  test("nothing until something runs", () => {
    expect(planReport(fresh)).toBeUndefined();
    expect(planReport(put(fresh, "app", { status: "CREATED", runtimeId: "x" }))).toBeUndefined();
  });

  test("one container alone does not make it urgent; the last one does", () => {
    const one = running(fresh, "app");
    expect(planReport(one)).toMatchObject({
      urgent: false,
      change: { status: "PENDING", reason: "", containers: [{ containerName: "app" }] },
    });
    expect(planReport(running(one, "side"))).toMatchObject({ urgent: true, change: { status: "RUNNING" } });
    expect(planReport(running(acknowledge(one), "side"))?.change.containers).toMatchObject([{ containerName: "side" }]);
  });

  test("nothing twice", () => {
    const up = acknowledge(running(running(fresh, "app"), "side"));
    expect(planReport(up)).toBeUndefined();
    const half = stopped(up, "side", 7);
    expect(planReport(half)).toMatchObject({
      urgent: false,
      change: {
        status: "RUNNING",
        containers: [{ containerName: "side", status: "STOPPED", exitCode: 7, runtimeId: "id-side" }],
      },
    });
    const over = stopped(acknowledge(half), "app", 0);
    expect(planReport(over)).toMatchObject({
      urgent: true,
      change: { status: "STOPPED", executionStoppedAt: 9, containers: [{ containerName: "app", exitCode: 0 }] },
    });
    expect(planReport(acknowledge(over))).toBeUndefined();
  });

  test("that it ran, before that it is over", () => {
    const over = stopped(stopped(running(running(fresh, "app"), "side"), "app"), "side");
    const first = planReport(over);
    expect(first).toMatchObject({ change: { status: "RUNNING" } });
    expect(first?.change.containers?.map(({ status }) => status)).toEqual(["RUNNING", "RUNNING"]);
    expect(planReport(acknowledge(over))).toMatchObject({ change: { status: "STOPPED" } });
  });

  test("a short container of a task that goes on stands in it twice", () => {
    expect(planReport(stopped(running(fresh, "side"), "side", 3))?.change.containers).toMatchObject([
      { containerName: "side", status: "RUNNING" },
      { containerName: "side", status: "STOPPED", exitCode: 3 },
    ]);
  });

  test("pause containers never", () => {
    const task = put(knownTask(vpcPayload(1)), "~internal~ecs~pause", { status: "RUNNING", startedAt: 1 });
    expect(planReport(task)).toBeUndefined();
  });

  test("a warning of the pull with RUNNING, the cause of the end with STOPPED", () => {
    const up = running(running(put(fresh, "app", { warning: "CannotPullContainerError: x" }), "app"), "side");
    expect(planReport(up)?.change.containers?.[0]).toMatchObject({ reason: "CannotPullContainerError: x" });
    expect(planReport(stopped(acknowledge(up), "app"))?.change.containers?.[0]).not.toHaveProperty("reason");
    const killed = put(acknowledge(up), "app", { status: "STOPPED", exitCode: 137, reason: "OutOfMemoryError: y" });
    expect(planReport(killed)?.change.containers?.[0]).toMatchObject({ reason: "OutOfMemoryError: y", exitCode: 137 });
  });

  test("a managed agent runs as long as its container, and one of a container that never ran is not spoken of", () => {
    const managedAgents = [{ name: "ExecuteCommandAgent", properties: {} }] as const;
    const withExec = knownTask(
      taskPayload(2, { containers: [containerPayload("app", { managedAgents }), containerPayload("side")] }),
    );
    const up = running(withExec, "app");
    const about = { containerName: "app", managedAgentName: "ExecuteCommandAgent" };
    expect(planReport(up)?.change.managedAgents).toEqual([
      { ...about, status: "RUNNING", reason: "ExecuteCommandAgent started" },
    ]);
    expect(planReport(stopped(acknowledge(up), "app"))?.change.managedAgents).toEqual([
      { ...about, status: "STOPPED", reason: "Received Container Stopped event" },
    ]);
    expect(planReport(stopped(withExec, "app"))?.change).not.toHaveProperty("managedAgents");
    expect(planReport(running(fresh, "app"))?.change).not.toHaveProperty("managedAgents");
  });
});
