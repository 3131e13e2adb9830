import { afterEach, describe, expect, it } from "vitest";
import type { Service } from "../../model/service.ts";
import { SimulatedCluster } from "../simulated-cluster.ts";

let cluster: SimulatedCluster;
afterEach(() => cluster.stop());

/** A service of four tasks at rest, after which a deployment was started and its first `obeyed` orders carried out. */
async function midway(configuration: Partial<Service["deploymentConfiguration"]>, obeyed: number): Promise<string> {
  cluster = new SimulatedCluster();
  await cluster.create(3);
  cluster.start();
  const deploymentConfiguration = { minimumHealthyPercent: 50, maximumPercent: 200, ...configuration };
  await cluster.createService({ desiredCount: 4, deploymentConfiguration });
  await cluster.converge();
  cluster.clock.advance(24 * 60 * 60_000);
  await cluster.settle();
  const deploymentId = await cluster.deploy(2);
  await cluster.settle();
  await cluster.obey(obeyed);
  await cluster.settle();
  return deploymentId;
}
const stateOf = (deploymentId: string) => cluster.store.snapshot().get("deployment", deploymentId)?.value.rolloutState;
const earlier = (cleanup: "BLOCKING" | "DEFERRED") => ({
  earlySuccessCriteria: { enable: true, healthyPercent: 50, sourceServiceRevisionCleanup: cleanup },
});
const outdated = (deploymentId: string) => cluster.running().filter(({ value }) => value.deploymentId !== deploymentId);

describe("early success", () => {
  it("DEFERRED: as soon as enough tasks are healthy, whatever of the old ones is still there", async () => {
    const deploymentId = await midway(earlier("DEFERRED"), 1);
    expect(stateOf(deploymentId)).toBe("IN_PROGRESS");
    for (let round = 0; stateOf(deploymentId) === "IN_PROGRESS" && round < 10; round++) {
      await cluster.obey(1);
      await cluster.settle();
    }
    expect(stateOf(deploymentId)).toBe("COMPLETED");
    const current = cluster.running().filter(({ value }) => value.deploymentId === deploymentId);
    expect(current.length).toBeLessThan(4);
    await cluster.converge();
    expect(cluster.running().map(({ value }) => value.deploymentId)).toEqual(Array(4).fill(deploymentId));
  });

  it("BLOCKING: once those of before are gone too", async () => {
    const deploymentId = await midway(earlier("BLOCKING"), 2);
    for (let round = 0; stateOf(deploymentId) === "IN_PROGRESS" && round < 30; round++) {
      await cluster.obey(1);
      await cluster.settle();
    }
    expect(stateOf(deploymentId)).toBe("COMPLETED");
    const left = cluster
      .tasks()
      .filter(({ value }) => value.lastStatus !== "STOPPED" && value.deploymentId !== deploymentId);
    expect(left).toEqual([]);
  });
});

describe("a bake time", () => {
  it("is waited for when all is as it should be, to the millisecond", async () => {
    const deploymentId = await midway({ bakeTimeInMinutes: 5 }, 0);
    await cluster.converge();
    expect(outdated(deploymentId)).toEqual([]);
    expect(stateOf(deploymentId)).toBe("IN_PROGRESS");
    cluster.clock.advance(5 * 60_000 - 1);
    await cluster.converge();
    expect(stateOf(deploymentId)).toBe("IN_PROGRESS");
    cluster.clock.advance(1);
    await cluster.settle();
    expect(stateOf(deploymentId)).toBe("COMPLETED");
  });

  it("does not end while a task is missing", async () => {
    const deploymentId = await midway({ bakeTimeInMinutes: 5 }, 0);
    await cluster.converge();
    const [victim] = cluster.running();
    await cluster.report(victim?.arn ?? "", {
      lastStatus: "STOPPED",
      desiredStatus: "STOPPED",
      stopCode: "UserInitiated",
    });
    await cluster.settle();
    cluster.clock.advance(5 * 60_000);
    await cluster.settle();
    expect(stateOf(deploymentId)).toBe("IN_PROGRESS");
    await cluster.converge();
    expect(stateOf(deploymentId)).toBe("COMPLETED");
  });
});
