import { afterEach, describe, expect, it } from "vitest";
import type { ContainerInstance } from "../../model/container-instance.ts";
import { exampleContainerInstanceArn, exampleRunningTask, exampleTaskArn } from "../../model/examples.ts";
import { update } from "../../store/update.ts";
import { SimulatedCluster } from "../simulated-cluster.ts";

let cluster: SimulatedCluster;
const begin = async () => {
  cluster = new SimulatedCluster();
  await cluster.create(2);
  cluster.start();
};
afterEach(() => cluster.stop());
const change = (of: Partial<ContainerInstance>) =>
  update(cluster.store, "containerInstance", exampleContainerInstanceArn(1), (instance) => ({ ...instance, ...of }));
const task = () => cluster.store.snapshot().get("task", exampleTaskArn())?.value;

describe("a container instance", () => {
  it("keeps its tasks while its agent is away for a while", async () => {
    await begin();
    await cluster.put("task", exampleTaskArn(), exampleRunningTask());
    await change({ agentConnected: false, agentConnectedAt: cluster.clock.now() });
    await cluster.settle();
    cluster.clock.advance(cluster.settings.agentLostAfterMs - 1);
    await cluster.settle();
    expect(task()?.lastStatus).toBe("RUNNING");
    await change({ agentConnected: true, agentConnectedAt: cluster.clock.now() });
    cluster.clock.advance(3_600_000);
    await cluster.settle();
    expect(task()?.lastStatus).toBe("RUNNING");
  });

  it("keeps them when it was the control plane that was away for long", async () => {
    await begin();
    await cluster.put("task", exampleTaskArn(), exampleRunningTask());
    await change({ agentConnected: false, agentConnectedAt: cluster.clock.now() });
    await cluster.stop();
    cluster.clock.advance(24 * 3_600_000);
    cluster.start();
    await cluster.settle();
    cluster.clock.advance(cluster.settings.agentLostAfterMs - 1);
    await cluster.settle();
    expect(task()?.lastStatus).toBe("RUNNING");
    cluster.clock.advance(1);
    await cluster.settle();
    expect(task()?.lastStatus).toBe("STOPPED");
  });

  it("loses them when its agent stays away, and a service replaces its own", async () => {
    await begin();
    await cluster.createService({ desiredCount: 2 });
    await cluster.converge();
    await change({ agentConnected: false, agentConnectedAt: cluster.clock.now() });
    await cluster.settle();
    cluster.clock.advance(cluster.settings.agentLostAfterMs);
    await cluster.converge();
    expect(cluster.running().map(({ value }) => value.containerInstanceArn)).toEqual([
      exampleContainerInstanceArn(2),
      exampleContainerInstanceArn(2),
    ]);
    const lost = cluster.tasks().find(({ value }) => value.lastStatus === "STOPPED")?.value;
    expect(lost).toMatchObject({ desiredStatus: "STOPPED", stopCode: "TerminationNotice" });
    expect(lost?.stoppedReason).toMatch(/has been disconnected for 600 seconds$/);
    expect(cluster.store.snapshot().get("deployment", "ecs-svc/0000000000000000001")?.value.failedTasks).toBe(0);
  });

  it("loses them when it is deregistered", async () => {
    await begin();
    await cluster.put("task", exampleTaskArn(), exampleRunningTask());
    await change({ status: "INACTIVE" });
    await cluster.settle();
    expect(task()).toMatchObject({
      lastStatus: "STOPPED",
      stoppedReason: "Container instance deregistration forced by user",
    });
  });
});
