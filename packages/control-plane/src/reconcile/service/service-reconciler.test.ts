import { afterEach, describe, expect, it } from "vitest";
import { exampleContainerInstanceArn, exampleServiceArn } from "../../model/examples.ts";
import { update } from "../../store/update.ts";
import { SimulatedCluster } from "../simulated-cluster.ts";

let cluster: SimulatedCluster;
const begin = async (instances: number) => {
  cluster = new SimulatedCluster();
  await cluster.create(instances);
  cluster.start();
};
afterEach(() => cluster.stop());

const deployments = () =>
  cluster.store
    .snapshot()
    .list("deployment")
    .map(({ value }) => value);

describe("a service", () => {
  it("comes to its desired count and says so", async () => {
    await begin(3);
    await cluster.createService({ desiredCount: 3 });
    await cluster.converge();
    expect(cluster.running()).toHaveLength(3);
    expect(new Set(cluster.running().map(({ value }) => value.availabilityZone)).size).toBe(3);
    expect(deployments()).toMatchObject([
      { rolloutState: "COMPLETED", rolloutStateReason: "ECS deployment ecs-svc/0000000000000000001 completed." },
    ]);
    expect(cluster.events()[0]).toBe("(service web) has reached a steady state.");
    expect(cluster.events()[1]).toBe("(service web) (deployment ecs-svc/0000000000000000001) deployment completed.");
    expect(cluster.events()[2]).toMatch(/^\(service web\) has started 3 tasks: \(task [0-9a-f]{32}\) /);
  });

  it("rolls to a new deployment and forgets the old one", async () => {
    await begin(3);
    await cluster.createService({ desiredCount: 3 });
    await cluster.converge();
    const deploymentId = await cluster.deploy(2);
    await cluster.converge();
    expect(cluster.running().map(({ value }) => value.deploymentId)).toEqual([
      deploymentId,
      deploymentId,
      deploymentId,
    ]);
    expect(deployments()).toMatchObject([{ deploymentId, rolloutState: "COMPLETED" }]);
  });

  it("replaces a stopped task, and the tasks of a draining instance", async () => {
    await begin(2);
    await cluster.createService({ desiredCount: 2 });
    await cluster.converge();
    const [first] = cluster.running();
    await cluster.report(first?.arn ?? "", {
      lastStatus: "STOPPED",
      desiredStatus: "STOPPED",
      stopCode: "UserInitiated",
    });
    await cluster.converge();
    expect(cluster.running()).toHaveLength(2);
    await update(cluster.store, "containerInstance", exampleContainerInstanceArn(1), (instance) => ({
      ...instance,
      status: "DRAINING",
    }));
    await cluster.converge();
    expect(cluster.running().map(({ value }) => value.containerInstanceArn)).toEqual([
      exampleContainerInstanceArn(2),
      exampleContainerInstanceArn(2),
    ]);
  });

  it("scales to nothing, and ends", async () => {
    await begin(1);
    await cluster.createService({ desiredCount: 3 });
    await cluster.converge();
    await cluster.updateService({ desiredCount: 0 });
    await cluster.converge();
    expect(cluster.running()).toHaveLength(0);
    expect(cluster.tasks()[0]?.value).toMatchObject({
      stopCode: "ServiceSchedulerInitiated",
      stoppedReason: "Scaling activity initiated by (deployment ecs-svc/0000000000000000001)",
    });
    await cluster.updateService({ status: "DRAINING" });
    await cluster.converge();
    expect(cluster.service().status).toBe("INACTIVE");
    expect(deployments()).toEqual([]);
  });

  it("waits for room and takes it when there is some", async () => {
    await begin(0);
    await cluster.createService({ desiredCount: 2 });
    await cluster.converge();
    expect(cluster.events()).toEqual([
      "(service web) was unable to place a task because no container instance met all of its requirements. " +
        "Reason: No Container Instances were found in your cluster. " +
        "For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.",
    ]);
    await cluster.addInstance(1);
    await cluster.converge();
    expect(cluster.running()).toHaveLength(2);
    expect(exampleServiceArn).toBe(cluster.tasks()[0]?.value.serviceArn);
  });
});
