import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ManualClock } from "../platform/clock.ts";
import { type Logger, silentLogger } from "../platform/logger.ts";
import { metricStatistic } from "./metric-statistic.ts";
import { MetricsDatabase } from "./metrics-database.ts";
import { MetricsStore, type MetricsStoreDeps } from "./metrics-store.ts";

const start = Date.UTC(2026, 0, 1);
const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const requests = { namespace: "shop", name: "requests", dimensions: { page: "/", zone: "a" } };

let folder: string;
let clock: ManualClock;
let store: MetricsStore;
let warnings: unknown[][];

const logger = { ...silentLogger, warn: (...said: unknown[]) => void warnings.push(said) } as unknown as Logger;
const open = (more: Partial<MetricsStoreDeps> = {}) =>
  new MetricsStore({ path: join(folder, "metrics.db"), clock, logger, ...more });
const put = (value: number, at = clock.now(), more: Partial<typeof requests> & { readonly unit?: string } = {}) =>
  store.put([{ ...requests, timestamp: at, value, ...more }]);
const query = (from = start - 20 * day, to = start + 100 * day, periodMs = minute, unit?: string) =>
  store
    .query(requests, { from, to, periodMs, unit })
    .map(({ at, unit: of, tally: { sampleCount, sum, minimum, maximum } }) => ({
      at,
      of,
      sampleCount,
      sum,
      minimum,
      maximum,
    }));

/** With one look at what time demands, not one for each minute. */
const restartAfter = (milliseconds: number) => {
  store.close();
  clock = new ManualClock(clock.now() + milliseconds);
  store = open();
  clock.advance(1000);
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hatoba-metrics-"));
  [clock, warnings] = [new ManualClock(start), []];
  store = open();
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

test("values are counted by the minute, whatever order their dimensions come in, and by longer periods", () => {
  put(3);
  put(5, start + 59_999);
  put(10, start + minute, { dimensions: { zone: "a", page: "/" } });
  put(1, start, { dimensions: { page: "/", zone: "b" } });
  put(1, start, { name: "other" });
  expect(query()).toEqual([
    { at: start, of: "None", sampleCount: 2, sum: 8, minimum: 3, maximum: 5 },
    { at: start + minute, of: "None", sampleCount: 1, sum: 10, minimum: 10, maximum: 10 },
  ]);
  expect(query(start, start + hour, 5 * minute)).toMatchObject([{ at: start, sampleCount: 3, sum: 18 }]);
  expect(query(start, start + minute)).toHaveLength(1);
  expect([...store.metrics()]).toHaveLength(3);
});

test("units are apart", () => {
  put(3, start, { unit: "Bytes" });
  put(5, start, { unit: "Count" });
  expect(query().map(({ of, sum }) => [of, sum])).toEqual([
    ["Bytes", 3],
    ["Count", 5],
  ]);
  expect(query(start, start + hour, minute, "Count")).toMatchObject([{ of: "Count", sum: 5 }]);
});

test("a restart keeps what was closed, and after a second what was not", () => {
  for (const value of [1, 2, 3]) put(value);
  store.close();
  store = open();
  put(4);
  expect(query()).toMatchObject([{ sampleCount: 4, sum: 10 }]);
  const [point] = store.query(requests, { from: start, to: start + hour, periodMs: minute });
  expect(point && metricStatistic("p50")?.(point.tally)).toBe(2);
  expect([...store.metrics()]).toMatchObject([{ ...requests, seenAt: start }]);
});

test("values that are no numbers, too old or too far ahead are left out", () => {
  put(Number.NaN);
  put(Number.POSITIVE_INFINITY);
  put(1, start - 15 * day - 1);
  put(1, start + 2 * hour + 1);
  expect([query(), [...store.metrics()]]).toEqual([[], []]);
});

test("minutes of a day ago are five together, and gone after fifteen days with their metric", () => {
  for (let at = 0; at < 10; at++) put(at, start + at * minute);
  restartAfter(day + 11 * minute);
  put(7, start + minute); // late: goes where the others have gone
  const merged = [
    { at: start, of: "None", sampleCount: 6, sum: 17, minimum: 0, maximum: 7 },
    { at: start + 5 * minute, of: "None", sampleCount: 5, sum: 35, minimum: 5, maximum: 9 },
  ];
  expect(query()).toEqual(merged);
  restartAfter(13 * day);
  expect(query()).toEqual(merged);
  restartAfter(day);
  expect(query()).toEqual([]);
  expect([...store.metrics()]).toHaveLength(1); // what came late keeps it
  restartAfter(day + 3 * hour);
  expect([...store.metrics()]).toEqual([]);
  store.close();
  const database = new MetricsDatabase(join(folder, "metrics.db"));
  const left = [
    ...database.oldest(60, Number.MAX_SAFE_INTEGER, 9),
    ...database.oldest(300, Number.MAX_SAFE_INTEGER, 9),
  ];
  expect([left, database.metrics()]).toEqual([[], []]);
  database.close();
});

test("metrics beyond the number of them are not taken, with a warning a minute", () => {
  store.close();
  store = open({ mostMetrics: 2 });
  for (const name of ["a", "b", "c", "d"]) put(1, start, { name });
  put(1, start, { name: "a" });
  expect([...store.metrics()].map(({ name }) => name)).toEqual(["a", "b"]);
  expect(warnings.map(([fields]) => fields)).toEqual([{ dropped: 1 }]);
  clock.advance(minute);
  put(1, clock.now(), { name: "e" });
  expect(warnings.map(([fields]) => fields)).toEqual([{ dropped: 1 }, { dropped: 2 }]);
});

test("beyond its budget of the disk the oldest points go", () => {
  store.close();
  store = open({ budgetBytes: 300_000 });
  for (let at = 0; at < 6000; at++) put(at, start + at * minute - 5 * day);
  for (let at = 0; at < 6000; at++) put(at, start - at * 20_000, { name: `m${at % 100}` });
  clock.advance(5000);
  expect(warnings.length).toBeGreaterThan(0);
  const [first] = query();
  expect(first?.at ?? Number.POSITIVE_INFINITY).toBeGreaterThan(start - 5 * day);
  store.close();
  const database = new MetricsDatabase(join(folder, "metrics.db"));
  expect(database.usedBytes()).toBeLessThanOrEqual(310_000);
  database.close();
});
