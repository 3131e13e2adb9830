import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ManualClock } from "../../platform/clock.ts";
import { silentLogger } from "../../platform/logger.ts";
import type { Delivery } from "../delivery.ts";
import { DeliveryOutbox } from "./delivery-outbox.ts";
import { OutboxDatabase } from "./outbox-database.ts";

let directory: string;
let path: string;
let clock: ManualClock;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "hatoba-outbox-"));
  path = join(directory, "events.db");
  clock = new ManualClock();
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const deliveryOf = (id: string): Delivery => ({
  event: {
    version: "0",
    id,
    "detail-type": "Thing",
    source: "my.app",
    account: "000000000000",
    time: "2026-01-01T00:00:00Z",
    region: "us-east-1",
    resources: [],
    detail: {},
  },
  rule: { arn: "arn:rule", name: "rule" },
  target: { Id: "t", Arn: "arn:target", HttpParameters: { HeaderParameters: { key: "secret" } } },
  ingestedAt: clock.now(),
});
const open = (budget: { readonly budgetCharacters?: number } = {}) =>
  new DeliveryOutbox({ path, clock, logger: silentLogger, ...budget });
const find = () => ({ rule: { arn: "arn:rule", name: "rule" }, target: { Id: "t", Arn: "arn:now" } });
/** What is on disk. */
async function left() {
  const outbox = open();
  const found = outbox.reopen(find);
  await outbox.close();
  return found.map(({ delivery, attempts, dueAt }) => [delivery.event.id, attempts, dueAt - delivery.ingestedAt]);
}

test("what is not over is there afterwards, oldest first, with how far it came", async () => {
  const outbox = open();
  const [a, b, c, d] = ["a", "b", "c", "d"].map(deliveryOf) as [Delivery, Delivery, Delivery, Delivery];
  for (const each of [a, b, c]) outbox.add(each);
  outbox.remove(a); // before it was written
  await outbox.flushed();
  outbox.add(d);
  outbox.postpone(b, { attempts: 3, dueAt: clock.now() + 4_000 });
  outbox.postpone(d, { attempts: 1, dueAt: clock.now() + 1_000 });
  outbox.remove(c);
  await outbox.close();
  expect(await left()).toEqual([
    ["b", 3, 4_000],
    ["d", 1, 1_000],
  ]);
});

test("what it keeps counts against its budget, over a restart too", async () => {
  const budgetCharacters = JSON.stringify(deliveryOf("a").event).length;
  const outbox = open({ budgetCharacters });
  const [a, b] = ["a", "b"].map(deliveryOf) as [Delivery, Delivery];
  outbox.add(a);
  expect(outbox.isOverBudget).toBe(false);
  outbox.add(b);
  expect(outbox.isOverBudget).toBe(true);
  await outbox.close();
  const again = open({ budgetCharacters });
  const [kept] = again.reopen(find);
  expect(again.isOverBudget).toBe(true);
  if (kept) again.remove(kept.delivery);
  expect(again.isOverBudget).toBe(false);
  await again.close();
  expect(await left()).toHaveLength(1);
});

test("a target is what its rule has now; what has none any more goes", async () => {
  const outbox = open();
  outbox.add(deliveryOf("a"));
  await outbox.close();
  const again = open();
  expect(again.reopen(find)[0]?.delivery.target.Arn).toBe("arn:now");
  await again.close();
  const without = open();
  expect(without.reopen(() => undefined)).toEqual([]);
  await without.close();
  expect(await left()).toEqual([]);
});

test("nothing of a target but its name is on disk", async () => {
  const outbox = open();
  outbox.add(deliveryOf("a"));
  await outbox.close();
  const database = new OutboxDatabase(path);
  expect(JSON.stringify(database.deliveries())).not.toContain("secret");
  database.close();
});

test("which changes were seen is written with what they led to, or a little later", async () => {
  const outbox = open();
  expect(outbox.seen).toBeUndefined();
  outbox.saw(7);
  outbox.saw(9);
  clock.advance(100);
  await outbox.close();
  const again = open();
  expect(again.seen).toEqual({ revision: 9, at: Date.UTC(2026, 0, 1) });
  await again.close();
});
