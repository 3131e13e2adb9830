import { beforeEach, expect, test } from "vitest";
import {
  exampleRunningTask,
  exampleTaskArn,
  exampleTaskDefinition,
  exampleTaskDefinitionArn,
} from "../../../model/examples.ts";
import { exampleContext, given, refusal } from "../../ecs/example-context.ts";
import { createCluster } from "../../ecs/operations/create-cluster.ts";
import type { OperationContext } from "../../operation-context.ts";
import { interruptSpotTask } from "./interrupt-spot-task.ts";

let context: OperationContext;
beforeEach(async () => {
  context = exampleContext();
  await createCluster({}, context);
  const spot = exampleRunningTask({ launchType: "FARGATE", capacityProviderName: "FARGATE_SPOT" });
  await given(
    context,
    { kind: "taskDefinition", arn: exampleTaskDefinitionArn, value: exampleTaskDefinition() },
    { kind: "task", arn: exampleTaskArn(1), value: spot },
    { kind: "task", arn: exampleTaskArn(2), value: { ...spot, capacityProviderName: "FARGATE" } },
    { kind: "task", arn: exampleTaskArn(3), value: { ...spot, desiredStatus: "STOPPED", stopCode: "UserInitiated" } },
  );
});
const interrupt = (task: string) => interruptSpotTask({ task }, context);

test("a Spot task is to stop, and says why", async () => {
  const { task } = await interrupt(exampleTaskArn(1));
  expect(task).toMatchObject({
    desiredStatus: "STOPPED",
    lastStatus: "STOPPING",
    stopCode: "SpotInterruption",
    stoppedReason: "Your Spot Task was interrupted.",
    stoppingAt: new Date(context.clock.now()),
  });
  const { revision } = context.store.snapshot();
  await interrupt(exampleTaskArn(1));
  expect(context.store.snapshot().revision).toBe(revision);
});

test("one that ends already ends for its own reason", async () => {
  expect((await interrupt(exampleTaskArn(3))).task?.stopCode).toBe("UserInitiated");
});

test("other tasks are not interrupted", async () => {
  expect(await refusal(interrupt(exampleTaskArn(2)))).toMatch(/Only tasks of the capacity provider FARGATE_SPOT/);
  expect(await refusal(interrupt(exampleTaskArn(9)))).toMatch(/not found/);
});
