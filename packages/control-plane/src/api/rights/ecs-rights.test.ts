import { expect, test } from "vitest";
import { exampleNetworkInterface, examplePlace, exampleTask } from "../../model/examples.ts";
import { MemoryStore } from "../../store/memory-store.ts";
import { operations } from "../ecs/operations.ts";
import { ecsRights } from "./ecs-rights.ts";
import type { Input } from "./right.ts";

const ecs = "arn:aws:ecs:us-east-1:000000000000";
const id = "0123456789abcdef0123456789abcdef";
const scope = { place: examplePlace, snapshot: new MemoryStore().snapshot() };

test("each operation that is built says what it needs", () => {
  const built = Object.entries(operations).filter(([, operation]) => typeof operation === "function");
  expect(built.map(([name]) => name).filter((name) => !(name in ecsRights))).toEqual([]);
});

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

const daemon = `${ecs}:daemon/edge/watch`;
const tags = [{ key: "team", value: "red" }];
const role = "arn:aws:iam::000000000000:role";
test.each<[keyof typeof ecsRights, Input, readonly unknown[]]>([
  ["CreateDaemon", { clusterArn: "edge", daemonName: "watch" }, [daemon]],
  [
    "CreateDaemon",
    { daemonName: "watch", tags },
    [`${ecs}:daemon/default/watch`, ["ecs:TagResource", `${ecs}:daemon/default/watch`]],
  ],
  ["UpdateDaemon", { daemonArn: daemon }, [daemon]],
  ["DeleteDaemon", { daemonArn: daemon }, [daemon]],
  ["DescribeDaemon", { daemonArn: daemon }, [daemon]],
  ["ListDaemonDeployments", { daemonArn: daemon }, [daemon]],
  [
    "DescribeDaemonRevisions",
    { daemonRevisionArns: [`${ecs}:daemon-revision/edge/watch/1`] },
    [daemon, `${ecs}:daemon-revision/edge/watch/1`],
  ],
  [
    "DescribeDaemonDeployments",
    { daemonDeploymentArns: [1, 2].map((each) => `${ecs}:daemon-deployment/edge/watch/${each}`) },
    [daemon, `${ecs}:daemon-deployment/edge/watch/1`, `${ecs}:daemon-deployment/edge/watch/2`],
  ],
  ["ListDaemons", { clusterArn: "edge" }, ["*"]],
  ["DescribeDaemonTaskDefinition", { daemonTaskDefinition: "watch" }, [`${ecs}:daemon-task-definition/watch:*`]],
  ["DeleteDaemonTaskDefinition", { daemonTaskDefinition: "watch:3" }, [`${ecs}:daemon-task-definition/watch:3`]],
  [
    "RegisterDaemonTaskDefinition",
    { family: "watch", taskRoleArn: `${role}/app`, executionRoleArn: "fetch", tags },
    [
      `${ecs}:daemon-task-definition/watch:*`,
      ["ecs:TagResource", `${ecs}:daemon-task-definition/watch:*`],
      ["iam:PassRole", `${role}/app`],
      ["iam:PassRole", `${role}/fetch`],
    ],
  ],
])("%s of %j needs rights on what it names, and on the roles that it passes", (operation, input, resources) => {
  const rights = ecsRights[operation]?.(input, scope) ?? [];
  expect(rights.map(({ action, resource }) => (action === undefined ? resource : [action, resource]))).toEqual(
    resources,
  );
});

test("daemons are known by their cluster and what they are made of", () => {
  const input = { daemonArn: daemon, capacityProviderArns: ["managed"], enableExecuteCommand: true };
  expect(ecsRights.UpdateDaemon?.(input, scope)[0]?.keys).toMatchObject({
    "ecs:cluster": `${ecs}:cluster/edge`,
    "ecs:capacity-provider": [`${ecs}:capacity-provider/managed`],
    "ecs:enable-execute-command": "true",
  });
});
