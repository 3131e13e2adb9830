import fc from "fast-check";
import { expect, test } from "vitest";
import type { RuleTarget } from "../model/event-rule.ts";
import { ManualClock } from "../platform/clock.ts";
import { silentLogger } from "../platform/logger.ts";
import { type Delivery, DeliveryFailure, nextAttempt } from "./delivery.ts";
import { DeliveryQueue } from "./delivery-queue.ts";

const event = {
  version: "0",
  id: "1",
  "detail-type": "Thing",
  source: "my.app",
  account: "000000000000",
  time: "2026-01-01T00:00:00Z",
  region: "us-east-1",
  resources: [],
  detail: {},
} as const;
const deliveryOf = (id: string, target: Partial<RuleTarget> = {}, ingestedAt = Date.UTC(2026, 0, 1)): Delivery => ({
  event: { ...event, id },
  rule: { arn: "arn:rule", name: "rule" },
  target: { Id: "t", Arn: "arn:target", ...target },
  ingestedAt,
});
/** Lets promises that are settled have their say. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** A queue whose target fails as often as told, by event. */
function openQueue(failures: Readonly<Record<string, number>> = {}, limits = {}) {
  const clock = new ManualClock();
  const [delivered, attempts, warned]: [string[], string[], string[]] = [[], [], []];
  const left = new Map(Object.entries(failures));
  const queue = new DeliveryQueue(
    {
      clock,
      logger: {
        ...silentLogger,
        warn: (_fields: unknown, message?: string) => void warned.push(message ?? ""),
      } as never,
      async deliver({ event: { id } }) {
        attempts.push(id);
        const more = left.get(id) ?? 0;
        left.set(id, more - 1);
        if (more > 0) throw new DeliveryFailure("no", { retriable: true });
        if (Number.isNaN(more)) throw new DeliveryFailure("never", { retriable: false });
        delivered.push(id);
      },
    },
    limits,
  );
  return { queue, clock, delivered, attempts, warned };
}

test("what fails is tried again, ever more slowly, until it goes well", async () => {
  const { queue, clock, delivered, attempts } = openQueue({ a: 3 });
  queue.add(deliveryOf("a"));
  await turn();
  expect(attempts).toHaveLength(1);
  for (const [ms, count] of [
    [999, 1],
    [1, 2],
    [1_999, 2],
    [1, 3],
    [3_999, 3],
    [1, 4],
  ] as const) {
    clock.advance(ms);
    await turn();
    expect(attempts).toHaveLength(count);
  }
  expect(delivered).toEqual(["a"]);
});

test("what cannot succeed is given up at once, and said", async () => {
  const { queue, clock, attempts, warned } = openQueue({ a: Number.NaN });
  queue.add(deliveryOf("a"));
  await turn();
  clock.advance(86_400_000);
  await turn();
  expect([attempts, warned]).toEqual([["a"], ["event not delivered"]]);
});

test("a target that fails does not hold up another", async () => {
  const { queue, delivered } = openQueue({ a: 9 }, { atOnce: 1 });
  queue.add(deliveryOf("a"));
  queue.add(deliveryOf("b", { Arn: "arn:other" }));
  await turn();
  expect(delivered).toEqual(["b"]);
});

test("when there are too many the oldest goes, and that is said", async () => {
  const clock = new ManualClock();
  const gate = Promise.withResolvers<void>();
  const delivered: string[] = [];
  const warned: string[] = [];
  const dropped: string[] = [];
  const queue = new DeliveryQueue(
    {
      clock,
      dropped: ({ event: { id } }) => void dropped.push(id),
      logger: {
        ...silentLogger,
        warn: (_fields: unknown, message?: string) => void warned.push(message ?? ""),
      } as never,
      async deliver({ event: { id } }) {
        await gate.promise;
        delivered.push(id);
      },
    },
    { capacity: 2, atOnce: 1 },
  );
  for (const id of ["under way", "oldest", "b", "c"]) queue.add(deliveryOf(id));
  gate.resolve();
  await turn();
  expect(delivered).toEqual(["under way", "b", "c"]);
  expect(warned).toEqual(["events dropped: too many wait for their targets"]);
  expect(dropped).toEqual(["oldest"]);
});

test("a closed queue does nothing more", async () => {
  const { queue, clock, attempts } = openQueue({ a: 5 });
  queue.add(deliveryOf("a"));
  await turn();
  queue.close();
  queue.add(deliveryOf("b"));
  clock.advance(86_400_000);
  await turn();
  expect(attempts).toEqual(["a"]);
});

const error = new DeliveryFailure("no", { retriable: true });
test("a target's retry policy holds, and its wish to be left alone", () => {
  const now = Date.UTC(2026, 0, 1);
  const policy = { RetryPolicy: { MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: 60 } };
  expect(nextAttempt(deliveryOf("a", policy), { error, attempts: 2, now })).toBe(2_000);
  expect(nextAttempt(deliveryOf("a", policy), { error, attempts: 3, now })).toBeUndefined();
  expect(nextAttempt(deliveryOf("a", policy), { error, attempts: 1, now: now + 60_000 })).toBeUndefined();
  const asking = new DeliveryFailure("busy", { retriable: true, retryAfterMs: 30_000 });
  expect(nextAttempt(deliveryOf("a"), { error: asking, attempts: 1, now })).toBe(30_000);
  expect(
    nextAttempt(deliveryOf("a", { RetryPolicy: { MaximumRetryAttempts: 0 } }), { error, attempts: 1, now }),
  ).toBeUndefined();
});

test("pauses grow, stay below a quarter of an hour, and end within a day", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 185 }), (attempts) => {
      const now = Date.UTC(2026, 0, 1);
      const pause = nextAttempt(deliveryOf("a"), { error, attempts, now }) ?? 0;
      expect(pause).toBeGreaterThanOrEqual(
        nextAttempt(deliveryOf("a"), { error, attempts: Math.max(1, attempts - 1), now }) ?? 0,
      );
      expect(pause).toBeLessThanOrEqual(15 * 60_000);
      expect(nextAttempt(deliveryOf("a"), { error, attempts, now: now + 86_400_000 })).toBeUndefined();
    }),
  );
});
