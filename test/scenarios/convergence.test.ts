import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import { ManualClock } from "../../packages/control-plane/src/platform/clock.ts";
import { WholeHouse } from "../harness/whole-house.ts";

let house: WholeHouse;
afterEach(() => house.close());
const clock = () => house.clock as ManualClock;

/** Lets everything that is due happen, and time pass, until `reached`. @throws Error naming what was waited for, after ten minutes of the house's time */
async function settle(what: string, reached: () => boolean | Promise<boolean>): Promise<void> {
  for (let passed = 0; passed < 600_000; passed += 500) {
    for (let turn = 0; turn < 20; turn++) {
      if (await reached()) return;
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
    clock().advance(500);
  }
  throw new Error(`never: ${what}`);
}

const definition = (family: string) => ({
  family,
  containerDefinitions: [{ name: "app", image: "app", memory: 64, cpu: 64, stopTimeout: 2 }],
});
const service = async () => (await house.call("DescribeServices", { services: ["web"] })).services?.[0];

/** The service is steady on this task definition, and exactly the containers of its tasks exist. */
const steadyOn = (revision: number, count: number) => async () => {
  const found = await service();
  if (found?.deployments?.length !== 1 || found.deployments[0]?.rolloutState !== "COMPLETED") return false;
  if (found.runningCount !== count || !found.taskDefinition?.endsWith(`:${revision}`)) return false;
  const containers = house.agents.flatMap(({ runtime }) => runtime.containers);
  return containers.length === count && containers.every((container) => container.observe().status === "RUNNING");
};

async function openWithService(machines: number, desiredCount: number): Promise<void> {
  await house.open(machines);
  await house.call("RegisterTaskDefinition", definition("web"));
  await house.call("CreateService", { serviceName: "web", taskDefinition: "web", desiredCount });
  await settle("the service starts", steadyOn(1, desiredCount));
}

describe("a service", () => {
  test("starts, rolls, scales to zero; every task says why it stopped", async () => {
    house = new WholeHouse();
    await openWithService(3, 6);
    await house.call("RegisterTaskDefinition", definition("web"));
    await house.call("UpdateService", { service: "web", taskDefinition: "web" });
    await settle("the roll-out", steadyOn(2, 6));
    await house.call("UpdateService", { service: "web", desiredCount: 0 });
    await settle("nothing runs", steadyOn(2, 0));
    const { taskArns = [] } = await house.call("ListTasks", { desiredStatus: "STOPPED" });
    const { tasks = [] } = await house.call("DescribeTasks", { tasks: taskArns });
    expect(tasks).toHaveLength(12);
    for (const task of tasks)
      expect(task).toMatchObject({ lastStatus: "STOPPED", stopCode: "ServiceSchedulerInitiated" });
  });

  test("keeps the version that works when the next one ends as soon as it starts", async () => {
    house = new WholeHouse({ programOf: ({ image }) => (image === "bad" ? { exitAfterMs: 200, exitCode: 1 } : {}) });
    await openWithService(2, 4);
    const [container] = definition("web").containerDefinitions;
    await house.call("RegisterTaskDefinition", {
      family: "web",
      containerDefinitions: [{ ...container, name: "app", image: "bad" }],
    });
    await house.call("UpdateService", { service: "web", taskDefinition: "web" });
    let least = Infinity;
    const good = () =>
      house.agents.flatMap(({ runtime }) => runtime.containers).filter(({ spec }) => spec.image === "app").length;
    for (let passed = 0; passed < 30_000; passed += 500) {
      for (let turn = 0; turn < 20; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
      clock().advance(500);
      least = Math.min(least, good());
    }
    expect(least).toBe(4);
    expect((await service())?.deployments?.[0]?.rolloutState).toBe("IN_PROGRESS");
  });

  test("rolls on from a version that has only just started, within its limits", async () => {
    house = new WholeHouse();
    await house.open(2);
    await house.call("RegisterTaskDefinition", definition("web"));
    await house.call("CreateService", { serviceName: "web", taskDefinition: "web", desiredCount: 4 });
    await settle("it runs", async () => (await service())?.runningCount === 4);
    await house.call("RegisterTaskDefinition", definition("web"));
    await house.call("UpdateService", { service: "web", taskDefinition: "web" });
    let least = Infinity;
    await settle("the roll-out", async () => {
      least = Math.min(least, (await service())?.runningCount ?? 0);
      return await steadyOn(2, 4)();
    });
    expect(least).toBe(4);
  });

  test("leaves a container instance that is drained, within its limits", async () => {
    house = new WholeHouse();
    await openWithService(3, 6);
    const [drained] = house.agents;
    const containerInstance = drained?.containerInstanceArn ?? "";
    await house.call("UpdateContainerInstancesState", { containerInstances: [containerInstance], status: "DRAINING" });
    let least = Infinity;
    await settle("it is empty", async () => {
      least = Math.min(least, (await service())?.runningCount ?? 0);
      return drained?.runtime.containers.length === 0 && (await steadyOn(1, 6)());
    });
    expect(least).toBeGreaterThanOrEqual(6);
  });

  test("is whole again elsewhere when an agent is lost, and the lost one stops what it still runs when it comes back", async () => {
    house = new WholeHouse({ settings: { agentLostAfterMs: 60_000 } });
    await openWithService(3, 6);
    const [lost] = house.agents;
    lost?.disconnect();
    await settle("the others run all", async () => {
      const others = house.agents.filter((agent) => agent !== lost).flatMap(({ runtime }) => runtime.containers);
      return others.length === 6 && (await service())?.runningCount === 6;
    });
    lost?.connect();
    await settle("no task runs twice", steadyOn(1, 6));
  });
});

test("kills at any moment of a deployment: it converges, and no container is left over", async () => {
  const kill = fc.record({
    who: fc.constantFrom("control plane", "agent", "connection" as const),
    machine: fc.nat(1),
    after: fc.nat(30),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(kill, { minLength: 1, maxLength: 4 }), async (kills) => {
      house = new WholeHouse();
      await openWithService(2, 4);
      await house.call("RegisterTaskDefinition", definition("web"));
      await house.call("UpdateService", { service: "web", taskDefinition: "web" });
      for (const { who, machine, after } of kills) {
        for (let turn = 0; turn < after; turn++) {
          await new Promise<void>((resolve) => setImmediate(resolve));
          if (turn % 5 === 0) clock().advance(100);
        }
        const agent = house.agents[machine];
        if (who === "control plane") await house.restartControlPlane();
        else if (who === "connection") agent?.connect();
        else {
          await agent?.kill();
          await agent?.start();
        }
      }
      await settle("the roll-out", steadyOn(2, 4));
      await house.close();
    }),
    { numRuns: 25 },
  );
});
