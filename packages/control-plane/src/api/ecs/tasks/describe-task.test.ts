import { describe, expect, test } from "vitest";
import {
  exampleContainer,
  exampleRunningTask,
  exampleTask,
  exampleTaskArn,
  exampleTaskDefinition,
} from "../../../model/examples.ts";
import type { Task } from "../../../model/task.ts";
import { describeTask } from "./describe-task.ts";
import { shownStatus } from "./shown-status.ts";
import { taskHealth } from "./task-health.ts";

const gone = [exampleContainer({ lastStatus: "STOPPED" })];
const half = [exampleContainer({ lastStatus: "RUNNING" }), exampleContainer({ name: "side", lastStatus: "STOPPED" })];

describe("the status that is shown", () => {
  test.each<[string, Partial<Task>, boolean, string]>([
    ["wanted", {}, true, "RUNNING"],
    ["to stop, with traffic", { desiredStatus: "STOPPED" }, true, "DEACTIVATING"],
    ["to stop, with traffic, half of it gone", { desiredStatus: "STOPPED", containers: half }, true, "STOPPING"],
    ["to stop", { desiredStatus: "STOPPED" }, false, "STOPPING"],
    ["to stop, its processes gone", { desiredStatus: "STOPPED", containers: gone }, false, "DEPROVISIONING"],
    ["to stop before it was placed", { desiredStatus: "STOPPED", lastStatus: "PROVISIONING" }, false, "DEPROVISIONING"],
    ["to stop before it runs", { desiredStatus: "STOPPED", lastStatus: "PENDING" }, true, "STOPPING"],
    ["stopped", { desiredStatus: "STOPPED", lastStatus: "STOPPED", containers: gone }, true, "STOPPED"],
  ])("%s", (_what, overrides, hasTraffic, expected) => {
    expect(shownStatus(exampleRunningTask(overrides), hasTraffic)).toBe(expected);
  });
});

describe("a task's health", () => {
  const healthCheck = { command: ["CMD-SHELL", "true"] };
  const definition = exampleTaskDefinition({
    registered: {
      containerDefinitions: [
        { name: "app", healthCheck },
        { name: "db", healthCheck },
        { name: "side", essential: false, healthCheck },
        { name: "plain", healthCheck: { command: ["NONE"] } },
      ],
    },
  });
  test.each<[Task["containers"][number]["healthStatus"], Task["containers"][number]["healthStatus"], string]>([
    ["HEALTHY", "HEALTHY", "HEALTHY"],
    ["HEALTHY", undefined, "UNKNOWN"],
    [undefined, "UNHEALTHY", "UNHEALTHY"],
    ["UNKNOWN", "HEALTHY", "UNKNOWN"],
  ])("app %s, db %s: %s", (app, db, expected) => {
    const container = (name: string, healthStatus: typeof app) =>
      exampleContainer({ name, ...(healthStatus === undefined ? {} : { healthStatus }) });
    const containers = [
      container("app", app),
      container("db", db),
      container("side", "UNHEALTHY"),
      container("plain", undefined),
    ];
    expect(taskHealth(exampleTask({ containers }), definition)).toBe(expected);
  });
  test("is UNKNOWN without a check", () => {
    expect(taskHealth(exampleTask(), exampleTaskDefinition())).toBe("UNKNOWN");
  });
});

test("an exit code is shown once the container has stopped", () => {
  const shown = (lastStatus: "RUNNING" | "STOPPED") =>
    describeTask(
      {
        arn: exampleTaskArn(),
        revision: 7,
        value: exampleTask({ containers: [exampleContainer({ lastStatus, exitCode: 3 })] }),
      },
      { taskDefinition: undefined, cpuArchitecture: "arm64", agentConnected: true, hasTraffic: false },
      { tags: false },
    );
  expect(shown("RUNNING").containers?.[0]?.exitCode).toBeUndefined();
  expect(shown("STOPPED")).toMatchObject({
    version: 7,
    containers: [{ exitCode: 3 }],
    attributes: [{ name: "ecs.cpu-architecture", value: "arm64" }],
  });
});

test.each<[string, Partial<Task>, boolean, string | undefined]>([
  ["whose agent has acknowledged it", { connectivity: "CONNECTED" }, true, "CONNECTED"],
  ["whose agent is away", { connectivity: "CONNECTED" }, false, "DISCONNECTED"],
  ["that has stopped keeps what was so", { connectivity: "CONNECTED", lastStatus: "STOPPED" }, false, "CONNECTED"],
  ["that no agent has heard of", {}, false, undefined],
])("connectivity of a task %s", (_what, of, agentConnected, expected) => {
  const { connectivity: _none, ...task } = exampleRunningTask();
  const surroundings = { taskDefinition: undefined, cpuArchitecture: undefined, agentConnected, hasTraffic: false };
  const value: Task = { ...task, ...of };
  expect(describeTask({ arn: exampleTaskArn(), revision: 1, value }, surroundings, { tags: false }).connectivity).toBe(
    expected,
  );
});
