import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { exampleContainer, exampleContainerInstanceArn, exampleTask, exampleTime } from "../../../model/examples.ts";
import type { Task } from "../../../model/task.ts";
import { applyStateChange } from "./apply-state-change.ts";
import type { ContainerStateChange, StateChange } from "./state-change.ts";

const now = exampleTime + 60_000;
const bindings = [{ bindIP: "0.0.0.0", containerPort: 80, hostPort: 32768, protocol: "tcp" as const }];

/** PENDING on an instance, with an essential container `app` and one more, `side`. */
const pending = (overrides: Partial<Task> = {}): Task =>
  exampleTask({
    lastStatus: "PENDING",
    containerInstanceArn: exampleContainerInstanceArn(),
    containers: [exampleContainer(), exampleContainer({ name: "side", essential: false })],
    ...overrides,
  });
const report = (status?: StateChange["status"], ...containers: readonly ContainerStateChange[]): StateChange => ({
  ...(status === undefined ? {} : { status }),
  containers,
});
const app = (status: ContainerStateChange["status"], facts: Partial<ContainerStateChange> = {}) => ({
  containerName: "app",
  ...(status === undefined ? {} : { status }),
  ...facts,
});
const side = (status: "RUNNING" | "STOPPED", facts: Partial<ContainerStateChange> = {}) => ({
  containerName: "side",
  status,
  ...facts,
});
const after = (task: Task, ...changes: readonly StateChange[]) =>
  changes.reduce((held, change) => applyStateChange(held, change, now), task);
const running = () =>
  after(pending(), report("RUNNING", app("RUNNING", { runtimeId: "r", networkBindings: bindings }), side("RUNNING")));

describe("on the way to RUNNING", () => {
  test("a container may run while the task is pending", () => {
    const task = after(pending(), report("PENDING", app("RUNNING", { runtimeId: "r1", networkBindings: bindings })));
    expect(task).toMatchObject({ lastStatus: "PENDING", connectivity: "CONNECTED", connectivityAt: now });
    expect(task.containers[0]).toMatchObject({ lastStatus: "RUNNING", runtimeId: "r1", networkBindings: bindings });
    expect(task.containers[1]?.lastStatus).toBe("PENDING");
    expect(task.startedAt).toBeUndefined();
  });

  test("the digest comes before, and stays", () => {
    const task = after(pending(), report("PENDING", app("PENDING", { imageDigest: "sha256:1" })), report("RUNNING"));
    expect(task).toMatchObject({ lastStatus: "RUNNING", startedAt: now });
    expect(task.containers[0]?.imageDigest).toBe("sha256:1");
  });

  test("times of the pull are kept", () => {
    const task = after(pending(), { ...report("RUNNING"), pullStartedAt: 1, pullStoppedAt: 2 });
    expect(task).toMatchObject({ pullStartedAt: 1, pullStoppedAt: 2 });
  });
});

describe("the end", () => {
  test.each<[string, Task, StateChange, Partial<Task>]>([
    [
      "an essential container exits",
      running(),
      report("STOPPED", app("STOPPED", { exitCode: 0 })),
      { stopCode: "EssentialContainerExited", stoppedReason: "Essential container in task exited" },
    ],
    [
      "it is killed for memory",
      running(),
      report(
        "STOPPED",
        app("STOPPED", { exitCode: 137, reason: "OutOfMemoryError: Container killed due to memory usage" }),
      ),
      { stopCode: "EssentialContainerExited", stoppedReason: "Essential container in task exited" },
    ],
    [
      "it is killed for memory before the task was seen running",
      pending(),
      report(
        "STOPPED",
        app("STOPPED", { exitCode: 137, reason: "OutOfMemoryError: Container killed due to memory usage" }),
      ),
      { stopCode: "EssentialContainerExited", stoppedReason: "Essential container in task exited" },
    ],
    [
      "it exits before the task was seen running",
      pending(),
      report("STOPPED", app("RUNNING", { runtimeId: "r" }), app("STOPPED", { exitCode: 1 })),
      { stopCode: "EssentialContainerExited", stoppedReason: "Essential container in task exited" },
    ],
    [
      "the image is not there",
      pending(),
      report("STOPPED", app("STOPPED", { reason: "CannotPullContainerError: not found" })),
      { stopCode: "TaskFailedToStart", stoppedReason: "CannotPullContainerError: not found" },
    ],
    [
      "a dependency fails",
      pending(),
      report(
        "STOPPED",
        side("RUNNING"),
        side("STOPPED", { exitCode: 1 }),
        app("STOPPED", { exitCode: 143, reason: "CannotStartContainerError: dependency graph: failed" }),
      ),
      { stopCode: "TaskFailedToStart", stoppedReason: "CannotStartContainerError: dependency graph: failed" },
    ],
    [
      "it exits while another container, which it could do without, cannot start",
      pending(),
      report("STOPPED", side("STOPPED", { reason: "CannotPullContainerError: no" }), app("STOPPED", { exitCode: 0 })),
      { stopCode: "EssentialContainerExited", stoppedReason: "Essential container in task exited" },
    ],
    [
      "the agent cannot make the task",
      pending(),
      {
        ...report("STOPPED"),
        reason: "UnrecogniedTaskError: Error loading task - invalid volume: empty volume configuration",
      },
      {
        stopCode: "TaskFailedToStart",
        stoppedReason: "UnrecogniedTaskError: Error loading task - invalid volume: empty volume configuration",
      },
    ],
    [
      "a secret is not there",
      pending(),
      {
        ...report("STOPPED"),
        reason: "Fetching secret data from SSM Parameter Store in us-east-1: invalid parameters: x",
      },
      {
        stopCode: "TaskFailedToStart",
        stoppedReason:
          "ResourceInitializationError: Fetching secret data from SSM Parameter Store in us-east-1: invalid parameters: x",
      },
    ],
    [
      "nothing is known",
      pending(),
      report("STOPPED"),
      { stopCode: "TaskFailedToStart", stoppedReason: "Task failed to start" },
    ],
    [
      "it was asked for",
      { ...running(), desiredStatus: "STOPPED", stopCode: "UserInitiated", stoppedReason: "enough", stoppingAt: 5 },
      report("STOPPED", app("STOPPED", { exitCode: 143 })),
      { stopCode: "UserInitiated", stoppedReason: "enough", stoppingAt: 5 },
    ],
  ])("%s", (_what, before, change, expected) => {
    const task = after(before, { ...change, executionStoppedAt: 7 });
    expect(task).toMatchObject({
      ...expected,
      desiredStatus: "STOPPED",
      lastStatus: "STOPPED",
      stoppedAt: now,
      executionStoppedAt: 7,
    });
    expect(task.containers.map(({ lastStatus }) => lastStatus)).toEqual(["STOPPED", "STOPPED"]);
  });

  test("begins with an essential container, not with another one", () => {
    const without = after(running(), report("RUNNING", side("STOPPED", { exitCode: 7 })));
    expect(without).toMatchObject({ desiredStatus: "RUNNING", lastStatus: "RUNNING" });
    const stopping = after(without, { ...report("RUNNING", app("STOPPED", { exitCode: 137 })), executionStoppedAt: 9 });
    expect(stopping).toMatchObject({
      desiredStatus: "STOPPED",
      lastStatus: "RUNNING",
      stopCode: "EssentialContainerExited",
      stoppingAt: now,
      executionStoppedAt: 9,
    });
  });

  test("a RUNNING container may have an exit code already, and keeps its ports", () => {
    const task = after(running(), report("STOPPED", app("RUNNING", { exitCode: 3 }), app("STOPPED", { exitCode: 3 })));
    expect(task.containers[0]).toMatchObject({ lastStatus: "STOPPED", exitCode: 3, networkBindings: bindings });
  });
});

describe("attachments", () => {
  const attachment = {
    id: "a-1",
    type: "ElasticNetworkInterface" as const,
    status: "PRECREATED" as const,
    details: [],
  };
  const awsvpc = pending({ attachments: [attachment] });
  const status = (task: Task) => task.attachments[0]?.status;
  test("are ATTACHED with the first container, or when the agent says so, and DELETED in the end", () => {
    expect(status(after(awsvpc, report("PENDING")))).toBe("PRECREATED");
    expect(status(after(awsvpc, report("PENDING", app("RUNNING"))))).toBe("ATTACHED");
    const attached = ["arn:aws:ecs:us-east-1:000000000000:attachment/default/a-1"];
    expect(status(after(awsvpc, { containers: [], attached }))).toBe("ATTACHED");
    expect(status(after(awsvpc, { containers: [], attached: ["a-2"] }))).toBe("PRECREATED");
    expect(status(after(awsvpc, report("STOPPED", app("STOPPED"))))).toBe("DELETED");
  });
});

describe("what changes nothing", () => {
  test.each<[string, Task, StateChange]>([
    ["a report on a task that has stopped", after(running(), report("STOPPED")), report("RUNNING", app("RUNNING"))],
    ["a report on a task that is nowhere", exampleTask(), report("RUNNING", app("RUNNING"))],
    ["an unknown container", running(), report("RUNNING", { containerName: "other", status: "STOPPED" })],
    ["an older status", running(), report("PENDING", app("PENDING", { runtimeId: "older" }))],
  ])("%s", (_what, task, change) => {
    expect(applyStateChange(task, change, now + 1)).toBe(task);
  });
});

const anyContainer: fc.Arbitrary<ContainerStateChange> = fc.record(
  {
    containerName: fc.constantFrom("app", "side"),
    status: fc.constantFrom("PENDING" as const, "RUNNING" as const, "STOPPED" as const),
    exitCode: fc.nat(3),
    reason: fc.constantFrom("x", "y"),
    runtimeId: fc.constantFrom("r", "s"),
  },
  { requiredKeys: ["containerName"] },
);
const anyReport: fc.Arbitrary<StateChange> = fc.record(
  {
    status: fc.constantFrom("PENDING" as const, "RUNNING" as const, "STOPPED" as const),
    reason: fc.constantFrom("a", "b"),
    containers: fc.array(anyContainer, { maxLength: 3 }),
    executionStoppedAt: fc.nat(9),
  },
  { requiredKeys: ["containers"] },
);
const order = [
  "PROVISIONING",
  "PENDING",
  "ACTIVATING",
  "RUNNING",
  "DEACTIVATING",
  "STOPPING",
  "DEPROVISIONING",
  "STOPPED",
];

describe("whatever agents report", () => {
  test("nothing goes backwards", () => {
    fc.assert(
      fc.property(fc.array(anyReport, { maxLength: 8 }), (reports) => {
        let task = pending();
        for (const change of reports) {
          const next = applyStateChange(task, change, now);
          expect(order.indexOf(next.lastStatus)).toBeGreaterThanOrEqual(order.indexOf(task.lastStatus));
          if (task.desiredStatus === "STOPPED") expect(next.desiredStatus).toBe("STOPPED");
          if (task.stoppedReason !== undefined) expect(next.stoppedReason).toBe(task.stoppedReason);
          for (const [index, container] of task.containers.entries()) {
            const status = next.containers[index]?.lastStatus ?? "";
            expect(order.indexOf(status)).toBeGreaterThanOrEqual(order.indexOf(container.lastStatus));
          }
          task = next;
        }
      }),
    );
  });

  test("a report that comes again, however late and often, changes nothing", () => {
    const history = fc.array(fc.tuple(anyReport, fc.array(fc.nat())), { maxLength: 8 });
    fc.assert(
      fc.property(history, (entries) => {
        let once = pending();
        let again = pending();
        const past: StateChange[] = [];
        for (const [change, repeats] of entries) {
          past.push(change);
          once = applyStateChange(once, change, now);
          again = applyStateChange(again, change, now);
          for (const index of repeats) {
            const repeated = past[index % past.length];
            if (repeated !== undefined) again = applyStateChange(again, repeated, now);
          }
        }
        expect(again).toEqual(once);
      }),
    );
  });
});

describe("what makes ECS Exec work in a container", () => {
  const managed = (lastStatus: "PENDING" | "RUNNING" | "STOPPED" = "PENDING") => [
    { name: "ExecuteCommandAgent" as const, lastStatus },
  ];
  const withExec = () => pending({ containers: [exampleContainer({ managedAgents: managed() })] });
  const says = (status: "RUNNING" | "STOPPED", reason?: string): StateChange => ({
    containers: [],
    managedAgents: [{ containerName: "app", status, ...(reason === undefined ? {} : { reason }) }],
  });
  const agentOf = (task: Task) => task.containers[0]?.managedAgents?.[0];

  test("starts, stops with its reason, and starts again", () => {
    const started = after(withExec(), report("RUNNING", app("RUNNING")), says("RUNNING"));
    expect(agentOf(started)).toEqual({ name: "ExecuteCommandAgent", lastStatus: "RUNNING", lastStartedAt: now });
    expect(after(started, says("RUNNING"))).toBe(started);
    const stopped = after(started, says("STOPPED", "it broke"));
    expect(agentOf(stopped)).toMatchObject({ lastStatus: "STOPPED", reason: "it broke" });
    expect(agentOf(after(stopped, says("RUNNING")))).not.toHaveProperty("reason");
  });

  test("ends with its container, and with its task", () => {
    const started = after(withExec(), report("RUNNING", app("RUNNING")), says("RUNNING"));
    expect(agentOf(after(started, report(undefined, app("STOPPED"))))?.lastStatus).toBe("STOPPED");
    expect(agentOf(after(started, report("STOPPED")))?.lastStatus).toBe("STOPPED");
  });

  test("is nothing in a task without it", () => {
    const task = running();
    expect(after(task, says("RUNNING"))).toBe(task);
  });
});
