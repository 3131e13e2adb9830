import { afterEach, beforeEach, expect, test } from "vitest";
import { ContainerFailure } from "../../packages/agent/src/runtime/container-runtime.ts";
import type { ManualClock } from "../../packages/control-plane/src/platform/clock.ts";
import { update } from "../../packages/control-plane/src/store/update.ts";
import { WholeHouse } from "../harness/whole-house.ts";

let house: WholeHouse;
let broken: Set<string>;

async function pass(milliseconds: number): Promise<void> {
  for (let passed = 0; passed < milliseconds; passed += 1000) {
    (house.clock as ManualClock).advance(1000);
    for (let turn = 0; turn < 20; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
  }
}
const register = (image: string) =>
  house.call("RegisterDaemonTaskDefinition", {
    family: "watch",
    containerDefinitions: [{ name: "watch", image, memory: 32, cpu: 32, stopTimeout: 1 }],
  });
const images = () =>
  house.agents.map(({ runtime }) =>
    runtime.containers
      .map(({ spec }) => spec.image)
      .sort()
      .join(" "),
  );
const daemonArn = "arn:aws:ecs:us-east-1:000000000000:daemon/default/watch";
const newest = async () => {
  const { daemon } = await house.call("DescribeDaemon", { daemonArn });
  const daemonDeploymentArns = [daemon?.deploymentArn ?? ""];
  return (await house.call("DescribeDaemonDeployments", { daemonDeploymentArns })).daemonDeployments?.[0];
};
/** The machine of this number stands for one of the provider's instances, as its agent would say with ECS_INSTANCE_ATTRIBUTES. */
const join = (number: number) =>
  update(house.store, "containerInstance", house.agents[number]?.containerInstanceArn ?? "", (instance) => ({
    ...instance,
    attributes: [...instance.attributes, { name: "hatoba.capacity-provider", value: "managed" }],
  }));

beforeEach(async () => {
  broken = new Set();
  house = new WholeHouse({
    programOf: ({ image }) =>
      broken.has(image)
        ? { failStart: new ContainerFailure("CannotStartContainerError", "no such program") }
        : image === "mortal"
          ? { exitAfterMs: 10_000, exitCode: 1 }
          : {},
  });
  await house.open(3);
  await house.call("CreateCapacityProvider", {
    name: "managed",
    cluster: "default",
    managedInstancesProvider: {
      infrastructureRoleArn: "arn:aws:iam::000000000000:role/infrastructure",
      instanceLaunchTemplate: {
        ec2InstanceProfileArn: "arn:aws:iam::000000000000:instance-profile/instance",
        networkConfiguration: { subnets: ["subnet-1"] },
      },
    },
  });
  await join(0);
  await join(1);
});
afterEach(() => house.close());

test("a daemon has one task on every container instance of its capacity provider, and rolls one after another", async () => {
  const { daemonTaskDefinitionArn = "" } = await register("one");
  expect(daemonTaskDefinitionArn).toMatch(/:daemon-task-definition\/watch:1$/);
  const created = await house.call("CreateDaemon", {
    daemonName: "watch",
    daemonTaskDefinitionArn,
    capacityProviderArns: ["managed"],
    critical: false,
  });
  expect(created).toMatchObject({ daemonArn, status: "ACTIVE" });
  await pass(3000);
  expect(images()).toEqual(["one", "one", ""]);
  expect(await newest()).toMatchObject({
    status: "SUCCESSFUL",
    targetDaemonRevision: { totalRunningInstanceCount: 2, totalWithoutDaemonInstanceCount: 0 },
  });

  await join(2);
  await pass(3000);
  expect(images()).toEqual(["one", "one", "one"]);

  const second = await register("two");
  await house.call("UpdateDaemon", {
    daemonArn,
    daemonTaskDefinitionArn: second.daemonTaskDefinitionArn,
    capacityProviderArns: ["managed"],
    deploymentConfiguration: { drainPercent: 34, bakeTimeInMinutes: 1 },
  });
  const seen = new Set<number>();
  for (let second = 0; second < 300; second++) {
    await pass(1000);
    seen.add(images().filter((image) => image === "").length);
  }
  expect(Math.max(...seen)).toBeLessThanOrEqual(1);
  expect(images()).toEqual(["two", "two", "two"]);
  expect(await newest()).toMatchObject({ status: "SUCCESSFUL" });
  const { daemonDeployments } = await house.call("ListDaemonDeployments", { daemonArn });
  expect(daemonDeployments?.map(({ status }) => status)).toEqual(["SUCCESSFUL", "SUCCESSFUL"]);
  // To those who look for tasks of services or of RunTask, its task definition is none.
  expect((await house.call("ListTaskDefinitions", {})).taskDefinitionArns).toEqual([]);

  expect(await house.call("DeleteDaemon", { daemonArn })).toMatchObject({ status: "DELETE_IN_PROGRESS" });
  await pass(5000);
  expect(images()).toEqual(["", "", ""]);
  expect((await house.call("ListDaemons", {})).daemonSummariesList).toEqual([]);
});

test("a revision that does not start goes back to the one before", async () => {
  const { daemonTaskDefinitionArn } = await register("one");
  await house.call("CreateDaemon", { daemonName: "watch", daemonTaskDefinitionArn, capacityProviderArns: ["managed"] });
  await pass(3000);
  broken.add("two");
  const second = await register("two");
  await house.call("UpdateDaemon", {
    daemonArn,
    daemonTaskDefinitionArn: second.daemonTaskDefinitionArn,
    capacityProviderArns: ["managed"],
  });
  await pass(30_000);
  expect(images()).toEqual(["one", "one", ""]);
  const deployment = await newest();
  expect(deployment).toMatchObject({
    status: "ROLLBACK_SUCCESSFUL",
    circuitBreaker: { status: "TRIGGERED" },
    rollback: { rollbackTargetDaemonRevisionArn: deployment?.sourceDaemonRevisions?.[0]?.arn },
  });
});

test("where a critical daemon fails, the other tasks of its container instance stop", async () => {
  const { daemonTaskDefinitionArn } = await register("mortal");
  await house.call("CreateDaemon", { daemonName: "watch", daemonTaskDefinitionArn, capacityProviderArns: ["managed"] });
  await house.call("RegisterTaskDefinition", {
    family: "web",
    containerDefinitions: [{ name: "app", image: "web", memory: 32, cpu: 32, stopTimeout: 1 }],
  });
  await pass(3000);
  const [first] = house.agents;
  const startTask = { taskDefinition: "web", containerInstances: [first?.containerInstanceArn ?? ""] };
  await house.call("StartTask", startTask);
  await pass(3000);
  expect(images()).toEqual(["mortal web", "mortal", ""]);
  await pass(8000);
  expect(images()).toEqual(["mortal", "mortal", ""]);
});

test("a machine that nobody can reach gets the new revision once it is back, though the deployment is over", async () => {
  const { daemonTaskDefinitionArn } = await register("one");
  await house.call("CreateDaemon", { daemonName: "watch", daemonTaskDefinitionArn, capacityProviderArns: ["managed"] });
  await pass(3000);
  const [first] = house.agents;
  first?.disconnect();
  await pass(200_000);
  const second = await register("two");
  await house.call("UpdateDaemon", {
    daemonArn,
    daemonTaskDefinitionArn: second.daemonTaskDefinitionArn,
    capacityProviderArns: ["managed"],
  });
  await pass(20_000);
  expect(await newest()).toMatchObject({ status: "SUCCESSFUL" });
  expect(images()).toEqual(["one", "two", ""]);
  first?.connect();
  await pass(20_000);
  expect(images()).toEqual(["two", "two", ""]);
});

test("a daemon leaves a machine that drains after its last other task", async () => {
  const { daemonTaskDefinitionArn } = await register("one");
  await house.call("CreateDaemon", { daemonName: "watch", daemonTaskDefinitionArn, capacityProviderArns: ["managed"] });
  await house.call("RegisterTaskDefinition", {
    family: "web",
    containerDefinitions: [{ name: "app", image: "web", memory: 32, cpu: 32, stopTimeout: 1 }],
  });
  await pass(3000);
  const containerInstances = [house.agents[0]?.containerInstanceArn ?? ""];
  // Its group says nothing about what a task is.
  const group = "daemon:mine";
  const { tasks } = await house.call("StartTask", { taskDefinition: "web", containerInstances, group });
  await pass(3000);
  await house.call("UpdateContainerInstancesState", { containerInstances, status: "DRAINING" });
  await pass(5000);
  expect(images()).toEqual(["one web", "one", ""]);
  await house.call("StopTask", { task: tasks?.[0]?.taskArn });
  await pass(8000);
  expect(images()).toEqual(["", "one", ""]);
});

test.each([
  [{ capacityProviderArns: ["missing"] }, "The specified capacity provider was not found."],
  [{ capacityProviderArns: [] }, "capacityProviderArns cannot be empty."],
  [{ capacityProviderArns: ["managed"], daemonTaskDefinitionArn: "none:1" }, "task definition was not found"],
  [{ deploymentConfiguration: { alarms: { enable: true, alarmNames: ["a"] } } }, "deployment alarms"],
])("CreateDaemon refuses %j", async (wrong, message) => {
  const { daemonTaskDefinitionArn } = await register("one");
  const call = house.call("CreateDaemon", {
    daemonName: "watch",
    daemonTaskDefinitionArn,
    capacityProviderArns: ["managed"],
    ...wrong,
  });
  await expect(call).rejects.toThrow(message);
});

test("daemon task definitions are listed, described and deleted by themselves", async () => {
  await register("one");
  const { daemonTaskDefinitionArn = "" } = await register("two");
  const described = await house.call("DescribeDaemonTaskDefinition", { daemonTaskDefinition: "watch" });
  expect(described.daemonTaskDefinition).toMatchObject({
    daemonTaskDefinitionArn,
    revision: 2,
    status: "ACTIVE",
    containerDefinitions: [{ image: "two" }],
  });
  const list = async (input: object) =>
    (await house.call("ListDaemonTaskDefinitions", input)).daemonTaskDefinitions?.map(({ arn = "" }) => arn.at(-1));
  expect(await list({})).toEqual(["1", "2"]);
  expect(await list({ sort: "DESC" })).toEqual(["2", "1"]);
  expect(await list({ revision: "LAST_REGISTERED" })).toEqual(["2"]);
  expect(await list({ familyPrefix: "x" })).toEqual([]);
  await house.call("DeleteDaemonTaskDefinition", { daemonTaskDefinition: "watch:1" });
  expect(await list({})).toEqual(["2"]);
});
