import { CreateScheduleCommand, ListSchedulesCommand, SchedulerClient, type Target } from "@aws-sdk/client-scheduler";
import { afterEach, beforeEach, expect, test } from "vitest";
import { runTaskForRules } from "../../packages/control-plane/src/api/events/run-task.ts";
import { clientOptions, startTestServer } from "../../packages/control-plane/src/api/http/server.fixture.ts";
import { RoleRights } from "../../packages/control-plane/src/api/rights/role-rights.ts";
import { schedulerService } from "../../packages/control-plane/src/api/scheduler/service.ts";
import { ScheduleRunner } from "../../packages/control-plane/src/events/scheduler/schedule-runner.ts";
import { toEcsTask } from "../../packages/control-plane/src/events/targets/ecs-task.ts";
import { exampleRole, exampleRoleArn } from "../../packages/control-plane/src/model/examples.ts";
import { roleKeyOf } from "../../packages/control-plane/src/model/role.ts";
import { ManualClock } from "../../packages/control-plane/src/platform/clock.ts";
import { WholeHouse } from "../harness/whole-house.ts";

const minute = 60_000;
let house: WholeHouse;
let clock: ManualClock;
let server: Awaited<ReturnType<typeof startTestServer>>;
let client: SchedulerClient;
let runner: ScheduleRunner;

/** The scheduler wired as that of the control plane. */
function openRunner(): ScheduleRunner {
  const rights = new RoleRights(house);
  const requireRight: Parameters<typeof runTaskForRules>[0]["requireRight"] = (call) => rights.requireRight(call);
  const deliver = toEcsTask(runTaskForRules({ context: house.context, requireRight }));
  return new ScheduleRunner({ ...house.context, place: house.settings, deliver });
}

beforeEach(async () => {
  clock = new ManualClock(Date.UTC(2026, 0, 1));
  house = new WholeHouse({ clock });
  await house.open(1);
  await house.call("RegisterTaskDefinition", {
    family: "job",
    containerDefinitions: [{ name: "app", image: "one", memory: 64 }],
  });
  const document = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "ecs:RunTask", Resource: "*" }] };
  const inlinePolicies = [{ policyName: "run", policyDocument: JSON.stringify(document) }];
  const role = exampleRole({ inlinePolicies });
  await house.store.commit([{ kind: "role", arn: roleKeyOf(exampleRoleArn), expected: 0, value: role }]);
  server = await startTestServer({
    services: [schedulerService],
    context: (caller, details) => ({ ...house.context, caller, ...details }),
  });
  client = new SchedulerClient(clientOptions(server));
  runner = openRunner();
});
afterEach(async () => {
  runner.close();
  client.destroy();
  await server.close();
  await house.close();
});

/** Until what the minutes brought is done; invocations are under way for as long as it takes. */
async function pass(minutes: number): Promise<void> {
  const isBusy = () =>
    house.store
      .snapshot()
      .list("schedule")
      .some(({ value }) => value.progress.underWay.length > 0);
  for (let passed = 0; passed < minutes; passed++) {
    clock.advance(minute);
    for (let turn = 0; turn < 50 || isBusy(); turn++) await new Promise<void>((resolve) => setImmediate(resolve));
  }
}
const target: Target = {
  Arn: "arn:aws:ecs:us-east-1:000000000000:cluster/default",
  RoleArn: exampleRoleArn,
  EcsParameters: { TaskDefinitionArn: "job" },
};
const create = (Name: string, ScheduleExpression: string) =>
  client.send(
    new CreateScheduleCommand({
      Name,
      ScheduleExpression,
      FlexibleTimeWindow: { Mode: "OFF" },
      ActionAfterCompletion: "DELETE",
      Target: target,
    }),
  );
const startedBy = async (name: string) =>
  (await house.call("ListTasks", { startedBy: `chronos-schedule/${name}` })).taskArns ?? [];

test("tasks run when they are due, also those that were due while the control plane was away, and none twice", async () => {
  await create("once", "at(2026-01-01T00:03:00)");
  await create("often", "cron(*/5 * * * ? *)");
  await pass(4);
  expect(await startedBy("once")).toHaveLength(1);
  expect((await client.send(new ListSchedulesCommand({}))).Schedules?.map(({ Name }) => Name)).toEqual(["often"]);
  await create("missed", "at(2026-01-01T00:06:00)");

  runner.close();
  await house.restartControlPlane();
  await pass(7); // 00:11
  runner = openRunner();
  await pass(1);
  expect(await startedBy("missed")).toHaveLength(1);
  expect(await startedBy("often")).toHaveLength(0); // 00:05 and 00:10 are over
  await pass(4);
  expect(await startedBy("often")).toHaveLength(1);
  expect(await startedBy("once")).toHaveLength(1);
});
