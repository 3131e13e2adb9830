import { expect, test } from "vitest";
import { payloadEntry } from "../../packages/control-plane/src/agent-channel/session-payloads.ts";
import { planStateChange } from "../../packages/control-plane/src/api/ecs/tasks/plan-state-change.ts";
import {
  exampleClusterArn,
  exampleContainer,
  exampleDeploymentId,
  examplePlace,
  exampleServiceArn,
  exampleTask,
  exampleTaskArn,
  exampleTaskDefinition,
  exampleTaskDefinitionArn,
  exampleTime,
} from "../../packages/control-plane/src/model/examples.ts";
import { revisionArnOf } from "../../packages/control-plane/src/model/service-deployment.ts";
import { MemoryStore } from "../../packages/control-plane/src/store/memory-store.ts";

const digest = (letter: string) => `sha256:${letter.repeat(64)}`;

/** A service's deployment with three tasks, one container of which wants whatever its tag stands for at the time. */
async function deployment() {
  const store = new MemoryStore();
  const images = { app: "registry.example/web:1", free: "registry.example/tools:latest" };
  const containerDefinitions = [
    { name: "app", image: images.app },
    { name: "free", image: images.free, versionConsistency: "disabled" as const },
  ];
  const task = exampleTask({
    serviceArn: exampleServiceArn,
    deploymentId: exampleDeploymentId,
    containerInstanceArn: "here",
    lastStatus: "PENDING",
    containers: containerDefinitions.map(({ name, image }) => exampleContainer({ name, image })),
  });
  await store.commit([
    {
      kind: "taskDefinition",
      arn: exampleTaskDefinitionArn,
      expected: 0,
      value: exampleTaskDefinition({ registered: { containerDefinitions } }),
    },
    {
      kind: "serviceRevision",
      arn: revisionArnOf(exampleServiceArn, exampleDeploymentId),
      expected: 0,
      value: {
        serviceArn: exampleServiceArn,
        clusterArn: exampleClusterArn,
        taskDefinition: exampleTaskDefinitionArn,
        containerImages: containerDefinitions.map(({ name, image }) => ({ containerName: name, image })),
        createdAt: exampleTime,
      },
    },
    ...[1, 2, 3].map((id) => ({ kind: "task" as const, arn: exampleTaskArn(id), expected: 0, value: task })),
    { kind: "task", arn: exampleTaskArn(4), expected: 0, value: { ...task, deploymentId: "ecs-svc/2" } },
  ]);
  return {
    store,
    tell: async (id: number, app: string, free: string) => {
      const containers = [
        { containerName: "app", status: "RUNNING" as const, imageDigest: app },
        { containerName: "free", status: "RUNNING" as const, imageDigest: free },
      ];
      const report = { task: exampleTaskArn(id), change: { status: "RUNNING" as const, containers } };
      const { writes } = planStateChange(report, { snapshot: store.snapshot(), place: examplePlace, now: exampleTime });
      await store.commit(writes);
    },
    sent: (id: number) => {
      const snapshot = store.snapshot();
      const stored = snapshot.get("task", exampleTaskArn(id));
      return stored && payloadEntry(snapshot, stored)?.containers.map(({ image }) => image);
    },
  };
}

test("all tasks of a deployment run the digest that its first one resolved", async () => {
  const { sent, tell, store } = await deployment();
  const tools = "registry.example/tools:latest";
  expect(sent(1)).toEqual(["registry.example/web:1", tools]);
  await tell(1, digest("a"), digest("f"));
  expect(sent(2)).toEqual([`registry.example/web@${digest("a")}`, tools]);
  // One that was under way already has found something else.
  await tell(2, digest("b"), digest("e"));
  expect(sent(3)).toEqual([`registry.example/web@${digest("a")}`, tools]);
  expect(sent(4)).toEqual(["registry.example/web:1", tools]);
  const shown = store.snapshot().get("task", exampleTaskArn(2))?.value.containers[0];
  expect(shown).toMatchObject({ image: "registry.example/web:1", imageDigest: digest("b") });
});
