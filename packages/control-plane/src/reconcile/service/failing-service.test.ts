import { afterEach, describe, expect, it } from "vitest";
import { exampleTaskDefinition } from "../../model/examples.ts";
import { failureThreshold } from "../../model/failure-threshold.ts";
import type { Task } from "../../model/task.ts";
import { update } from "../../store/update.ts";
import { SimulatedCluster, taskDefinitionArn, withHealthCheck } from "../simulated-cluster.ts";
import { backOffMilliseconds } from "./judge-deployments.ts";

let cluster: SimulatedCluster;
const begin = async (instances = 2) => {
  cluster = new SimulatedCluster();
  await cluster.create(instances);
  cluster.start();
};
afterEach(() => cluster.stop());

const failed: Partial<Task> = {
  lastStatus: "STOPPED",
  desiredStatus: "STOPPED",
  stopCode: "TaskFailedToStart",
  stoppedReason: "CannotPullContainerError: not found",
};
const pending = () => cluster.tasks().filter(({ value }) => value.lastStatus === "PENDING");
/** Every task that is on its way fails; returns how many there were. */
async function failPending() {
  await cluster.settle();
  const failing = pending();
  for (const { arn } of failing) await cluster.report(arn, { ...failed, stoppedAt: cluster.clock.now() });
  await cluster.settle();
  return failing.length;
}
const primary = () => {
  const { primaryDeploymentId } = cluster.service();
  return cluster.store.snapshot().get("deployment", primaryDeploymentId)?.value;
};

describe("tasks that cannot start", () => {
  it("are tried again after growing pauses, which the service tells", async () => {
    await begin();
    await cluster.createService({ desiredCount: 2 });
    for (const seconds of [1, 2, 4, 8]) {
      expect(await failPending()).toBe(2);
      expect(pending()).toHaveLength(0);
      cluster.clock.advance(seconds * 1000 - 1);
      await cluster.settle();
      expect(pending()).toHaveLength(0);
      cluster.clock.advance(1);
      await cluster.settle();
      expect(pending()).toHaveLength(2);
    }
    expect(primary()).toMatchObject({ failedTasks: 8, consecutiveFailures: 4 });
    expect(cluster.events()).toContain("(service web) is unable to consistently start tasks successfully.");
    expect(cluster.events()).toContain(
      "(service web) was unable to place a task. Reason: CannotPullContainerError: not found.",
    );
    await cluster.converge();
    expect(primary()).toMatchObject({ failedTasks: 0, consecutiveFailures: 0, rolloutState: "COMPLETED" });
    expect(primary()).not.toHaveProperty("notBefore");
  });

  it("start at once with a new deployment", async () => {
    await begin();
    await cluster.createService({ desiredCount: 1 });
    for (let round = 0; round < 5; round++) {
      await failPending();
      cluster.clock.advance(backOffMilliseconds(round + 1));
    }
    await failPending();
    expect(pending()).toHaveLength(0);
    await cluster.deploy(2);
    await cluster.settle();
    expect(pending()).toHaveLength(1);
  });

  it.each([
    [1, 3],
    [25, 13],
    [400, 200],
    [800, 200],
  ])("of %i end a deployment when %i have failed", (desired, threshold) =>
    expect(failureThreshold(desired)).toBe(threshold),
  );

  it.each([
    [0, 0],
    [1, 1000],
    [4, 8000],
    [30, 900_000],
  ])("after %i rounds pause for %i ms", (rounds, pause) => expect(backOffMilliseconds(rounds)).toBe(pause));
});

describe("the circuit breaker", () => {
  const configuration = (rollback: boolean) => ({
    deploymentConfiguration: {
      maximumPercent: 200,
      minimumHealthyPercent: 100,
      deploymentCircuitBreaker: { enable: true, rollback },
    },
  });

  it("fails a deployment, and starts nothing more for it", async () => {
    await begin();
    await cluster.createService({ desiredCount: 1, ...configuration(false) });
    for (let round = 0; round < 3; round++) {
      await failPending();
      cluster.clock.advance(backOffMilliseconds(round + 1));
    }
    cluster.clock.advance(3_600_000);
    await cluster.settle();
    expect(pending()).toHaveLength(0);
    expect(primary()).toMatchObject({
      rolloutState: "FAILED",
      rolloutStateReason: "ECS deployment circuit breaker: tasks failed to start.",
      failedTasks: 3,
    });
    expect(cluster.events()).toContain(
      "(service web) (deployment ecs-svc/0000000000000000001) deployment failed: tasks failed to start.",
    );
  });

  it("fails a deployment whose tasks find no place", async () => {
    await begin(0);
    await cluster.createService({ desiredCount: 1, ...configuration(false) });
    await cluster.settle();
    expect(primary()).toMatchObject({ rolloutState: "IN_PROGRESS", failedTasks: 1 });
    for (let search = 0; search < 2; search++) {
      cluster.clock.advance(20_000);
      await cluster.settle();
    }
    expect(primary()).toMatchObject({ rolloutState: "FAILED", failedTasks: 3 });
  });

  it("goes back to the last deployment that was completed", async () => {
    await begin();
    await cluster.createService({ desiredCount: 2, ...configuration(true) });
    await cluster.converge();
    await cluster.deploy(2);
    for (let round = 0; round < 3; round++) {
      await failPending();
      cluster.clock.advance(backOffMilliseconds(round + 1));
    }
    await cluster.converge();
    expect(cluster.service()).toMatchObject({
      taskDefinition: taskDefinitionArn(1),
      primaryDeploymentId: "ecs-svc/0000000000000000001",
    });
    expect(primary()?.rolloutState).toBe("COMPLETED");
    expect(cluster.running()).toHaveLength(2);
    expect(cluster.store.snapshot().list("deployment")).toHaveLength(1);
    expect(cluster.events()).toContain("(service web) rolling back to deployment ecs-svc/0000000000000000001.");
  });
});

describe("a health check that fails", () => {
  const health = (arn: string, healthStatus: "HEALTHY" | "UNHEALTHY") =>
    update(cluster.store, "task", arn, (task) => ({
      ...task,
      containers: task.containers.map((container) => ({ ...container, healthStatus })),
    }));
  const healAll = async () => {
    await cluster.converge();
    for (const { arn, value } of cluster.running()) {
      if (value.containers[0]?.healthStatus === undefined) await health(arn, "HEALTHY");
    }
    await cluster.converge();
  };

  it("has the task replaced, the new one first", async () => {
    await begin();
    await update(cluster.store, "taskDefinition", taskDefinitionArn(1), () => withHealthCheck(exampleTaskDefinition()));
    await cluster.createService({ desiredCount: 1, healthCheckGracePeriodSeconds: 10 });
    await cluster.converge();
    expect(primary()?.rolloutState).toBe("IN_PROGRESS");
    await healAll();
    expect(primary()?.rolloutState).toBe("COMPLETED");
    const [sick] = cluster.running();
    await health(sick?.arn ?? "", "UNHEALTHY");
    await cluster.converge();
    expect(cluster.running()).toHaveLength(1); // within the grace period
    cluster.clock.advance(10_000);
    await cluster.converge();
    expect(cluster.running()).toHaveLength(2);
    await healAll();
    expect(cluster.running().map(({ arn }) => arn)).not.toContain(sick?.arn);
    expect(cluster.store.snapshot().get("task", sick?.arn ?? "")?.value).toMatchObject({
      stoppedReason: "Task failed container health checks",
      stopCode: "ServiceSchedulerInitiated",
    });
    expect(cluster.events().join("\n")).toMatch(/failed container health checks\./);
    expect(cluster.events().join("\n")).toMatch(/Amazon ECS replaced 1 tasks due to an unhealthy status\./);
  });
});

describe("a deployment that may neither stop nor start", () => {
  it("says so once", async () => {
    await begin();
    await cluster.createService({
      desiredCount: 1,
      deploymentConfiguration: { maximumPercent: 100, minimumHealthyPercent: 100 },
    });
    await cluster.converge();
    await cluster.deploy(2);
    await cluster.converge();
    await cluster.updateService({ enableExecuteCommand: true });
    await cluster.converge();
    const told = cluster
      .events()
      .filter((message) => message.includes("because of the service deployment configuration"));
    expect(told).toHaveLength(1);
    expect(cluster.running()).toHaveLength(1);
  });
});
