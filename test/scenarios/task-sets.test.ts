import type { DeploymentControllerType } from "@aws-sdk/client-ecs";
import { afterEach, expect, test } from "vitest";
import type { Input } from "../../packages/control-plane/src/api/ecs/operation.ts";
import type { ManualClock } from "../../packages/control-plane/src/platform/clock.ts";
import { WholeHouse } from "../harness/whole-house.ts";

let house: WholeHouse;
afterEach(() => house.close());

async function pass(milliseconds: number): Promise<void> {
  for (let passed = 0; passed < milliseconds; passed += 1000) {
    (house.clock as ManualClock).advance(1000);
    for (let turn = 0; turn < 20; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
  }
}
async function open(desiredCount = 3, type: DeploymentControllerType = "EXTERNAL"): Promise<void> {
  house = new WholeHouse();
  await house.open(2);
  for (const image of ["one", "two"]) {
    await house.call("RegisterTaskDefinition", {
      family: image,
      containerDefinitions: [{ name: "app", image, memory: 32, stopTimeout: 1 }],
    });
  }
  await house.call("CreateService", {
    serviceName: "web",
    desiredCount,
    deploymentController: { type },
    ...(type === "EXTERNAL" ? {} : { taskDefinition: "one" }),
  });
}
const here = { cluster: "default", service: "web" };
const create = async (taskDefinition: string, more: Partial<Input<"CreateTaskSet">> = {}) =>
  (await house.call("CreateTaskSet", { ...here, taskDefinition, ...more })).taskSet?.id ?? "";
const scaled = (taskSet: string, value: number) =>
  house.call("UpdateTaskSet", { ...here, taskSet, scale: { value, unit: "PERCENT" } });
const images = () =>
  house.agents
    .flatMap(({ runtime }) => runtime.containers.map(({ spec }) => spec.image))
    .toSorted()
    .join(" ");
const service = async () => (await house.call("DescribeServices", { services: ["web"] })).services?.[0];
const taskSets = async () => (await house.call("DescribeTaskSets", here)).taskSets ?? [];

test("somebody else deploys: a second task set grows, becomes the primary one, and the first goes", async () => {
  await open();
  expect(await service()).toMatchObject({ status: "ACTIVE", desiredCount: 3, taskSets: [], deployments: [] });
  const blue = await create("one", { externalId: "blue" });
  await pass(5000);
  expect(images()).toBe("one one one");
  expect(await taskSets()).toMatchObject([
    {
      id: blue,
      taskSetArn: `arn:aws:ecs:us-east-1:000000000000:task-set/default/web/${blue}`,
      externalId: "blue",
      status: "ACTIVE",
      computedDesiredCount: 3,
      runningCount: 3,
      pendingCount: 0,
      launchType: "EC2",
      scale: { value: 100, unit: "PERCENT" },
      stabilityStatus: "STEADY_STATE",
    },
  ]);
  await house.call("UpdateServicePrimaryTaskSet", { ...here, primaryTaskSet: blue });
  expect(await service()).toMatchObject({
    taskDefinition: expect.stringContaining("/one:1"),
    taskSets: [{ id: blue, status: "PRIMARY" }],
  });

  const green = await create("two", { scale: { value: 34, unit: "PERCENT" } });
  await pass(5000);
  expect(images()).toBe("one one one two two");
  await scaled(green, 100);
  await pass(5000);
  await house.call("UpdateServicePrimaryTaskSet", { ...here, primaryTaskSet: green });
  expect((await taskSets()).map(({ status }) => status)).toEqual(["ACTIVE", "PRIMARY"]);
  await expect(house.call("DeleteTaskSet", { ...here, taskSet: blue })).rejects.toThrow(/scaled above 0/);
  const { taskSet } = await house.call("DeleteTaskSet", { ...here, taskSet: blue, force: true });
  expect(taskSet).toMatchObject({ status: "DRAINING", computedDesiredCount: 0, stabilityStatus: "STABILIZING" });
  await pass(5000);
  expect(images()).toBe("two two two");
  expect((await taskSets()).map(({ id }) => id)).toEqual([green]);
  expect(await service()).toMatchObject({ runningCount: 3, taskDefinition: expect.stringContaining("/two:1") });

  const { taskArns } = await house.call("ListTasks", { startedBy: green });
  expect(taskArns).toHaveLength(3);
  const messages = (await service())?.events?.map(({ message }) => message) ?? [];
  expect(messages[0]).toBe("(service web) has reached a steady state.");
  expect(messages.filter((message) => message?.startsWith(`(service web, taskSet ${green}) has started`))).not.toEqual(
    [],
  );
});

test("a task set follows the service's desired count, replaces what is lost, and ends with the service", async () => {
  await open(1);
  const blue = await create("one", { tags: [{ key: "colour", value: "blue" }] });
  const green = await create("two", { scale: { value: 50, unit: "PERCENT" } });
  await pass(5000);
  await house.call("UpdateService", { service: "web", desiredCount: 4 });
  await pass(5000);
  expect(images()).toBe("one one one one two two");
  const [taskArn = ""] = (await house.call("ListTasks", { startedBy: green })).taskArns ?? [];
  await house.call("StopTask", { task: taskArn });
  await pass(5000);
  expect(images()).toBe("one one one one two two");

  const containerInstances = [house.agents[0]?.containerInstanceArn ?? ""];
  await house.call("UpdateContainerInstancesState", { containerInstances, status: "DRAINING" });
  await pass(10_000);
  expect(house.agents.map(({ runtime }) => runtime.containers.length)).toEqual([0, 6]);

  const { taskSets: shown } = await house.call("DescribeTaskSets", {
    ...here,
    taskSets: [blue, "ecs-svc/1"],
    include: ["TAGS"],
  });
  expect(shown).toMatchObject([{ id: blue, tags: [{ key: "colour", value: "blue" }] }]);
  await house.call("DeleteService", { service: "web", force: true });
  await pass(5000);
  expect(images()).toBe("");
  expect(await service()).toMatchObject({ status: "INACTIVE", taskSets: [] });
});

test("a CODE_DEPLOY service begins with a primary task set of its own task definition", async () => {
  await open(2, "CODE_DEPLOY");
  await pass(5000);
  expect(images()).toBe("one one");
  const [first] = await taskSets();
  expect(first).toMatchObject({ status: "PRIMARY", runningCount: 2 });
  await expect(house.call("UpdateService", { service: "web", taskDefinition: "two" })).rejects.toThrow(
    "Unable to update task definition on services with a CODE_DEPLOY deployment controller.",
  );
  await expect(house.call("DeleteTaskSet", { ...here, taskSet: first?.id ?? "" })).rejects.toThrow(/without force/);
});

test("what task sets and their services cannot have is refused", async () => {
  await open(1);
  const refused = async (call: Promise<unknown>) =>
    await call.then(
      () => "done",
      (error: Error) => error.message,
    );
  expect(await refused(scaled("ecs-svc/1", 50))).toBe("The specified task set was not found.");
  const blue = await create("one", { clientToken: "once" });
  expect(await create("one", { clientToken: "once" })).toBe(blue);
  expect(await refused(create("two", { clientToken: "once" }))).toMatch(/not idempotent/);
  expect(await refused(scaled(blue, 101))).toMatch(/between 0 and 100/);
  for (let more = 1; more < 5; more++) await create("one");
  expect(await refused(create("one"))).toMatch(/^5 deployments exist on the service/);
  expect(await refused(house.call("UpdateService", { service: "web", forceNewDeployment: true }))).toMatch(
    /^Cannot force a new deployment on services with an EXTERNAL deployment controller/,
  );
  await house.call("CreateService", { serviceName: "rolling", taskDefinition: "one", desiredCount: 0 });
  expect(await refused(create("one", { service: "rolling" }))).toMatch(/only supports task set management/);
  const external = { deploymentController: { type: "EXTERNAL" as const }, desiredCount: 0 };
  expect(await refused(house.call("CreateService", { serviceName: "other", taskDefinition: "one", ...external }))).toBe(
    "TaskDefinition must be blank.",
  );
});
