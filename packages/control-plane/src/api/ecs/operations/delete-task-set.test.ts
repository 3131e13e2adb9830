import { expect, test } from "vitest";
import {
  exampleCluster,
  exampleClusterArn,
  exampleDeployment,
  exampleDeploymentId,
  examplePlace,
  exampleRunningTask,
  exampleService,
  exampleServiceArn,
  exampleTaskArn,
  exampleTaskSet,
} from "../../../model/examples.ts";
import { taskSetArnOf } from "../../../model/task-set.ts";
import { exampleContext, given, refusal } from "../example-context.ts";
import { deleteTaskSet } from "./delete-task-set.ts";

const primary = { primaryDeploymentId: exampleDeploymentId };
const notPrimary = { primaryDeploymentId: "" };
const done = "it was not refused";
const running =
  "InvalidParameterException: The task set cannot be deleted while it is scaled above 0. Use force to delete it anyway.";

interface Case {
  readonly of: { readonly primaryDeploymentId: string };
  readonly tasks: number;
  readonly force?: boolean;
  readonly scalePercent?: number;
}

test.each<[string, Case, string | RegExp]>([
  ["is the primary one", { of: primary, tasks: 0 }, /primary task set cannot be deleted/],
  ["is the primary one, with force", { of: primary, tasks: 0, force: true }, done],
  ["has tasks that run", { of: notPrimary, tasks: 1 }, running],
  ["has tasks that run, with force", { of: notPrimary, tasks: 1, force: true }, done],
  ["is scaled down while tasks of it still run", { of: notPrimary, tasks: 1, scalePercent: 0 }, done],
  ["wants tasks of which none runs", { of: notPrimary, tasks: 0 }, done],
])("a task set that %s", async (_what, { of, tasks, force = false, scalePercent = 100 }, expected) => {
  const context = exampleContext();
  const service = exampleService({ deploymentController: { type: "EXTERNAL" }, ...of });
  const arn = taskSetArnOf(examplePlace, service, exampleDeploymentId);
  await given(
    context,
    { kind: "cluster", arn: exampleClusterArn, value: exampleCluster() },
    { kind: "service", arn: exampleServiceArn, value: service },
    { kind: "deployment", arn: exampleDeploymentId, value: exampleDeployment() },
    { kind: "taskSet", arn, value: exampleTaskSet({ scalePercent }) },
    ...Array.from({ length: tasks }, () => ({
      kind: "task" as const,
      arn: exampleTaskArn(),
      value: exampleRunningTask({ deploymentId: exampleDeploymentId }),
    })),
  );
  const call = deleteTaskSet({ cluster: "default", service: "web", taskSet: arn, force }, context);
  expect(await refusal(call)).toEqual(typeof expected === "string" ? expected : expect.stringMatching(expected));
  const status = context.store.snapshot().get("taskSet", arn)?.value.status;
  expect(status).toBe(expected === done ? "DRAINING" : "ACTIVE");
});
