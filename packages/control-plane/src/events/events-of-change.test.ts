import { expect, test } from "vitest";
import {
  exampleContainerInstance,
  exampleContainerInstanceArn,
  exampleDeployment,
  exampleRunningTask,
  exampleService,
  exampleServiceArn,
  exampleServiceEvents,
  exampleTaskArn,
  exampleTaskSet,
  exampleTime,
} from "../model/examples.ts";
import { MemoryStore } from "../store/memory-store.ts";
import type { Change, Stored, Write } from "../store/store.ts";
import { completeEvent, type EventDraft } from "./aws-event.ts";
import { type Describers, eventsOfChange } from "./events-of-change.ts";

const describe: Describers = {
  task: ({ arn, revision, value }) => ({
    taskArn: arn,
    lastStatus: value.lastStatus,
    createdAt: new Date(value.createdAt),
    attachments: value.attachments,
    tags: [],
    version: revision,
  }),
  containerInstance: ({ arn, revision, value }) => ({
    containerInstanceArn: arn,
    agentConnected: value.agentConnected,
    tags: [],
    version: revision,
  }),
};
const at = exampleTime + 1234;

/** The events that the last of the commits leads to. */
async function eventsAfter(...commits: readonly Omit<Write, "expected">[]): Promise<readonly EventDraft[]> {
  const store = new MemoryStore();
  const changes: Change[] = [];
  store.onChange((change) => changes.push(change));
  for (const write of commits) {
    const expected = store.snapshot().get(write.kind, write.arn)?.revision ?? 0;
    await store.commit([{ ...write, expected } as Write]);
  }
  const last = changes.at(-1);
  return last === undefined ? [] : eventsOfChange(last, { snapshot: store.snapshot(), describe, at });
}

const task = (overrides = {}): Omit<Write, "expected"> => ({
  kind: "task",
  arn: exampleTaskArn(),
  value: exampleRunningTask(overrides),
});
const instance = (overrides = {}): Omit<Write, "expected"> => ({
  kind: "containerInstance",
  arn: exampleContainerInstanceArn(),
  value: exampleContainerInstance(overrides),
});
const service = (overrides = {}): Omit<Write, "expected"> => ({
  kind: "service",
  arn: exampleServiceArn,
  value: exampleService(overrides),
});
const said = (...messages: readonly string[]): Omit<Write, "expected"> => ({
  kind: "serviceEvents",
  arn: `events/${exampleServiceArn}`,
  value: exampleServiceEvents({
    events: messages
      .map((message, index) => ({
        id: `e${index}`,
        createdAt: exampleTime + index,
        message: `(service web) ${message}`,
      }))
      .toReversed(),
  }),
});

test("a task's change, with times as texts and the attachment's type as events spell it", async () => {
  const attachments = [{ id: "a", type: "ElasticNetworkInterface", status: "ATTACHED", details: [] }];
  expect(await eventsAfter(task({ attachments }))).toEqual([
    {
      "detail-type": "ECS Task State Change",
      source: "aws.ecs",
      at,
      resources: [exampleTaskArn()],
      detail: {
        taskArn: exampleTaskArn(),
        lastStatus: "RUNNING",
        createdAt: "2026-01-01T00:00:00.000Z",
        attachments: [{ id: "a", type: "eni", status: "ATTACHED", details: [] }],
        version: 1,
        updatedAt: "2026-01-01T00:00:01.234Z",
      },
    },
  ]);
});

test("of a steady service each task set that stays is steady", async () => {
  const external = service({ deploymentController: { type: "EXTERNAL" } });
  const set = (id: string, status: "ACTIVE" | "DRAINING"): Omit<Write, "expected"> => ({
    kind: "taskSet",
    arn: `task-set/${id}`,
    value: exampleTaskSet({ status }),
  });
  const steady = said("has reached a steady state.");
  const events = await eventsAfter(external, set("1", "ACTIVE"), set("2", "DRAINING"), steady);
  expect(events.map(({ detail }) => [detail.eventName, detail.taskSetArns])).toEqual([
    ["SERVICE_STEADY_STATE", undefined],
    ["TASKSET_STEADY_STATE", ["task-set/1"]],
  ]);
  expect(await eventsAfter(service(), set("1", "ACTIVE"), steady)).toHaveLength(1);
});

test("the number of tasks that the scheduler finds out is news, the number that a user asks for is not", async () => {
  const daemon = { schedulingStrategy: "DAEMON" };
  expect(await eventsAfter(service({ ...daemon, desiredCount: 1 }), service({ ...daemon, desiredCount: 2 }))).toEqual([
    {
      "detail-type": "ECS Service Action",
      source: "aws.ecs",
      at,
      resources: [exampleServiceArn],
      detail: {
        eventType: "INFO",
        eventName: "SERVICE_DESIRED_COUNT_UPDATED",
        clusterArn: exampleService().clusterArn,
        createdAt: "2026-01-01T00:00:01.234Z",
      },
    },
  ]);
  expect(await eventsAfter(service({ ...daemon, desiredCount: 2 }))).toEqual([]);
  expect(await eventsAfter(service({ desiredCount: 1 }), service({ desiredCount: 2 }))).toEqual([]);
});

test("what nobody is shown is no event", async () => {
  expect(await eventsAfter(task(), task({ failureCounted: true }))).toEqual([]);
  expect(await eventsAfter(task(), task({ tags: [{ key: "a", value: "b" }] }))).toEqual([]);
  expect(await eventsAfter(instance(), instance({ tags: [{ key: "a", value: "b" }] }))).toEqual([]);
});

test("a task that stops frees its container instance", async () => {
  const events = await eventsAfter(instance(), task(), task({ lastStatus: "STOPPED" }));
  expect(events.map((event) => [event["detail-type"], event.detail.version])).toEqual([
    ["ECS Task State Change", 3],
    ["ECS Container Instance State Change", 3],
  ]);
});

test("a container instance that is placed on", async () => {
  const same = instance();
  expect((await eventsAfter(same, same)).map((event) => event["detail-type"])).toEqual([
    "ECS Container Instance State Change",
  ]);
  expect(await eventsAfter(instance(), instance())).toEqual([]);
});

test("container instances, and nothing of capacity for Fargate", async () => {
  const [event] = await eventsAfter(instance(), instance({ agentConnected: false }));
  expect(event?.detail).toMatchObject({ agentConnected: false, version: 2, clusterArn: exampleService().clusterArn });
  expect(await eventsAfter(instance({ capacity: "FARGATE" }))).toEqual([]);
});

test("service actions, oldest first, each once", async () => {
  const steady = "has reached a steady state.";
  expect(
    await eventsAfter(service(), said(steady), said(steady, "is unable to consistently start tasks successfully.")),
  ).toEqual([
    {
      "detail-type": "ECS Service Action",
      source: "aws.ecs",
      at: exampleTime + 1,
      resources: [exampleServiceArn],
      // As in the developer guide's example of SERVICE_TASK_START_IMPAIRED.
      detail: {
        eventType: "WARN",
        eventName: "SERVICE_TASK_START_IMPAIRED",
        clusterArn: exampleService().clusterArn,
        createdAt: "2026-01-01T00:00:00.001Z",
      },
    },
  ]);
});

test.each([
  ["has stopped 2 running tasks: (task a) (task b).", "TASKS_STOPPED", undefined],
  [
    "was unable to place a task. Reason: Capacity is unavailable at this time. Please try again later or in a different availability zone. For more information, see x",
    "SERVICE_TASK_PLACEMENT_FAILURE",
    "RESOURCE:FARGATE",
  ],
  [
    "was unable to place a task because no container instance met all of its requirements. The closest matching (container-instance i) has insufficient memory available. For more information, see x",
    "SERVICE_TASK_PLACEMENT_FAILURE",
    "RESOURCE:MEMORY",
  ],
  [
    'was unable to place a task because no container instance met all of its requirements. The closest matching (container-instance i) encountered error "AGENT". x',
    "SERVICE_TASK_PLACEMENT_FAILURE",
    "AGENT",
  ],
  [
    "was unable to place a task because no container instance met all of its requirements. Reason: No Container Instances were found in your cluster. For more information, see x",
    "SERVICE_TASK_PLACEMENT_FAILURE",
    "No Container Instances were found in your cluster.",
  ],
  [
    "was unable to place a task. Reason: The task definition x does not exist.",
    "SERVICE_TASK_CONFIGURATION_FAILURE",
    "The task definition x does not exist.",
  ],
])("%s", async (message, eventName, reason) => {
  const [event] = await eventsAfter(service(), said(message));
  expect([event?.detail.eventName, event?.detail.reason]).toEqual([eventName, reason]);
});

test("the steady state of a service with capacity providers is theirs too", async () => {
  const strategy = { capacityProviderStrategy: [{ capacityProvider: "FARGATE_SPOT" }] };
  const events = await eventsAfter(service(strategy), said("has reached a steady state."));
  expect(events.map(({ detail }) => [detail.eventName, detail.capacityProviderArns])).toEqual([
    ["SERVICE_STEADY_STATE", undefined],
    ["CAPACITY_PROVIDER_STEADY_STATE", ["arn:aws:ecs:us-east-1:000000000000:capacity-provider/FARGATE_SPOT"]],
  ]);
});

test("a deployment's beginning, end and failure, and nothing between", async () => {
  const deployment = (overrides = {}): Omit<Write, "expected"> => ({
    kind: "deployment",
    arn: exampleDeployment().deploymentId,
    value: exampleDeployment(overrides),
  });
  const names = async (...commits: readonly Omit<Write, "expected">[]) =>
    (await eventsAfter(...commits)).map(({ detail }) =>
      [detail.eventType, detail.eventName, detail.reason].map(String).join(" "),
    );
  const { deploymentId } = exampleDeployment();
  expect(await names(deployment())).toEqual([
    `INFO SERVICE_DEPLOYMENT_IN_PROGRESS ECS deployment ${deploymentId} in progress.`,
  ]);
  expect(await names(deployment(), deployment({ failedTasks: 1 }))).toEqual([]);
  expect(await names(deployment(), deployment({ rolloutState: "COMPLETED", rolloutStateReason: "done" }))).toEqual([
    "INFO SERVICE_DEPLOYMENT_COMPLETED done",
  ]);
  expect(await names(deployment(), deployment({ rolloutState: "FAILED", rolloutStateReason: "why" }))).toEqual([
    "ERROR SERVICE_DEPLOYMENT_FAILED why",
  ]);
});

test("the envelope is that of the developer guide's example of SERVICE_STEADY_STATE", () => {
  const value = exampleServiceEvents({
    serviceArn: "arn:aws:ecs:us-west-2:111122223333:service/default/servicetest",
    events: [
      {
        id: "1",
        createdAt: Date.parse("2019-11-19T19:27:22.695Z"),
        message: "(service s) has reached a steady state.",
      },
    ],
  });
  const store = new MemoryStore();
  const clusterArn = "arn:aws:ecs:us-west-2:111122223333:cluster/default";
  const snapshot = {
    ...store.snapshot(),
    get: () => ({ value: exampleService({ clusterArn }) }),
  } as never;
  const after = { kind: "serviceEvents", arn: "x", revision: 1, value } as Stored;
  const [draft] = eventsOfChange({ revision: 1, after }, { snapshot, describe, at });
  const envelope = { id: "af3c496d-f4a8-65d1-70f4-a69d52e9b584", accountId: "111122223333", region: "us-west-2" };
  expect(draft && completeEvent(draft, envelope)).toEqual({
    version: "0",
    id: "af3c496d-f4a8-65d1-70f4-a69d52e9b584",
    "detail-type": "ECS Service Action",
    source: "aws.ecs",
    account: "111122223333",
    time: "2019-11-19T19:27:22Z",
    region: "us-west-2",
    resources: ["arn:aws:ecs:us-west-2:111122223333:service/default/servicetest"],
    detail: {
      eventType: "INFO",
      eventName: "SERVICE_STEADY_STATE",
      clusterArn,
      createdAt: "2019-11-19T19:27:22.695Z",
    },
  });
});
