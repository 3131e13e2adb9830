import { beforeEach, describe, expect, test } from "vitest";
import {
  exampleDeployment,
  exampleDeploymentId,
  exampleRunningTask,
  exampleService,
  exampleServiceArn,
  exampleTask,
  exampleTaskArn,
} from "../../../model/examples.ts";
import type { ManualClock } from "../../../platform/clock.ts";
import type { OperationContext } from "../../operation-context.ts";
import { exampleContext, given, refusal } from "../example-context.ts";
import type { Input } from "../operation.ts";
import { createCluster } from "./create-cluster.ts";
import { getTaskProtection } from "./get-task-protection.ts";
import { updateTaskProtection } from "./update-task-protection.ts";

const minute = 60_000;
const arn = exampleTaskArn(1);
let context: OperationContext;
beforeEach(async () => {
  context = exampleContext();
  await createCluster({}, context);
  await given(
    context,
    { kind: "service", arn: exampleServiceArn, value: exampleService({ desiredCount: 1 }) },
    { kind: "deployment", arn: exampleDeploymentId, value: exampleDeployment() },
    { kind: "task", arn, value: exampleRunningTask() },
    { kind: "task", arn: exampleTaskArn(2), value: exampleTask() },
    { kind: "task", arn: exampleTaskArn(3), value: exampleRunningTask({ desiredStatus: "STOPPED" }) },
  );
});
const clock = () => context.clock as ManualClock;
const set = (protectionEnabled: boolean, more: Partial<Input<"UpdateTaskProtection">> = {}) =>
  updateTaskProtection({ cluster: "default", tasks: [arn], protectionEnabled, ...more }, context);
const get = (tasks = [arn]) => getTaskProtection({ cluster: "default", tasks }, context);

describe("protection", () => {
  test("is off at first", async () => {
    expect(await get()).toEqual({ protectedTasks: [{ taskArn: arn, protectionEnabled: false }], failures: [] });
  });

  test("lasts for two hours, and ends by itself", async () => {
    const protectedTasks = [
      { taskArn: arn, protectionEnabled: true, expirationDate: new Date(clock().now() + 120 * minute) },
    ];
    expect(await set(true)).toEqual({ protectedTasks, failures: [] });
    clock().advance(120 * minute - 1);
    expect((await get()).protectedTasks).toEqual(protectedTasks);
    clock().advance(1);
    expect((await get()).protectedTasks).toEqual([{ taskArn: arn, protectionEnabled: false }]);
  });

  test("lasts as long as asked for, counted anew with each call, until it is taken away", async () => {
    await set(true, { expiresInMinutes: 2880 });
    clock().advance(60 * minute);
    const { protectedTasks } = await set(true, { expiresInMinutes: 1 });
    expect(protectedTasks?.[0]?.expirationDate).toEqual(new Date(clock().now() + minute));
    expect((await set(false)).protectedTasks).toEqual([{ taskArn: arn, protectionEnabled: false }]);
    expect(context.store.snapshot().get("task", arn)?.value).toEqual(exampleRunningTask());
  });

  test.each([0, 2881, -5])("cannot last for %i minutes", async (expiresInMinutes) => {
    expect(await refusal(set(true, { expiresInMinutes }))).toMatch(/^InvalidParameterException: expiresInMinutes/);
  });

  test("goes with tasks of services alone, that are to run; ten in a call", async () => {
    const tasks = [exampleTaskArn(2), exampleTaskArn(3), exampleTaskArn(9)];
    const reasons = ["TASK_NOT_VALID", "TASK_NOT_VALID", "MISSING"];
    expect((await set(true, { tasks })).failures?.map(({ reason }) => reason)).toEqual(reasons);
    expect((await get(tasks)).failures?.map(({ reason }) => reason)).toEqual(reasons);
    expect(await refusal(set(true, { tasks: Array.from({ length: 11 }, () => arn) }))).toMatch(/more than 10 elements/);
    expect(await refusal(set(true, { tasks: [] }))).toMatch(/cannot be empty/);
    expect(await refusal(set(true, { cluster: "nowhere" }))).toBe("ClusterNotFoundException: Cluster not found.");
  });

  test("cannot be had while protected tasks of an older deployment are all that the deployment waits for", async () => {
    const older = { deploymentId: "ecs-svc/0000000000000000000", protectedUntil: clock().now() + minute };
    await given(context, { kind: "task", arn: exampleTaskArn(4), value: exampleRunningTask(older) });
    expect((await set(true)).failures).toMatchObject([{ arn, reason: "DEPLOYMENT_BLOCKED" }]);
    expect((await set(true, { tasks: [exampleTaskArn(4)] })).failures).toEqual([]); // its own may go on
    clock().advance(120 * minute);
    expect((await set(true)).failures).toEqual([]);
  });
});
