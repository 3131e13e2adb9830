import { afterEach, expect, test } from "vitest";
import { describeContainerInstance } from "../../packages/control-plane/src/api/ecs/container-instance/describe-container-instance.ts";
import { describeTask, taskSurroundings } from "../../packages/control-plane/src/api/ecs/tasks/describe-task.ts";
import { operations } from "../../packages/control-plane/src/api/events/operations.ts";
import { runTaskForRules } from "../../packages/control-plane/src/api/events/run-task.ts";
import { RoleRights } from "../../packages/control-plane/src/api/rights/role-rights.ts";
import { SealedTexts } from "../../packages/control-plane/src/credentials/sealed-text.ts";
import type { AwsEvent } from "../../packages/control-plane/src/events/aws-event.ts";
import { EventBus } from "../../packages/control-plane/src/events/event-bus.ts";
import { toEcsTask } from "../../packages/control-plane/src/events/targets/ecs-task.ts";
import { toLogGroup } from "../../packages/control-plane/src/events/targets/log-group.ts";
import { toTarget } from "../../packages/control-plane/src/events/targets/to-target.ts";
import { MemoryLogStore } from "../../packages/control-plane/src/log-store/memory-log-store.ts";
import { exampleRole, exampleRoleArn } from "../../packages/control-plane/src/model/examples.ts";
import { roleKeyOf } from "../../packages/control-plane/src/model/role.ts";
import type { ManualClock } from "../../packages/control-plane/src/platform/clock.ts";
import { silentLogger } from "../../packages/control-plane/src/platform/logger.ts";
import { WholeHouse } from "../harness/whole-house.ts";

const minute = 60_000;
const group = "/aws/events/ecs";

/** A house whose event bus is wired as that of the control plane. */
async function openHouse() {
  const house = new WholeHouse();
  const { store, clock } = house;
  const logStore = new MemoryLogStore();
  await logStore.createGroup({ name: group, createdAt: 0, tags: {} });
  const rights = new RoleRights({ store, clock });
  const refused = Promise.withResolvers<void>();
  const bus = new EventBus({
    ...house.context,
    logger: { ...silentLogger, warn: () => refused.resolve() } as never,
    describe: {
      task: (task, snapshot) => describeTask(task, taskSurroundings(snapshot, task.value), { tags: false }),
      containerInstance: (instance, snapshot) => describeContainerInstance(instance, snapshot, []),
    },
    deliver: toTarget({
      logs: toLogGroup({ logStore, clock }),
      http: async () => undefined,
      ecs: toEcsTask(runTaskForRules({ context: house.context, requireRight: (call) => rights.requireRight(call) })),
    }),
  });
  await house.open(1);
  const context = { ...house.context, bus, sealed: new SealedTexts(Buffer.alloc(32, 1), "test") };
  const logged = async () =>
    (await logStore.read({ group, limit: 1_000 })).events.map(({ message }) => JSON.parse(message) as AwsEvent);
  return { house, bus, logStore, context, logged, refused: refused.promise };
}
type Opened = Awaited<ReturnType<typeof openHouse>>;
let opened: Opened;
afterEach(async () => {
  opened.bus.close();
  await opened.house.close();
  await opened.logStore.close();
});

async function pass(milliseconds: number, step = 1_000): Promise<void> {
  for (let passed = 0; passed < milliseconds; passed += step) {
    (opened.house.clock as ManualClock).advance(step);
    for (let turn = 0; turn < 20; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
  }
}
const register = (house: WholeHouse) =>
  house.call("RegisterTaskDefinition", {
    family: "job",
    containerDefinitions: [{ name: "app", image: "one", memory: 64 }],
  });

test("a service's way to its steady state, and a task's to its end, are events", async () => {
  opened = await openHouse();
  const { house, context, logged } = opened;
  await operations.PutRule({ Name: "all", EventPattern: JSON.stringify({ source: ["aws.ecs"] }) }, context);
  const Arn = `arn:aws:logs:us-east-1:000000000000:log-group:${group}`;
  await operations.PutTargets({ Rule: "all", Targets: [{ Id: "1", Arn }] }, context);
  await register(house);
  await house.call("CreateService", { serviceName: "web", taskDefinition: "job", desiredCount: 1 });
  await pass(10_000);
  const events = await logged();
  const named = (type: string) => events.filter((event) => event["detail-type"] === type);
  expect(named("ECS Deployment State Change").map(({ detail }) => detail.eventName)).toEqual([
    "SERVICE_DEPLOYMENT_IN_PROGRESS",
    "SERVICE_DEPLOYMENT_COMPLETED",
  ]);
  expect(named("ECS Service Action").map(({ detail }) => detail.eventName)).toContain("SERVICE_STEADY_STATE");
  const task = named("ECS Task State Change");
  const statuses = task.map(({ detail }) => detail.lastStatus);
  expect([...new Set(statuses)].at(-1)).toBe("RUNNING");
  const versions = task.map(({ detail }) => Number(detail.version));
  expect(versions).toEqual(versions.toSorted((a, b) => a - b));
  const [taskArn = ""] = task.at(-1)?.resources ?? [];
  const { tasks: [described] = [] } = await house.call("DescribeTasks", { tasks: [taskArn] });
  expect(task.at(-1)?.detail).toMatchObject({
    taskArn,
    version: described?.version,
    clusterArn: described?.clusterArn,
  });
  expect(named("ECS Container Instance State Change").length).toBeGreaterThan(0);

  await house.call("StopTask", { task: taskArn });
  await pass(40_000);
  const last = (await logged()).findLast(({ resources }) => resources[0] === taskArn);
  expect(last?.detail).toMatchObject({ lastStatus: "STOPPED", stopCode: "UserInitiated" });
});

async function allowRunTask({ store }: WholeHouse): Promise<void> {
  const policyDocument = JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "ecs:RunTask", Resource: "*" }],
  });
  const value = exampleRole({ inlinePolicies: [{ policyName: "run", policyDocument }] });
  await store.commit([{ kind: "role", arn: roleKeyOf(exampleRoleArn), expected: 0, value }]);
}

test("a schedule runs tasks as its role may", async () => {
  opened = await openHouse();
  const { house, context, refused } = opened;
  await register(house);
  await operations.PutRule({ Name: "often", ScheduleExpression: "rate(5 minutes)" }, context);
  const target = {
    Id: "1",
    Arn: "arn:aws:ecs:us-east-1:000000000000:cluster/default",
    RoleArn: exampleRoleArn,
    Input: JSON.stringify({ containerOverrides: [{ name: "app", command: ["report"] }] }),
    EcsParameters: { TaskDefinitionArn: "job", TaskCount: 2 },
  };
  await operations.PutTargets({ Rule: "often", Targets: [target] }, context);
  const started = async () => (await house.call("ListTasks", { startedBy: "events-rule/often" })).taskArns ?? [];
  await pass(6 * minute, minute);
  await refused;
  expect(await started()).toEqual([]); // there is no such role

  await allowRunTask(house);
  await pass(5 * minute, minute);
  const tasks = await started();
  expect(tasks).toHaveLength(2);
  const { tasks: [task] = [] } = await house.call("DescribeTasks", { tasks });
  expect(task).toMatchObject({
    lastStatus: "RUNNING",
    startedBy: "events-rule/often",
    overrides: { containerOverrides: [{ name: "app", command: ["report"] }] },
  });

  await operations.DisableRule({ Name: "often" }, context);
  await pass(20 * minute, 5 * minute);
  expect(await started()).toHaveLength(2);
});

test("of tasks that do not all find a place the rest is started when there is room, and none twice", async () => {
  opened = await openHouse();
  const { house, context } = opened;
  const containerDefinitions = [{ name: "app", image: "one", memory: 7_000 }];
  await house.call("RegisterTaskDefinition", { family: "large", containerDefinitions });
  await allowRunTask(house);
  await operations.PutRule({ Name: "mine", EventPattern: JSON.stringify({ source: ["my.app"] }) }, context);
  const target = {
    Id: "1",
    Arn: "arn:aws:ecs:us-east-1:000000000000:cluster/default",
    RoleArn: exampleRoleArn,
    EcsParameters: { TaskDefinitionArn: "large", TaskCount: 5 },
  };
  await operations.PutTargets({ Rule: "mine", Targets: [target] }, context);
  const started = async () => (await house.call("ListTasks", { startedBy: "events-rule/mine" })).taskArns?.length;
  await operations.PutEvents({ Entries: [{ Source: "my.app", DetailType: "Thing", Detail: "{}" }] }, context);
  await pass(minute);
  expect(await started()).toBe(2);
  await house.addAgent();
  await pass(10 * minute, minute);
  expect(await started()).toBe(4);
  await house.addAgent();
  await pass(30 * minute, minute);
  expect(await started()).toBe(5);
  await pass(60 * minute, minute);
  expect(await started()).toBe(5);
});
