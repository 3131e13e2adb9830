import { expect, test } from "vitest";
import type { ContainerInstance } from "../../../model/container-instance.ts";
import {
  exampleContainerInstance,
  exampleContainerInstanceArn,
  exampleDeployment,
  exampleDeploymentId,
  examplePlace,
  exampleRunningTask,
  exampleService,
  exampleTaskArn,
  exampleTaskSet,
  exampleTime,
} from "../../../model/examples.ts";
import type { Service } from "../../../model/service.ts";
import type { Task } from "../../../model/task.ts";
import { type TaskSet, taskSetArnOf } from "../../../model/task-set.ts";
import { MemoryStore } from "../../../store/memory-store.ts";
import { describeTaskSet } from "./describe-task-set.ts";

interface Given {
  readonly service?: Partial<Service>;
  readonly taskSet?: Partial<TaskSet>;
  readonly task?: Partial<Task>;
  readonly instance?: Partial<ContainerInstance>;
}

/** A task set of a service that wants one task, which runs. */
async function described({ service: ofService, taskSet, task, instance }: Given) {
  const store = new MemoryStore();
  const service = exampleService({ desiredCount: 1, deploymentController: { type: "EXTERNAL" }, ...ofService });
  await store.commit([
    { kind: "deployment", arn: exampleDeploymentId, expected: 0, value: exampleDeployment() },
    { kind: "task", arn: exampleTaskArn(), expected: 0, value: exampleRunningTask(task) },
    {
      kind: "containerInstance",
      arn: exampleContainerInstanceArn(),
      expected: 0,
      value: exampleContainerInstance(instance),
    },
  ]);
  const value = exampleTaskSet(taskSet);
  const arn = taskSetArnOf(examplePlace, service, value.taskSetId);
  return describeTaskSet({ arn, value }, { snapshot: store.snapshot(), service, now: exampleTime, tags: false });
}

test.each<readonly [string, Given, string]>([
  ["all it wants runs", {}, "STEADY_STATE"],
  ["more is wanted", { service: { desiredCount: 2 } }, "STABILIZING"],
  ["less is wanted", { taskSet: { scalePercent: 0 } }, "STABILIZING"],
  ["a task is on its way", { task: { lastStatus: "PENDING" } }, "STABILIZING"],
  ["a task has to leave its instance", { instance: { status: "DRAINING" } }, "STABILIZING"],
  ["it is to go", { taskSet: { status: "DRAINING" } }, "STABILIZING"],
])("where %s", async (_what, given, stabilityStatus) => {
  expect(await described(given)).toMatchObject({ stabilityStatus });
});

test("the one that its service names is the primary one, unless it is to go", async () => {
  expect(await described({})).toMatchObject({ status: "PRIMARY" });
  expect(await described({ service: { primaryDeploymentId: "" } })).toMatchObject({ status: "ACTIVE" });
  expect(await described({ taskSet: { status: "DRAINING" } })).toMatchObject({ status: "DRAINING" });
});
