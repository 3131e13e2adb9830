import { afterEach, beforeEach, expect, test } from "vitest";
import { type Schedule, scheduleArn } from "../../model/schedule.ts";
import { ManualClock } from "../../platform/clock.ts";
import { silentLogger } from "../../platform/logger.ts";
import { MemoryStore } from "../../store/memory-store.ts";
import { update } from "../../store/update.ts";
import type { AwsEvent } from "../aws-event.ts";
import { type Delivery, DeliveryFailure } from "../delivery.ts";
import { runTaskRequest } from "../targets/ecs-task.ts";
import { toEventBus } from "../targets/event-bus.ts";
import { ScheduleRunner } from "./schedule-runner.ts";

const place = { accountId: "000000000000", region: "us-east-1" };
const arn = scheduleArn(place, "default", "s");
const start = Date.UTC(2026, 0, 1);
const minute = 60_000;

let store: MemoryStore;
let clock: ManualClock;
let runners: ScheduleRunner[];
let delivered: { readonly delivery: Delivery; readonly input: string }[];
let fail: DeliveryFailure | undefined;
beforeEach(() => {
  store = new MemoryStore();
  clock = new ManualClock(start);
  runners = [];
  delivered = [];
  fail = undefined;
});
afterEach(() => {
  for (const runner of runners) runner.close();
});

function open(deliver?: (delivery: Delivery, input: string) => Promise<void>): ScheduleRunner {
  const runner = new ScheduleRunner({
    store,
    clock,
    logger: silentLogger,
    place,
    async deliver(delivery, input) {
      if (fail !== undefined) throw fail;
      delivered.push({ delivery, input });
      await deliver?.(delivery, input);
    },
  });
  runners.push(runner);
  return runner;
}
const put = (more: Partial<Schedule> = {}) => {
  const value: Schedule = {
    name: "s",
    groupName: "default",
    expression: "cron(*/10 * * * ? *)",
    timezone: "UTC",
    state: "ENABLED",
    target: {
      Arn: "arn:aws:ecs:us-east-1:000000000000:cluster/default",
      RoleArn: "role",
      EcsParameters: { TaskDefinitionArn: "web", Tags: [{ key: "a", value: "b" }] },
    },
    actionAfterCompletion: "NONE",
    createdAt: start,
    modifiedAt: start,
    progress: { underWay: [] },
    ...more,
  };
  return store.commit([{ kind: "schedule", arn, expected: 0, value }]);
};
const stored = () => store.snapshot().get("schedule", arn)?.value;
/** Lets promises that are settled have their say. */
const settle = async () => {
  for (let turns = 0; turns < 20; turns++) await new Promise((resolve) => setImmediate(resolve));
};
const pass = async (minutes: number) => {
  for (let passed = 0; passed < minutes; passed++) {
    clock.advance(minute);
    await settle();
  }
};
const timesDelivered = () => delivered.map(({ delivery }) => delivery.event.time.slice(11, 16));

test("a schedule is carried out whenever it is due, and what is over is struck out", async () => {
  open();
  await put();
  await pass(25);
  expect(timesDelivered()).toEqual(["00:10", "00:20"]);
  expect(stored()?.progress).toEqual({ lastDueAt: start + 20 * minute, underWay: [] });
});

test("one that is disabled, changed or deleted is not carried out as it was", async () => {
  open();
  await put();
  await update(store, "schedule", arn, (schedule) => ({ ...schedule, state: "DISABLED" }));
  await pass(15);
  await update(store, "schedule", arn, (schedule) => ({
    ...schedule,
    state: "ENABLED",
    expression: "rate(1 hour)",
    modifiedAt: clock.now(),
  }));
  await pass(1);
  const { revision = 0 } = store.snapshot().get("schedule", arn) ?? {};
  await store.commit([{ kind: "schedule", arn, expected: revision, value: null }]);
  await pass(70);
  expect(timesDelivered()).toEqual(["00:15"]);
});

test("a one-time schedule is carried out once, and is gone if it was to be", async () => {
  open();
  await put({ expression: "at(2026-01-01T00:05:00)", actionAfterCompletion: "DELETE" });
  await pass(4);
  expect(stored()).toBeDefined();
  await pass(2);
  expect(timesDelivered()).toEqual(["00:05"]);
  expect(stored()).toBeUndefined();
});

test("one that ends is gone after its last time, also when that was given up", async () => {
  open();
  fail = new DeliveryFailure("no", { retriable: false });
  await put({ endDate: start + 12 * minute, actionAfterCompletion: "DELETE" });
  await pass(11);
  expect(stored()).toBeUndefined();
});

test("one that a stop kept from being removed goes at the next start", async () => {
  const at = start - 5 * minute;
  await put({
    expression: "at(2025-12-31T23:55:00)",
    actionAfterCompletion: "DELETE",
    createdAt: at,
    modifiedAt: at,
    progress: { lastDueAt: at, underWay: [] },
  });
  open();
  await settle();
  expect(stored()).toBeUndefined();
  expect(delivered).toEqual([]);
});

test("what is tried again is tried no more once the schedule is deleted", async () => {
  open();
  await put({ expression: "at(2026-01-01T00:05:00)" });
  fail = new DeliveryFailure("no room", { retriable: true });
  await pass(6);
  fail = undefined;
  const { revision = 0 } = store.snapshot().get("schedule", arn) ?? {};
  await store.commit([{ kind: "schedule", arn, expected: revision, value: null }]);
  await pass(60);
  expect(delivered).toEqual([]);
});

test("each time is carried out once, in its order, though windows are longer than what is between two times", async () => {
  open();
  await put({ expression: "cron(* * * * ? *)", windowMinutes: 15 });
  await pass(30);
  const due = Array.from({ length: 29 }, (_, index) => `00:${String(index + 1).padStart(2, "0")}`);
  expect(timesDelivered()).toEqual(due);
});

test("what was begun goes on after a restart, as the same invocation; what was missed once is made up for", async () => {
  const first = open(() => new Promise(() => undefined)); // in the middle of it
  await put({ expression: "at(2026-01-01T00:05:00)" });
  await pass(5);
  expect(stored()?.progress.underWay).toEqual([start + 5 * minute]);
  first.close();
  open();
  await settle();
  expect(stored()?.progress.underWay).toEqual([]);
  expect(new Set(delivered.map(({ delivery }) => delivery.event.id)).size).toBe(1);

  runners.at(-1)?.close();
  await update(store, "schedule", arn, (schedule) => ({ ...schedule, expression: "at(2026-01-01T00:30:00)" }));
  await pass(60);
  open();
  await pass(1);
  expect(timesDelivered()).toEqual(["00:05", "00:05", "00:30"]);
});

test("an input has the facts of its invocation in it, of each attempt its own", async () => {
  open();
  await put({
    expression: "at(2026-01-01T00:05:00)",
    target: {
      Arn: "arn:aws:ecs:us-east-1:000000000000:cluster/default",
      RoleArn: "role",
      EcsParameters: { TaskDefinitionArn: "web" },
      Input: "<aws.scheduler.schedule-arn> <aws.scheduler.scheduled-time> <aws.scheduler.attempt-number> <aws.other>",
    },
  });
  fail = new DeliveryFailure("no", { retriable: true });
  await pass(5);
  fail = undefined;
  await pass(1);
  expect(delivered.map(({ input }) => input)).toEqual([`${arn} 2026-01-01T00:05:00Z 2 <aws.other>`]);
});

test("tasks are started in the schedule's name, with its tags", async () => {
  open();
  await put({ expression: "at(2026-01-01T00:05:00)" });
  await pass(5);
  const [{ delivery } = { delivery: {} as Delivery }] = delivered;
  expect(runTaskRequest(delivery, { input: "", count: 1, index: 0 })).toMatchObject({
    taskDefinition: "web",
    startedBy: "chronos-schedule/s",
    tags: [{ key: "a", value: "b" }],
  });
});

test("the default bus gets an event of the caller's own", async () => {
  const events: AwsEvent[] = [];
  const asked: string[] = [];
  const toBus = toEventBus({
    put: (event) => void events.push(event),
    requirePut: (role, bus) => void asked.push(`${role} ${bus}`),
  });
  open(toBus);
  const Arn = "arn:aws:events:us-east-1:000000000000:event-bus/default";
  await put({
    expression: "at(2026-01-01T00:05:00)",
    target: {
      Arn,
      RoleArn: "role",
      EventBridgeParameters: { DetailType: "Nightly", Source: "my.app" },
      Input: '{"at":"<aws.scheduler.scheduled-time>"}',
    },
  });
  await pass(5);
  expect(asked).toEqual([`role ${Arn}`]);
  expect(events).toMatchObject([
    {
      "detail-type": "Nightly",
      source: "my.app",
      detail: { at: "2026-01-01T00:05:00Z" },
      time: "2026-01-01T00:05:00Z",
    },
  ]);
});
