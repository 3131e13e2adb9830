import { expect, test } from "vitest";
import type { CapacityProvider } from "../../model/capacity-provider.ts";
import { exampleContainerInstance, examplePlace, exampleTask, exampleTaskDefinition } from "../../model/examples.ts";
import { ManualClock } from "../../platform/clock.ts";
import { randomIds } from "../../platform/ids.ts";
import { defaultSettings } from "../../settings.ts";
import { MemoryStore } from "../../store/memory-store.ts";
import type { Write } from "../../store/store.ts";
import { DaemonReconciler } from "./daemon-reconciler.ts";

const arnOf = (resource: string) => `arn:aws:ecs:${examplePlace.region}:${examplePlace.accountId}:${resource}`;
const clusterArn = arnOf("cluster/default");
const daemonArn = arnOf("daemon/default/watch");
const revisionArn = arnOf("daemon-revision/default/watch/1");
const providerArn = arnOf("capacity-provider/managed");
const instanceArn = (number: number) => arnOf(`container-instance/default/${number}`);

const managed: CapacityProvider = {
  name: "managed",
  clusterArn,
  status: "ACTIVE",
  managedInstancesProvider: {
    infrastructureRoleArn: "arn:aws:iam::000000000000:role/infrastructure",
    instanceLaunchTemplate: {
      ec2InstanceProfileArn: "arn:aws:iam::000000000000:instance-profile/instance",
      networkConfiguration: { subnets: ["subnet-1"] },
    },
  },
  createdAt: 0,
  tags: [],
};

/** A daemon that has just been made, for so many container instances. */
async function daemonFor(instances: number) {
  const store = new MemoryStore();
  const clock = new ManualClock();
  const writes: Write[] = [
    {
      kind: "daemon",
      arn: daemonArn,
      expected: 0,
      value: {
        daemonName: "watch",
        clusterArn,
        status: "ACTIVE",
        revisionArn,
        deploymentArn: "deployment",
        createdAt: 0,
        updatedAt: 0,
        tags: [],
      },
    },
    {
      kind: "daemonRevision",
      arn: revisionArn,
      expected: 0,
      value: {
        daemonArn,
        clusterArn,
        daemonTaskDefinitionArn: "watch:1",
        capacityProviderArns: [providerArn],
        containerImages: [],
        propagateTags: "NONE",
        enableECSManagedTags: false,
        enableExecuteCommand: false,
        critical: false,
        createdAt: 0,
      },
    },
    {
      kind: "daemonDeployment",
      arn: "deployment",
      expected: 0,
      value: {
        daemonArn,
        clusterArn,
        status: "PENDING",
        targetRevisionArn: revisionArn,
        sourceRevisionArns: [],
        deploymentConfiguration: {},
        failedTasks: 0,
        createdAt: 0,
      },
    },
    { kind: "taskDefinition", arn: "watch:1", expected: 0, value: exampleTaskDefinition() },
    {
      kind: "capacityProvider",
      arn: providerArn,
      expected: 0,
      value: managed,
    },
    ...Array.from(
      { length: instances },
      (_, number): Write => ({
        kind: "containerInstance",
        arn: instanceArn(number),
        expected: 0,
        value: exampleContainerInstance({
          clusterArn,
          attributes: [{ name: "hatoba.capacity-provider", value: "managed" }],
        }),
      }),
    ),
  ];
  await store.commit(writes);
  return { store, loop: new DaemonReconciler({ store, clock, ids: randomIds, settings: defaultSettings }) };
}

test("many machines get their tasks in several passes, which are heavy", async () => {
  const { store, loop } = await daemonFor(600);
  expect(loop.isHeavy(daemonArn)).toBe(true);
  await loop.reconcile(daemonArn);
  expect(store.snapshot().count("task")).toBe(500);
  await loop.reconcile(daemonArn);
  const hosts = store
    .snapshot()
    .list("task")
    .map(({ value }) => value.containerInstanceArn);
  expect(new Set(hosts).size).toBe(600);
});

test("a task that stops concerns the daemons of its machine only while that drains", async () => {
  const { store, loop } = await daemonFor(1);
  expect(loop.isHeavy(daemonArn)).toBe(false);
  const value = exampleTask({ clusterArn, containerInstanceArn: instanceArn(0), lastStatus: "STOPPED" });
  const change = { revision: 2, after: { kind: "task" as const, arn: "task", revision: 2, value } };
  expect(loop.keysFor(change)).toEqual([]);
  const instance = store.snapshot().get("containerInstance", instanceArn(0));
  if (instance === undefined) throw new Error("no instance");
  const { kind, arn, revision } = instance;
  await store.commit([{ kind, arn, expected: revision, value: { ...instance.value, status: "DRAINING" } }]);
  expect(loop.keysFor(change)).toEqual([daemonArn]);
});
