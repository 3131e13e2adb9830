import { expect, it } from "vitest";
import { exampleNetworkInterface, exampleRunningTask, exampleTaskArn } from "../../model/examples.ts";
import { SimulatedCluster } from "../simulated-cluster.ts";

it("a network interface goes when its task has stopped, or is gone", async () => {
  const cluster = new SimulatedCluster();
  await cluster.create(1);
  const attachments = [{ id: "1", type: "ElasticNetworkInterface", status: "ATTACHED", details: [] }] as const;
  await cluster.put("task", exampleTaskArn(1), exampleRunningTask({ attachments }));
  await cluster.put("networkInterface", "subnet-1/172.31.0.4", exampleNetworkInterface({ taskArn: exampleTaskArn(1) }));
  await cluster.put("networkInterface", "subnet-1/172.31.0.5", exampleNetworkInterface({ taskArn: exampleTaskArn(2) }));
  cluster.start();
  await cluster.settle();
  expect(
    cluster.store
      .snapshot()
      .list("networkInterface")
      .map(({ arn }) => arn),
  ).toEqual(["subnet-1/172.31.0.4"]);
  await cluster.report(exampleTaskArn(1), { lastStatus: "STOPPED", desiredStatus: "STOPPED" });
  await cluster.settle();
  expect(cluster.store.snapshot().list("networkInterface")).toEqual([]);
  expect(cluster.tasks()[0]?.value.attachments).toMatchObject([{ status: "DELETED" }]);
  await cluster.stop();
});
