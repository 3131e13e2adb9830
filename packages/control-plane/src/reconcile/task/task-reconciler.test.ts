import { afterEach, describe, expect, it } from "vitest";
import { exampleContainerInstanceArn, exampleTask, exampleTaskArn } from "../../model/examples.ts";
import { update } from "../../store/update.ts";
import { SimulatedCluster } from "../simulated-cluster.ts";

let cluster: SimulatedCluster;
const begin = async (instances: number) => {
  cluster = new SimulatedCluster();
  await cluster.create(instances);
  cluster.start();
};
afterEach(() => cluster.stop());
const task = (number = 1) => cluster.store.snapshot().get("task", exampleTaskArn(number))?.value;

describe("a task that was stored without a place", () => {
  it("gets one as soon as there is room", async () => {
    await begin(0);
    await cluster.put("task", exampleTaskArn(), exampleTask());
    await cluster.settle();
    expect(task()?.lastStatus).toBe("PROVISIONING");
    await cluster.addInstance(1, { agentConnected: false });
    await cluster.settle();
    expect(task()?.lastStatus).toBe("PROVISIONING");
    await update(cluster.store, "containerInstance", exampleContainerInstanceArn(1), (instance) => ({
      ...instance,
      agentConnected: true,
    }));
    await cluster.settle();
    expect(task()).toMatchObject({ lastStatus: "PENDING", containerInstanceArn: exampleContainerInstanceArn(1) });
  });

  it("takes the room of a task that has stopped, and many fit into one commit", async () => {
    await begin(1);
    const commits = new Set<number>();
    cluster.store.onChange(({ revision, after }) => {
      if (after?.kind === "task" && after.value.lastStatus === "PENDING") commits.add(revision);
    });
    await cluster.store.commit(
      Array.from(
        { length: 20 },
        (_, index) => ({ kind: "task", arn: exampleTaskArn(index + 1), expected: 0, value: exampleTask() }) as const,
      ),
    );
    await cluster.settle();
    const waiting = () => cluster.tasks().filter(({ value }) => value.lastStatus === "PROVISIONING");
    expect(waiting()).toHaveLength(4); // 4096 CPU units hold 16 tasks of 256
    expect(commits.size).toBe(1);
    await cluster.report(exampleTaskArn(1), { lastStatus: "STOPPED", desiredStatus: "STOPPED" });
    await cluster.settle();
    expect(waiting()).toHaveLength(3);
  });

  it("ends at once when it is not wanted any more", async () => {
    await begin(0);
    await cluster.put("task", exampleTaskArn(), exampleTask());
    await cluster.report(exampleTaskArn(), {
      desiredStatus: "STOPPED",
      stopCode: "UserInitiated",
      stoppedReason: "enough",
    });
    await cluster.settle();
    expect(task()).toMatchObject({
      lastStatus: "STOPPED",
      stoppedReason: "enough",
      containers: [{ lastStatus: "STOPPED" }],
    });
  });

  it("fails when it has waited too long", async () => {
    await begin(0);
    await cluster.put("task", exampleTaskArn(), exampleTask());
    await cluster.settle();
    cluster.clock.advance(15 * 60_000);
    await cluster.settle();
    expect(task()).toMatchObject({
      lastStatus: "STOPPED",
      stopCode: "TaskFailedToStart",
      stoppedReason: "TaskFailedToStart: EMPTY CAPACITY PROVIDER",
    });
  });
});
