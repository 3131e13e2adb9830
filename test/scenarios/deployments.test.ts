import { afterEach, describe, expect, test } from "vitest";
import type { ManualClock } from "../../packages/control-plane/src/platform/clock.ts";
import { WholeHouse } from "../harness/whole-house.ts";

let house: WholeHouse;
afterEach(() => house.close());

const minute = 60_000;
const turns = async (count = 60) => {
  for (let turn = 0; turn < count; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
};
/** Lets time pass in steps that are short against every wait of a service. */
async function pass(milliseconds: number): Promise<void> {
  for (let passed = 0; passed < milliseconds; passed += 1000) {
    (house.clock as ManualClock).advance(1000);
    await turns(20);
  }
}
const definition = (image: string) => ({
  family: "web",
  containerDefinitions: [{ name: "app", image, memory: 32, cpu: 32, stopTimeout: 1 }],
});
const service = async () => (await house.call("DescribeServices", { services: ["web"] })).services?.[0];
const images = () =>
  house.agents
    .flatMap(({ runtime }) => runtime.containers)
    .map(({ spec }) => spec.image)
    .toSorted();
/** The newest first. */
const deployments = async () => {
  const { serviceDeployments = [] } = await house.call("ListServiceDeployments", { service: "web" });
  const serviceDeploymentArns = serviceDeployments.map(({ serviceDeploymentArn = "" }) => serviceDeploymentArn);
  const described = await house.call("DescribeServiceDeployments", { serviceDeploymentArns });
  return described.serviceDeployments ?? [];
};

async function open(deploymentConfiguration: object): Promise<void> {
  house = new WholeHouse();
  await house.open(2);
  await house.call("RegisterTaskDefinition", definition("one"));
  await house.call("CreateService", {
    serviceName: "web",
    taskDefinition: "web",
    desiredCount: 2,
    deploymentConfiguration,
  });
  await pass(5000);
}
async function deploy(image: string): Promise<void> {
  await house.call("RegisterTaskDefinition", definition(image));
  await house.call("UpdateService", { service: "web", taskDefinition: "web" });
  await pass(5000);
}

test("every rollout is on record, with what it brought about", async () => {
  await open({});
  (house.clock as ManualClock).advance(1000);
  await deploy("two");
  const [second, first] = await deployments();
  expect(first).toMatchObject({ status: "SUCCESSFUL", sourceServiceRevisions: [] });
  expect(second).toMatchObject({
    status: "SUCCESSFUL",
    sourceServiceRevisions: [{ arn: first?.targetServiceRevision?.arn, requestedTaskCount: 2, runningTaskCount: 0 }],
    targetServiceRevision: { requestedTaskCount: 2, runningTaskCount: 2 },
    deploymentCircuitBreaker: { status: "DISABLED", failureCount: 0, threshold: 3 },
  });
  const serviceRevisionArns = [second?.targetServiceRevision?.arn ?? ""];
  const { serviceRevisions } = await house.call("DescribeServiceRevisions", { serviceRevisionArns });
  expect(serviceRevisions).toMatchObject([
    { launchType: "EC2", containerImages: [{ containerName: "app", image: "two" }] },
  ]);
  expect((await service())?.currentServiceRevisions).toMatchObject([
    { arn: serviceRevisionArns[0], runningTaskCount: 2 },
  ]);
});

test("a rolling deployment is stopped by rolling back", async () => {
  await open({ minimumHealthyPercent: 100, maximumPercent: 150 });
  await house.call("RegisterTaskDefinition", definition("two"));
  await house.call("UpdateService", { service: "web", taskDefinition: "web" });
  await turns();
  const serviceDeploymentArn = (await service())?.currentServiceDeployment ?? "";
  await house.call("StopServiceDeployment", { serviceDeploymentArn });
  await pass(10_000);
  expect(images()).toEqual(["one", "one"]);
  const [stopped, first] = await deployments();
  expect(stopped).toMatchObject({
    serviceDeploymentArn,
    status: "ROLLBACK_SUCCESSFUL",
    rollback: { reason: "The service deployment was stopped.", serviceRevisionArn: first?.targetServiceRevision?.arn },
  });
  await expect(house.call("StopServiceDeployment", { serviceDeploymentArn })).rejects.toThrow(/ROLLBACK_SUCCESSFUL/);
});

describe("BLUE_GREEN", () => {
  test("runs both while it bakes, then the new one alone", async () => {
    await open({ strategy: "BLUE_GREEN", bakeTimeInMinutes: 1 });
    expect(images()).toEqual(["one", "one"]);
    await deploy("two");
    expect(images()).toEqual(["one", "one", "two", "two"]);
    expect((await deployments())[0]).toMatchObject({
      status: "IN_PROGRESS",
      lifecycleStage: "BAKE_TIME",
      targetServiceRevision: { requestedProductionTrafficWeight: 100 },
    });
    await pass(minute);
    expect(images()).toEqual(["two", "two"]);
    expect((await deployments())[0]).toMatchObject({ status: "SUCCESSFUL", lifecycleStage: "CLEAN_UP" });
  });

  test("goes back while it bakes, without a gap", async () => {
    await open({ strategy: "BLUE_GREEN", bakeTimeInMinutes: 1 });
    await deploy("two");
    const serviceDeploymentArn = (await service())?.currentServiceDeployment ?? "";
    await house.call("StopServiceDeployment", { serviceDeploymentArn });
    await pass(5000);
    expect(images()).toEqual(["one", "one"]);
    expect((await deployments())[0]?.status).toBe("ROLLBACK_SUCCESSFUL");
  });

  test("pauses before the traffic shifts until it is continued", async () => {
    const hook = { targetType: "PAUSE" as const, lifecycleStages: ["PRE_PRODUCTION_TRAFFIC_SHIFT" as const] };
    await open({ strategy: "BLUE_GREEN", bakeTimeInMinutes: 0, lifecycleHooks: [hook] });
    await deploy("two");
    const [paused] = await deployments();
    expect(paused).toMatchObject({
      lifecycleStage: "PRODUCTION_TRAFFIC_SHIFT",
      targetServiceRevision: { requestedProductionTrafficWeight: 0 },
      lifecycleHookDetails: [{ targetType: "PAUSE", status: "AWAITING_ACTION", timeoutAction: "ROLLBACK" }],
    });
    const serviceDeploymentArn = paused?.serviceDeploymentArn ?? "";
    const hookId = paused?.lifecycleHookDetails?.[0]?.hookId ?? "";
    await house.call("ContinueServiceDeployment", { serviceDeploymentArn, hookId });
    await pass(5000);
    expect(images()).toEqual(["two", "two"]);
    await expect(house.call("ContinueServiceDeployment", { serviceDeploymentArn, hookId })).rejects.toThrow(
      /does not wait/,
    );
  });
});
