import { afterEach, expect, test } from "vitest";
import { interruptSpotTask } from "../../packages/control-plane/src/api/operator/operations/interrupt-spot-task.ts";
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

test("an interrupted Spot task gets its stop timeout, says why it ended, and its service makes up for it", async () => {
  house = new WholeHouse();
  await house.open(1, { capacity: "FARGATE" });
  await house.call("PutClusterCapacityProviders", {
    cluster: "default",
    capacityProviders: ["FARGATE", "FARGATE_SPOT"],
    defaultCapacityProviderStrategy: [],
  });
  await house.call("RegisterTaskDefinition", {
    family: "web",
    requiresCompatibilities: ["FARGATE"],
    networkMode: "awsvpc",
    cpu: "256",
    memory: "512",
    containerDefinitions: [{ name: "app", image: "one", stopTimeout: 5 }],
  });
  const subnets = house.store
    .snapshot()
    .list("subnet")
    .map(({ arn }) => arn);
  await house.call("CreateService", {
    serviceName: "web",
    taskDefinition: "web",
    desiredCount: 2,
    capacityProviderStrategy: [{ capacityProvider: "FARGATE_SPOT", weight: 1 }],
    networkConfiguration: { awsvpcConfiguration: { subnets } },
  });
  await pass(10_000);
  const running = async () => (await house.call("ListTasks", { serviceName: "web" })).taskArns ?? [];
  const [victim = "", other] = await running();

  await interruptSpotTask({ task: victim }, house.context);
  await pass(20_000);
  const { tasks = [] } = await house.call("DescribeTasks", { tasks: [victim] });
  expect(tasks[0]).toMatchObject({
    lastStatus: "STOPPED",
    stopCode: "SpotInterruption",
    stoppedReason: "Your Spot Task was interrupted.",
    capacityProviderName: "FARGATE_SPOT",
  });
  const left = await running();
  expect(left).toHaveLength(2);
  expect(left).toContain(other);
  expect(left).not.toContain(victim);
});
