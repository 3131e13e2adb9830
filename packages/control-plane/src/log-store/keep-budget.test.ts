import { randomBytes } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ManualClock } from "../platform/clock.ts";
import { type Logger, silentLogger } from "../platform/logger.ts";
import { houseLog, keepBudget, LogBudgetKeeper } from "./keep-budget.ts";
import { LogStoreFixture } from "./log-store.fixture.ts";

const dayMs = 86_400_000;
const hourMs = 3_600_000;
let fixture: LogStoreFixture;
let clock: ManualClock;
let said: string[];
const logger: Logger = { ...silentLogger, warn: (_: unknown, message: string) => void said.push(message) } as Logger;
beforeEach(async () => {
  [fixture, clock, said] = [new LogStoreFixture(), new ManualClock(), []];
  await fixture.store.createGroup({ name: "g", createdAt: 1, tags: {} });
  await fixture.store.createStream("g", "s", 1);
});
afterEach(() => fixture.end());

/** Not to be compressed. */
const noise = () => randomBytes(150_000).toString("base64");
async function fill(day: number): Promise<void> {
  const timestamp = clock.now() + (day - 10) * dayMs;
  await fixture.store.append("g", "s", [{ timestamp, message: `${day} ${noise()}` }], clock.now());
  await fixture.store.seal();
}
const days = async () =>
  (await fixture.store.read({ group: "g", limit: 99 })).events.map(({ message }) => Number.parseInt(message, 10));
const housesLines = async () => (await fixture.store.read({ group: houseLog.group, limit: 99 })).events;

test("within the budget nothing goes; near its end there is a warning, once", async () => {
  await fill(0);
  const budgetBytes = fixture.store.bytes * 1.1;
  const keeper = new LogBudgetKeeper({ logStore: fixture.store, budgetBytes, clock, logger });
  for (let time = 0; time < 3; time++) await keeper.check();
  expect(await days()).toEqual([0]);
  expect(said).toEqual(["the log budget is nearly used up: the oldest log events will be removed"]);
  expect((await housesLines()).length).toBe(1);
});

test("beyond the budget the oldest goes, and that is said at most hourly, in the house's log group too", async () => {
  await fill(0);
  const budgetBytes = fixture.store.bytes * 2.5;
  const keeper = new LogBudgetKeeper({ logStore: fixture.store, budgetBytes, clock, logger });
  for (const day of [1, 2, 3, 4]) await fill(day);
  await keeper.check();
  expect(await days()).toEqual([3, 4]);
  await fill(5);
  await keeper.check();
  expect(await days()).toEqual([4, 5]);
  const message = "the log budget is used up: the oldest log events were removed";
  expect(said).toEqual([message]);
  clock.advance(hourMs);
  await keeper.check();
  expect(said).toEqual([message, message]);
  const lines = (await housesLines()).map((line) => JSON.parse(line.message) as unknown);
  expect(lines).toMatchObject([
    { level: "warn", message, budgetBytes, removedEvents: 3, logGroups: ["g"] },
    { removedEvents: 1 },
  ]);
});

test("it is looked at every few seconds until that is stopped", async () => {
  await fill(0);
  const stop = keepBudget({ logStore: fixture.store, budgetBytes: 1, clock, logger });
  await stop();
  expect(await days()).toEqual([]);
  await fill(1);
  clock.advance(10_000);
  expect(await days()).toEqual([1]);
});
