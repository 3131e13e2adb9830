import { expect, test } from "vitest";
import { type EventRule, eventRuleArn } from "../model/event-rule.ts";
import { exampleRunningTask, exampleTaskArn } from "../model/examples.ts";
import { ManualClock } from "../platform/clock.ts";
import { countingIds } from "../platform/ids.ts";
import { silentLogger } from "../platform/logger.ts";
import { defaultSettings } from "../settings.ts";
import { MemoryStore } from "../store/memory-store.ts";
import type { Delivery } from "./delivery.ts";
import { EventBus } from "./event-bus.ts";

const turn = () => new Promise((resolve) => setImmediate(resolve));

function openBus() {
  const [store, clock] = [new MemoryStore(), new ManualClock()];
  const delivered: { readonly delivery: Delivery; readonly input: string }[] = [];
  const described: string[] = [];
  const bus = new EventBus({
    store,
    clock,
    ids: countingIds(),
    settings: defaultSettings,
    logger: silentLogger,
    describe: {
      task({ arn, value }) {
        described.push(arn);
        return { taskArn: arn, lastStatus: value.lastStatus };
      },
      containerInstance: () => ({}),
    },
    deliver: async (delivery, input) => void delivered.push({ delivery, input }),
  });
  const put = async (name: string, rule: Partial<EventRule>) => {
    const arn = eventRuleArn(defaultSettings, name);
    const value: EventRule = {
      name,
      state: "ENABLED",
      targets: [{ Id: "t", Arn: "arn:target" }],
      tags: [],
      createdBy: "000000000000",
      scheduledSince: clock.now(),
      ...rule,
    };
    await store.commit([
      { kind: "eventRule", arn, expected: store.snapshot().get("eventRule", arn)?.revision ?? 0, value },
    ]);
  };
  const task = async (number: number, overrides: Parameters<typeof exampleRunningTask>[0] = {}) => {
    const arn = exampleTaskArn(number);
    const expected = store.snapshot().get("task", arn)?.revision ?? 0;
    await store.commit([{ kind: "task", arn, expected, value: exampleRunningTask(overrides) }]);
    await turn();
    await turn();
  };
  return { bus, store, clock, delivered, described, put, task };
}
const stopped = JSON.stringify({ "detail-type": ["ECS Task State Change"], detail: { lastStatus: ["STOPPED"] } });

test("a change goes to the targets of the rules that it matches", async () => {
  const { delivered, put, task } = openBus();
  await put("stopped", { eventPattern: stopped });
  await put("any", { eventPattern: JSON.stringify({ source: [{ prefix: "aws." }] }), state: "DISABLED" });
  await task(1);
  expect(delivered).toEqual([]);
  await task(1, { lastStatus: "STOPPED" });
  expect(delivered.map(({ delivery }) => [delivery.rule.name, delivery.event.resources])).toEqual([
    ["stopped", [exampleTaskArn(1)]],
  ]);
  expect(JSON.parse(delivered[0]?.input ?? "")).toMatchObject({
    account: "000000000000",
    region: "us-east-1",
    time: "2026-01-01T00:00:00Z",
    detail: { lastStatus: "STOPPED", updatedAt: "2026-01-01T00:00:00.000Z" },
  });
});

test("events that no rule could want are not made", async () => {
  const { described, put, task } = openBus();
  await task(1);
  await put("mine", { eventPattern: JSON.stringify({ source: ["my.app"] }) });
  await put("deployments", { eventPattern: JSON.stringify({ "detail-type": ["ECS Deployment State Change"] }) });
  await task(1, { lastStatus: "STOPPED" });
  expect(described).toEqual([]);
  await put("tasks", { eventPattern: stopped });
  await task(2);
  expect(described).toEqual([exampleTaskArn(2)]);
});

test("a burst of changes arrives whole", async () => {
  const { delivered, put, store } = openBus();
  await put("stopped", { eventPattern: stopped });
  await store.commit(
    Array.from({ length: 350 }, (_, index) => ({
      kind: "task" as const,
      arn: exampleTaskArn(index + 1),
      expected: 0,
      value: exampleRunningTask({ lastStatus: "STOPPED" }),
    })),
  );
  for (let turns = 0; turns < 50 && delivered.length < 350; turns++) await turn();
  expect(new Set(delivered.map(({ delivery }) => delivery.event.resources[0])).size).toBe(350);
});

test("a schedule's event goes to its own rule, and stops with it", async () => {
  const { clock, delivered, put } = openBus();
  await put("other", { eventPattern: JSON.stringify({ source: ["aws.events"] }) });
  await put("often", { scheduleExpression: "rate(5 minutes)" });
  clock.advance(11 * 60_000);
  await turn();
  expect(
    delivered.map(({ delivery: { rule, event } }) => [rule.name, event.time, event["detail-type"], event.source]),
  ).toEqual([
    ["often", "2026-01-01T00:05:00Z", "Scheduled Event", "aws.events"],
    ["often", "2026-01-01T00:10:00Z", "Scheduled Event", "aws.events"],
  ]);
  await put("often", { scheduleExpression: "rate(5 minutes)", state: "DISABLED" });
  clock.advance(3_600_000);
  await turn();
  expect(delivered).toHaveLength(2);
});

test("what was due while nobody watched is not made up for", async () => {
  const first = openBus();
  await first.put("often", { scheduleExpression: "rate(1 day)" });
  first.bus.close();
  const clock = new ManualClock(Date.UTC(2026, 0, 9, 12));
  const delivered: string[] = [];
  const bus = new EventBus({
    store: first.store,
    clock,
    ids: countingIds(),
    settings: defaultSettings,
    logger: silentLogger,
    describe: { task: () => ({}), containerInstance: () => ({}) },
    deliver: async ({ event }) => void delivered.push(event.time),
  });
  clock.advance(86_400_000);
  await turn();
  expect(delivered).toEqual(["2026-01-10T00:00:00Z"]);
  bus.close();
});
