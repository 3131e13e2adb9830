import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type EventRule, eventRuleArn } from "../../model/event-rule.ts";
import { exampleRunningTask, exampleService, exampleServiceArn, exampleTaskArn } from "../../model/examples.ts";
import { ManualClock } from "../../platform/clock.ts";
import { countingIds } from "../../platform/ids.ts";
import { silentLogger } from "../../platform/logger.ts";
import { defaultSettings } from "../../settings.ts";
import { MemoryStore } from "../../store/memory-store.ts";
import type { AwsEvent } from "../aws-event.ts";
import { DeliveryFailure } from "../delivery.ts";
import { EventBus } from "../event-bus.ts";
import { DeliveryOutbox } from "./delivery-outbox.ts";

const minute = 60_000;
const day = 24 * 60 * minute;
let directory: string;
let store: MemoryStore;
let clock: ManualClock;
/** What the target answers, what it was called with, and what was logged as a loss. */
let isUp: boolean;
let attempts: string[];
let warned: string[];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "hatoba-outbox-"));
  [store, clock] = [new MemoryStore(), new ManualClock()];
  [isUp, attempts, warned] = [true, [], []];
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const turn = () => new Promise((resolve) => setImmediate(resolve));
async function turns(): Promise<void> {
  for (let count = 0; count < 10; count++) await turn();
}
const nameOf = ({ id, detail: { eventName, lastStatus } }: AwsEvent) =>
  [eventName, lastStatus].find((name) => typeof name === "string") ?? id;

/** A bus on what the one before left. What is killed keeps just what is on disk. */
async function start(budget: { readonly budgetCharacters?: number } = {}) {
  const logger = { ...silentLogger, warn: (_: unknown, message?: string) => void warned.push(message ?? "") } as never;
  const outbox = new DeliveryOutbox({ path: join(directory, "events.db"), clock, logger, ...budget });
  const bus = new EventBus({
    store,
    clock,
    outbox,
    logger,
    ids: countingIds(),
    settings: defaultSettings,
    describe: { task: ({ value }) => ({ lastStatus: value.lastStatus }), containerInstance: () => ({}) },
    async deliver({ event }) {
      attempts.push(nameOf(event));
      if (!isUp) throw new DeliveryFailure("503", { retriable: true });
    },
  });
  await turns();
  return {
    bus,
    async kill() {
      await outbox.close();
      bus.close();
    },
    async stop() {
      bus.close();
      await outbox.close();
    },
  };
}

async function putRule(pattern: object, target: Partial<EventRule["targets"][number]> = {}): Promise<void> {
  const arn = eventRuleArn(defaultSettings, "r");
  const value: EventRule = {
    name: "r",
    eventPattern: JSON.stringify(pattern),
    state: "ENABLED",
    targets: [{ Id: "t", Arn: "arn:target", ...target }],
    tags: [],
    createdBy: "000000000000",
    scheduledSince: 0,
  };
  const expected = store.snapshot().get("eventRule", arn)?.revision ?? 0;
  await store.commit([{ kind: "eventRule", arn, expected, value }]);
}
const mine = { source: ["my.app"] };
const event = (id: string): AwsEvent => ({
  version: "0",
  id,
  "detail-type": "Thing",
  source: "my.app",
  account: "000000000000",
  time: "2026-01-01T00:00:00Z",
  region: "us-east-1",
  resources: [],
  detail: {},
});
async function putTask(number: number, lastStatus: "RUNNING" | "STOPPED"): Promise<void> {
  const arn = exampleTaskArn(number);
  const expected = store.snapshot().get("task", arn)?.revision ?? 0;
  await store.commit([{ kind: "task", arn, expected, value: exampleRunningTask({ lastStatus }) }]);
  await turns();
}

test("what was taken in arrives after a kill, and once it has arrived not again", async () => {
  await putRule(mine);
  isUp = false;
  const first = await start();
  await Promise.all(["a", "b", "c"].map((id) => first.bus.put(event(id))));
  await first.kill();
  [isUp, attempts] = [true, []];
  const second = await start();
  clock.advance(minute);
  await turns();
  expect(attempts).toEqual(["a", "b", "c"]);
  await second.stop();
  const third = await start();
  clock.advance(day);
  await turns();
  expect(attempts).toEqual(["a", "b", "c"]);
  await third.stop();
});

test("attempts are counted over restarts", async () => {
  await putRule(mine, { RetryPolicy: { MaximumRetryAttempts: 4 } });
  isUp = false;
  let house = await start();
  await house.bus.put(event("a"));
  for (let restarts = 0; restarts < 8; restarts++) {
    clock.advance(100);
    await turns();
    await house.kill();
    clock.advance(minute);
    house = await start();
  }
  expect(attempts).toHaveLength(5);
  expect(warned).toEqual(["event not delivered"]);
  await house.stop();
});

test("the pause before the next attempt goes on after a restart", async () => {
  await putRule(mine);
  isUp = false;
  const first = await start();
  await first.bus.put(event("a"));
  for (const pause of [1_000, 2_000, 4_000]) {
    clock.advance(pause);
    await turns();
  }
  await first.stop();
  attempts = [];
  const second = await start();
  clock.advance(7_999);
  await turns();
  expect(attempts).toEqual([]);
  clock.advance(1);
  await turns();
  expect(attempts).toEqual(["a"]);
  await second.stop();
});

test.each([
  [60, 61_000, []],
  [60, 59_000, ["a"]],
  [undefined, day + 1, []],
  [undefined, day - 1, ["a"]],
])(
  "older than %s s (a day if absent) after %d ms is not tried, and said",
  async (MaximumEventAgeInSeconds, downMs, expected) => {
    await putRule(mine, MaximumEventAgeInSeconds === undefined ? {} : { RetryPolicy: { MaximumEventAgeInSeconds } });
    isUp = false;
    const first = await start();
    await first.bus.put(event("a"));
    await first.kill();
    [isUp, attempts] = [true, []];
    clock.advance(downMs);
    const second = await start();
    expect([attempts, warned]).toEqual([expected, expected.length === 0 ? ["event not delivered"] : []]);
    await second.stop();
  },
);

test("events that are large are dropped, the oldest first, so that all together stay within the budget", async () => {
  await putRule(mine);
  isUp = false;
  const large = (id: string) => ({ ...event(id), detail: { text: "x".repeat(1_000) } });
  const first = await start({ budgetCharacters: 4_000 });
  for (const id of ["a", "b", "c", "d", "e"]) await first.bus.put(large(id));
  await first.kill();
  [isUp, attempts] = [true, []];
  const second = await start();
  clock.advance(minute);
  await turns();
  expect(attempts).toEqual(["c", "d", "e"]);
  expect(warned).toEqual(["events dropped: too many wait for their targets"]);
  await second.stop();
});

const stopped = { "detail-type": ["ECS Task State Change"], detail: { lastStatus: ["STOPPED"] } };

test("a change that was committed and not seen any more becomes an event after the restart, once", async () => {
  await putRule(stopped);
  const first = await start();
  await putTask(1, "STOPPED");
  await putTask(2, "RUNNING");
  expect(attempts).toEqual(["STOPPED"]);
  await first.kill();
  await putTask(2, "STOPPED");
  await putTask(3, "STOPPED");
  attempts = [];
  const second = await start();
  expect(attempts).toEqual(["STOPPED", "STOPPED"]);
  await second.kill();
  const third = await start();
  expect(attempts).toEqual(["STOPPED", "STOPPED"]);
  await third.stop();
});

test("it is none to a rule that came later, and none where there was no outbox before", async () => {
  await putTask(1, "STOPPED");
  await putRule(stopped);
  const first = await start();
  await first.kill();
  await putTask(2, "STOPPED");
  await putRule(stopped);
  const second = await start();
  expect(attempts).toEqual([]);
  await second.stop();
});

test("of a service's events the new ones alone are made up for", async () => {
  await putRule({ "detail-type": ["ECS Service Action"] });
  const arn = exampleServiceArn;
  const key = `events/${arn}`;
  await store.commit([{ kind: "service", arn, expected: 0, value: exampleService() }]);
  const say = async (messages: readonly string[]) => {
    const known = store.snapshot().get("serviceEvents", key);
    const fresh = messages.map((message, at) => ({ id: `${clock.now()} ${at}`, createdAt: clock.now(), message }));
    const value = { serviceArn: arn, steady: false, events: [...fresh, ...(known?.value.events ?? [])] };
    await store.commit([{ kind: "serviceEvents", arn: key, expected: known?.revision ?? 0, value }]);
    await turns();
  };
  const first = await start();
  await say(["(service web) has reached a steady state."]);
  expect(attempts).toEqual(["SERVICE_STEADY_STATE"]);
  clock.advance(2_000);
  await say([]);
  await first.kill();
  await say(["(service web) has stopped 1 running tasks: (task 1)."]);
  const second = await start();
  expect(attempts).toEqual(["SERVICE_STEADY_STATE", "TASKS_STOPPED"]);
  await second.stop();
});
