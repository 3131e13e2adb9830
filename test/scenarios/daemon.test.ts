import { afterEach, expect, test } from "vitest";
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
const definition = (image: string) => ({
  family: "daemon",
  containerDefinitions: [{ name: "app", image, memory: 32, cpu: 32, stopTimeout: 1 }],
});
const images = () => house.agents.map(({ runtime }) => runtime.containers.map(({ spec }) => spec.image).join(" "));
const service = async () => (await house.call("DescribeServices", { services: ["daemon"] })).services?.[0];

test("a DAEMON service has one task on every container instance, whatever comes and goes", async () => {
  house = new WholeHouse();
  await house.open(2);
  await house.call("RegisterTaskDefinition", definition("one"));
  await house.call("CreateService", { serviceName: "daemon", taskDefinition: "daemon", schedulingStrategy: "DAEMON" });
  await pass(5000);
  expect(images()).toEqual(["one", "one"]);
  expect(await service()).toMatchObject({
    schedulingStrategy: "DAEMON",
    desiredCount: 2,
    runningCount: 2,
    deploymentConfiguration: { maximumPercent: 100, minimumHealthyPercent: 0 },
    deployments: [{ rolloutState: "COMPLETED" }],
  });

  await house.addAgent();
  await pass(3000);
  expect(images()).toEqual(["one", "one", "one"]);

  const [drained] = house.agents;
  const containerInstances = [drained?.containerInstanceArn ?? ""];
  await house.call("UpdateContainerInstancesState", { containerInstances, status: "DRAINING" });
  await pass(5000);
  expect(images()).toEqual(["", "one", "one"]);
  expect((await service())?.desiredCount).toBe(2);
  await house.call("UpdateContainerInstancesState", { containerInstances, status: "ACTIVE" });
  await pass(5000);
  expect(images()).toEqual(["one", "one", "one"]);

  await house.call("RegisterTaskDefinition", definition("two"));
  await house.call("UpdateService", { service: "daemon", taskDefinition: "daemon" });
  await pass(10_000);
  expect(images()).toEqual(["two", "two", "two"]);

  // An agent that is away does not make a machine one too few.
  house.agents[1]?.disconnect();
  await pass(20_000);
  expect(await service()).toMatchObject({ desiredCount: 3, runningCount: 3 });

  await house.call("DeleteService", { service: "daemon" });
  house.agents[1]?.connect();
  await pass(5000);
  expect(images()).toEqual(["", "", ""]);
});

test("a DAEMON service keeps to its placement constraints", async () => {
  house = new WholeHouse();
  await house.open(1, { zone: "us-east-1a" });
  await house.addAgent({ zone: "us-east-1b" });
  await house.call("RegisterTaskDefinition", definition("one"));
  await house.call("CreateService", {
    serviceName: "daemon",
    taskDefinition: "daemon",
    schedulingStrategy: "DAEMON",
    placementConstraints: [{ type: "memberOf", expression: "attribute:ecs.availability-zone == us-east-1b" }],
  });
  await pass(5000);
  expect(images()).toEqual(["", "one"]);
  expect(await service()).toMatchObject({ desiredCount: 1, runningCount: 1 });
});

test("a DAEMON service stops its task where the placement constraints do not hold any more, and no other", async () => {
  house = new WholeHouse();
  await house.open(3);
  const arns = () => house.agents.map(({ containerInstanceArn }) => containerInstanceArn);
  const mark = (value: string, ...machines: number[]) =>
    house.call("PutAttributes", {
      attributes: machines.map((machine) => ({ name: "stack", value, targetId: arns()[machine] ?? "" })),
    });
  await mark("prod", 0, 1, 2);
  await house.call("RegisterTaskDefinition", definition("one"));
  await house.call("CreateService", {
    serviceName: "daemon",
    taskDefinition: "daemon",
    schedulingStrategy: "DAEMON",
    placementConstraints: [{ type: "memberOf", expression: "attribute:stack == prod" }],
  });
  await pass(5000);
  expect(images()).toEqual(["one", "one", "one"]);
  const tasks = async (containerInstance: string) =>
    (await house.call("ListTasks", { containerInstance, desiredStatus: "STOPPED" })).taskArns ?? [];
  for (const machine of [0, 1, 2]) {
    await mark("test", machine);
    await pass(5000);
    expect(images()).toEqual([0, 1, 2].map((each) => (each === machine ? "" : "one")));
    expect((await service())?.desiredCount).toBe(2);
    const [stopped] = (await house.call("DescribeTasks", { tasks: await tasks(arns()[machine] ?? "") })).tasks ?? [];
    expect(stopped?.stoppedReason).toBe("The task no longer meets the placement constraints of its service");
    await mark("prod", machine);
    await pass(5000);
    expect(images()).toEqual(["one", "one", "one"]);
  }
});

test("a protected task of a DAEMON service that stays on a drained machine takes no other's place", async () => {
  house = new WholeHouse();
  await house.open(3);
  await house.call("RegisterTaskDefinition", definition("one"));
  await house.call("CreateService", { serviceName: "daemon", taskDefinition: "daemon", schedulingStrategy: "DAEMON" });
  await pass(5000);
  const containerInstances = [house.agents[0]?.containerInstanceArn ?? ""];
  const { taskArns: tasks = [] } = await house.call("ListTasks", { containerInstance: containerInstances[0] });
  await house.call("UpdateTaskProtection", { tasks, protectionEnabled: true, cluster: "default" });
  await house.call("UpdateContainerInstancesState", { containerInstances, status: "DRAINING" });
  await pass(5000);
  expect(images()).toEqual(["one", "one", "one"]);
  await house.call("UpdateTaskProtection", { tasks, protectionEnabled: false, cluster: "default" });
  await pass(5000);
  expect(images()).toEqual(["", "one", "one"]);
});

test.each([
  [{ desiredCount: 1 }, /does not support desired count/],
  [{ placementStrategy: [{ type: "random" as const }] }, /does not support placement strategies/],
  [{ deploymentConfiguration: { strategy: "CANARY" as const } }, /ROLLING deployment strategy alone/],
])("a DAEMON service cannot have %j", async (more, text) => {
  house = new WholeHouse();
  await house.open(0);
  await house.call("RegisterTaskDefinition", definition("one"));
  const create = house.call("CreateService", {
    serviceName: "daemon",
    taskDefinition: "daemon",
    schedulingStrategy: "DAEMON",
    ...more,
  });
  await expect(create).rejects.toThrow(text);
});
