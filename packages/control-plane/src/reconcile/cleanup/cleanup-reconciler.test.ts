import { expect, it } from "vitest";
import {
  exampleClientToken,
  exampleCluster,
  exampleContainerInstanceArn,
  exampleRunningTask,
  exampleService,
  exampleServiceArn,
  exampleServiceEvents,
  exampleTaskArn,
  exampleTaskDefinition,
} from "../../model/examples.ts";
import { SimulatedCluster, taskDefinitionArn } from "../simulated-cluster.ts";

const hour = 3_600_000;

it("what is over is kept for its time, and then goes", async () => {
  const cluster = new SimulatedCluster();
  const now = cluster.clock.now();
  const { store } = cluster;
  await cluster.create(0);
  await cluster.addInstance(1, { status: "INACTIVE" });
  await cluster.put("cluster", "other", exampleCluster({ status: "INACTIVE" }));
  await cluster.put(
    "task",
    exampleTaskArn(1),
    exampleRunningTask({ lastStatus: "STOPPED", desiredStatus: "STOPPED", stoppedAt: now }),
  );
  await cluster.put("task", exampleTaskArn(2), exampleRunningTask());
  await cluster.put("clientToken", "RunTask/default/1", exampleClientToken({ expiresAt: now + hour }));
  await cluster.put("service", exampleServiceArn, exampleService({ status: "INACTIVE", inactiveAt: now }));
  await cluster.put("serviceEvents", `events/${exampleServiceArn}`, exampleServiceEvents());
  await cluster.put("taskDefinition", taskDefinitionArn(9), exampleTaskDefinition({ status: "DELETE_IN_PROGRESS" }));
  cluster.start();
  await cluster.settle();
  expect(store.snapshot().get("taskDefinition", taskDefinitionArn(9))).toBeUndefined();
  expect(store.snapshot().get("cluster", "other")).toBeUndefined();
  expect(store.snapshot().count("task")).toBe(2);

  cluster.clock.advance(hour);
  await cluster.settle();
  expect(store.snapshot().count("clientToken")).toBe(0);
  expect(store.snapshot().count("service")).toBe(0);
  expect(store.snapshot().count("serviceEvents")).toBe(0);

  // The second task was lost with its instance; once it is forgotten, so is the instance.
  expect(store.snapshot().get("containerInstance", exampleContainerInstanceArn(1))).toBeDefined();
  cluster.clock.advance(23 * hour);
  await cluster.settle();
  expect(cluster.tasks()).toEqual([]);
  cluster.clock.advance(hour);
  await cluster.settle();
  expect(store.snapshot().get("containerInstance", exampleContainerInstanceArn(1))).toBeUndefined();
  await cluster.stop();
});
