import type { ChannelTaskDefinitionContainer } from "@hatoba/contract";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ContainerStatus } from "./container-steps.ts";
import { type DependencyOrder, dependencyOrder, internalContainers } from "./dependency-order.ts";
import { containerPayload, knownTask, taskPayload, vpcPayload } from "./engine.fixture.ts";
import { containerOf, type KnownContainer, type KnownTask, withContainer, withStopWanted } from "./known-task.ts";
import { planTask } from "./plan-task.ts";

type DependsOn = NonNullable<ChannelTaskDefinitionContainer["dependsOn"]>;
const checked = { healthCheckType: "docker" as const };

function orderOf(task: KnownTask): DependencyOrder {
  const order = dependencyOrder(task.payload, internalContainers(task.payload));
  if (order === undefined) throw new Error("no order");
  return order;
}
const acts = (task: KnownTask, now = 0) =>
  Object.fromEntries(planTask(task, orderOf(task), now).acts.map(({ container, act }) => [container, act]));
function put(task: KnownTask, name: string, status: ContainerStatus, more: Partial<KnownContainer> = {}): KnownTask {
  const known = containerOf(task, name);
  if (known === undefined) throw new Error(name);
  const ran = status === "RUNNING" || (status === "STOPPED" && more.exitCode !== undefined);
  return withContainer(task, { ...known, status, ...(ran ? { startedAt: 0 } : {}), ...more }, 0);
}
const dependent = (condition: DependsOn[number]["condition"], more: Partial<ChannelTaskDefinitionContainer> = {}) =>
  knownTask(
    taskPayload(1, {
      containers: [
        containerPayload("app", { dependsOn: [{ containerName: "db", condition }] }),
        containerPayload("db", { essential: false, ...checked, ...more }),
      ],
    }),
  );

describe("what a container waits for", () => {
  test.each([
    ["START", "CREATED", {}, undefined],
    ["START", "RUNNING", {}, "create"],
    ["START", "STOPPED", { exitCode: 1 }, "create"],
    ["COMPLETE", "RUNNING", {}, undefined],
    ["COMPLETE", "STOPPED", { exitCode: 1 }, "create"],
    ["SUCCESS", "STOPPED", { exitCode: 0 }, "create"],
    ["HEALTHY", "RUNNING", {}, undefined],
    ["HEALTHY", "RUNNING", { health: "UNHEALTHY" }, undefined],
    ["HEALTHY", "RUNNING", { health: "HEALTHY" }, "create"],
  ] as const)("%s of one that is %s %o: %s", (condition, status, more, act) => {
    const task = put(put(dependent(condition), "app", "PULLED"), "db", status, more);
    expect(acts(task)["app"]).toBe(act);
  });

  test.each([
    ["SUCCESS", { exitCode: 2 }, "did not exit successfully."],
    ["HEALTHY", { exitCode: 0 }, "did not exit successfully."],
    ["START", {}, "because dependency will never start"],
    ["COMPLETE", {}, "because dependency will never start"],
  ] as const)("%s of one that stopped %o can never be met", (condition, more, why) => {
    const task = put(put(dependent(condition), "app", "PULLED"), "db", "STOPPED", more);
    expect(planTask(task, orderOf(task), 0).hopeless).toMatchObject([
      { container: "app", reason: expect.stringContaining(why) as string },
    ]);
  });

  test("links wait for a start, volumesFrom for a creation", () => {
    const containers = [
      containerPayload("linked", { links: ["db:database"] }),
      containerPayload("sharing", { volumesFrom: [{ sourceContainer: "db", readOnly: true }] }),
      containerPayload("db"),
    ];
    let task = knownTask(taskPayload(1, { containers }));
    for (const name of ["linked", "sharing"]) task = put(task, name, "PULLED");
    expect(acts(put(task, "db", "PULLED"))).toEqual({ db: "create" });
    expect(acts(put(task, "db", "CREATED"))).toEqual({ db: "start", sharing: "create" });
    expect(acts(put(task, "db", "RUNNING"))).toEqual({ linked: "create", sharing: "create" });
  });

  test("the start time-out is the dependency's, from its start on", () => {
    const task = put(put(dependent("HEALTHY", { startTimeout: 10 }), "app", "PULLED"), "db", "RUNNING", {
      startedAt: 1000,
    });
    expect(planTask(task, orderOf(task), 5000)).toEqual({ acts: [], hopeless: [], wakeAt: 11_000 });
    expect(planTask(task, orderOf(task), 11_000).hopeless).toMatchObject([{ container: "app" }]);
  });
});

describe("an order that cannot be kept", () => {
  test.each([
    ["a cycle of two", [containerPayload("a", { links: ["b"] }), containerPayload("b", { links: ["a"] })]],
    ["itself", [containerPayload("a", { links: ["a"] })]],
    ["a name that is not there", [containerPayload("a", { links: ["nobody"] })]],
    [
      "health without a check",
      [containerPayload("a", { dependsOn: [{ containerName: "b", condition: "HEALTHY" }] }), containerPayload("b")],
    ],
  ])("%s", (_what, containers) => {
    expect(dependencyOrder(taskPayload(1, { containers }), [])).toBeUndefined();
  });
});

test("an essential container that has stopped takes the task with it", () => {
  const containers = [containerPayload("app"), containerPayload("side", { essential: false })];
  const task = put(put(knownTask(taskPayload(1, { containers })), "side", "RUNNING"), "app", "STOPPED", {
    exitCode: 0,
    finishedAt: 7,
  });
  expect(task).toMatchObject({ desiredStatus: "STOPPED", executionStoppedAt: 7 });
  expect(acts(task)).toEqual({ side: "stop" });
});

test("in a network namespace of its own, all wait for the pause container, and it goes last", () => {
  let task = put(knownTask(vpcPayload(1)), "app", "PULLED");
  expect(acts(task)).toEqual({ "~internal~ecs~pause": "pull" });
  task = put(put(task, "~internal~ecs~pause", "RUNNING"), "app", "RUNNING");
  expect(acts(withStopWanted(task))).toEqual({ app: "stop" });
  expect(acts(put(task, "app", "STOPPED", { exitCode: 0 }))).toEqual({ "~internal~ecs~pause": "stop" });
});

// Containers c0, c1, …; each may depend on those before it, so there is no cycle.
const graphs = fc.array(fc.array(fc.nat(5), { maxLength: 3 }), { minLength: 1, maxLength: 6 }).map((lists) =>
  lists.map((list, at) =>
    containerPayload(`c${at}`, {
      essential: false,
      dependsOn: [...new Set(list.filter((on) => on < at))].map((on) => ({
        containerName: `c${on}`,
        condition: "START" as const,
      })),
    }),
  ),
);

test("nothing starts before what it depends on, nothing stops before what depends on it, and the plan comes to an end", () => {
  const statuses = { pull: "PULLED", create: "CREATED", start: "RUNNING", stop: "STOPPED" } as const;
  fc.assert(
    fc.property(graphs, fc.array(fc.nat(20), { maxLength: 80 }), fc.nat(30), (containers, choices, stopAfter) => {
      let task = knownTask(taskPayload(1, { containers }));
      const order = orderOf(task);
      const statusOf = (name: string) => containerOf(task, name)?.status;
      const dependencies = (name: string) => order.dependenciesOf(name).map(({ on }) => statusOf(on));
      const dependents = (name: string) => order.dependentsOf(name).map(statusOf);
      let turns = 0;
      for (;;) {
        if (turns === stopAfter) task = withStopWanted(task);
        const plan = planTask(task, order, 0);
        const next = plan.acts[(choices[turns] ?? 0) % Math.max(1, plan.acts.length)];
        if (next === undefined) break;
        const { container, act } = next;
        if (act === "create" || act === "start")
          expect(dependencies(container).every((status) => status === "RUNNING")).toBe(true);
        if (act === "stop" && statusOf(container) === "RUNNING") {
          expect(dependents(container).filter((status) => status === "RUNNING")).toEqual([]);
        }
        task = put(task, container, statuses[act]);
        turns += 1;
      }
      const end = task.desiredStatus;
      expect(new Set(task.containers.map(({ status }) => status))).toEqual(new Set([end]));
    }),
  );
});
