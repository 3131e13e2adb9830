import { expect, test } from "vitest";
import { exampleNetworkInterface, examplePlace, exampleTask } from "../../model/examples.ts";
import { MemoryStore } from "../../store/memory-store.ts";
import { ecsRights } from "./ecs-rights.ts";

const ecs = "arn:aws:ecs:us-east-1:000000000000";
const id = "0123456789abcdef0123456789abcdef";
const scope = { place: examplePlace, snapshot: new MemoryStore().snapshot() };

test.each([
  [{ cluster: "a", task: id }, ["a"]],
  [{ cluster: "a", task: `${ecs}:task/a/${id}` }, ["a"]],
  [{ cluster: "a", task: `${ecs}:task/b/${id}` }, ["a", "b"]],
  [{ task: `${ecs}:task/b/${id}` }, ["default", "b"]],
  [{ cluster: "a" }, ["a"]],
])("a report %j needs the right on the clusters %j: it is believed of the task that it names", (input, clusters) => {
  const expected = clusters.map((name) => ({ resource: `${ecs}:cluster/${name}` }));
  expect(ecsRights.SubmitTaskStateChange?.(input, scope)).toEqual(expected);
  expect(ecsRights.SubmitContainerStateChange?.(input, scope)).toEqual(expected);
});

test("a report of attachments needs the right on the clusters of the tasks that have them", async () => {
  const store = new MemoryStore();
  const taskArn = `${ecs}:task/b/${id}`;
  const networkInterface = exampleNetworkInterface({ taskArn, attachmentId: "of-b" });
  await store.commit([
    { kind: "task", arn: taskArn, expected: 0, value: exampleTask({ clusterArn: `${ecs}:cluster/b` }) },
    { kind: "networkInterface", arn: "subnet-1/10.0.0.1", expected: 0, value: networkInterface },
  ]);
  const rightsOn = (...attachmentIds: string[]) => {
    const attachments = attachmentIds.map((each) => ({
      attachmentArn: `${ecs}:attachment/${each}`,
      status: "ATTACHED",
    }));
    const input = { cluster: "a", attachments };
    return ecsRights.SubmitAttachmentStateChanges?.(input, { place: examplePlace, snapshot: store.snapshot() });
  };
  expect(rightsOn("of-b", "unknown", "of-b")).toEqual([
    { resource: `${ecs}:cluster/a` },
    { resource: `${ecs}:cluster/b` },
  ]);
  expect(rightsOn("unknown")).toEqual([{ resource: `${ecs}:cluster/a` }]);
});
