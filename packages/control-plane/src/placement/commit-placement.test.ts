import { describe, expect, it } from "vitest";
import {
  exampleClusterArn,
  exampleContainerInstance,
  exampleContainerInstanceArn,
  examplePlace,
  exampleSecurityGroup,
  exampleSubnet,
  exampleTask,
  exampleTaskArn,
  exampleTaskDefinition,
  exampleTime,
} from "../model/examples.ts";
import { countingIds } from "../platform/ids.ts";
import { MemoryStore } from "../store/memory-store.ts";
import { ConflictError } from "../store/store.ts";
import { placementWrites, releasedAttachments, releaseWrites } from "./commit-placement.ts";
import { PlacementSession, requestFor } from "./placement-session.ts";

const subnetId = "subnet-00000000000000001";
const awsvpcTask = exampleTask({
  launchType: "FARGATE",
  demand: { cpu: 256, memory: 512, ports: [], gpus: 0, networkInterfaces: 1 },
  networkConfiguration: { awsvpcConfiguration: { subnets: [subnetId] } },
});

async function placed(count: number) {
  const store = new MemoryStore();
  await store.commit([
    {
      kind: "containerInstance",
      arn: exampleContainerInstanceArn(),
      expected: 0,
      value: exampleContainerInstance({ capacity: "FARGATE", clusterArn: exampleClusterArn }),
    },
    { kind: "subnet", arn: subnetId, expected: 0, value: exampleSubnet({ availabilityZone: "us-east-1b" }) },
    { kind: "securityGroup", arn: "sg-00000000000000001", expected: 0, value: exampleSecurityGroup() },
  ]);
  const snapshot = store.snapshot();
  const { placements } = new PlacementSession(snapshot).place(requestFor(awsvpcTask, exampleTaskDefinition()), count);
  const tasks = placements.map((placement, index) => ({
    arn: exampleTaskArn(index + 1),
    expected: 0,
    value: awsvpcTask,
    placement,
  }));
  const writes = placementWrites(tasks, { snapshot, place: examplePlace, now: exampleTime, ids: countingIds() });
  return { store, writes };
}

describe("what a placement commits", () => {
  it("is the task with its address, and the instance once", async () => {
    const { store, writes } = await placed(2);
    await store.commit(writes);
    const snapshot = store.snapshot();
    const instance = snapshot.get("containerInstance", exampleContainerInstanceArn());
    expect(instance).toMatchObject({ revision: snapshot.revision, value: { capacity: "FARGATE" } });
    expect(snapshot.get("task", exampleTaskArn(2))?.value).toMatchObject({
      lastStatus: "PENDING",
      containerInstanceArn: exampleContainerInstanceArn(),
      availabilityZone: "us-east-1b",
      attachments: [{ type: "ElasticNetworkInterface", status: "PRECREATED" }],
    });
    expect(snapshot.get("task", exampleTaskArn(2))?.value.attachments[0]?.details).toEqual([
      { name: "subnetId", value: subnetId },
      { name: "networkInterfaceId", value: expect.stringMatching(/^eni-[0-9a-f]{17}$/) },
      { name: "macAddress", value: "0a:58:ac:1f:00:05" },
      { name: "privateDnsName", value: "ip-172-31-0-5.ec2.internal" },
      { name: "privateIPv4Address", value: "172.31.0.5" },
    ]);
    expect(snapshot.get("networkInterface", `${subnetId}/172.31.0.4`)?.value).toMatchObject({
      taskArn: exampleTaskArn(1),
      securityGroups: ["sg-00000000000000001"],
    });
  });

  it("conflicts with another placement that saw the same room", async () => {
    const { store, writes } = await placed(1);
    await store.commit(writes.map((write) => (write.kind === "task" ? { ...write, arn: exampleTaskArn(9) } : write)));
    await expect(store.commit(writes)).rejects.toThrow(ConflictError);
  });

  it("is given back when the task has stopped", async () => {
    const { store, writes } = await placed(1);
    await store.commit(writes);
    const task = store.snapshot().get("task", exampleTaskArn(1))?.value ?? awsvpcTask;
    await store.commit(releaseWrites(store.snapshot(), exampleTaskArn(1), task));
    expect(store.snapshot().list("networkInterface")).toEqual([]);
    expect(releaseWrites(store.snapshot(), exampleTaskArn(1), task)).toEqual([]);
    expect(releasedAttachments(task.attachments)).toMatchObject([{ status: "DELETED" }]);
  });
});
