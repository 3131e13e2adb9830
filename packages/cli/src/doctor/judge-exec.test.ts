import type { Task } from "@aws-sdk/client-ecs";
import { describe, expect, test } from "vitest";
import { type ExecFacts, judgeExec, judgePlugin } from "./judge-exec.ts";

const container = {
  name: "web",
  lastStatus: "RUNNING",
  runtimeId: "id",
  managedAgents: [{ name: "ExecuteCommandAgent", lastStatus: "RUNNING" }],
} as const;
const task: Task = {
  lastStatus: "RUNNING",
  enableExecuteCommand: true,
  containers: [{ ...container, managedAgents: [...container.managedAgents] }],
};
const facts: ExecFacts = { wanted: { task: "t" }, task, connected: true, pluginVersion: "1.2.764.0" };

describe("judgeExec", () => {
  test("all is well", () => {
    expect(judgeExec(facts).map(({ verdict }) => verdict)).toEqual(["ok", "ok", "ok", "ok", "ok", "ok"]);
  });

  test.each<[string, Partial<ExecFacts>, string, RegExp]>([
    ["no such task", { task: undefined }, "Task", /not there/],
    ["stopped", { task: { ...task, lastStatus: "STOPPED", stoppedReason: "Bye" } }, "Task", /STOPPED \(Bye\)/],
    ["not enabled", { task: { ...task, enableExecuteCommand: false } }, "ECS Exec", /not enabled/],
    ["another container", { wanted: { task: "t", container: "db" } }, "Container", /no container db/],
    ["several", { task: { ...task, containers: [{ name: "a" }, { name: "b" }] } }, "Container", /several/],
    [
      "pending",
      { task: { ...task, containers: [{ ...container, managedAgents: [], lastStatus: "PENDING" }] } },
      "Container",
      /web is PENDING/,
    ],
    [
      "no managed agent",
      { task: { ...task, containers: [{ ...container, managedAgents: [] }] } },
      "ExecuteCommandAgent",
      /absent/,
    ],
    ["agent away", { connected: false }, "Agent", /not connected/],
  ])("%s", (_title, more, subject, found) => {
    const problems = judgeExec({ ...facts, ...more }).filter(({ verdict }) => verdict === "problem");
    expect(problems).toMatchObject([{ subject, found: expect.stringMatching(found) as string }]);
    expect(problems[0]?.advice).toBeDefined();
  });
});

test.each([
  [undefined, "warning"],
  ["1.2.0.0", "ok"],
  ["1.2.677.0", "warning"],
  ["1.2.764.0", "ok"],
  ["1.2.835.0\n", "ok"],
  ["1.2.889.0", "warning"],
  ["1.2.896.0", "warning"],
  ["2.0.0.0", "warning"],
  ["something", "warning"],
] as const)("plugin %j", (version, verdict) => expect(judgePlugin(version).verdict).toBe(verdict));
