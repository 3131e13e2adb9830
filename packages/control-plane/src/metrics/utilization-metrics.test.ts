import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import { MinuteSeries, minuteMs, minutesKept } from "./minute-series.ts";
import { type TaskMeasurement, UtilizationMetrics } from "./utilization-metrics.ts";

const start = Date.UTC(2026, 0, 1);
const hour = 60 * minuteMs;
let metrics: UtilizationMetrics;
beforeEach(() => {
  metrics = new UtilizationMetrics();
});
const task = (taskArn: string, cpu: number, memory: number, more: Partial<TaskMeasurement> = {}): TaskMeasurement => ({
  taskArn,
  serviceArn: "web",
  cpuUnits: { used: cpu, available: 256 },
  memoryMiB: { used: memory, available: 512 },
  ...more,
});
const total = (numbers: readonly number[]) => numbers.reduce((sum, each) => sum + each, 0);
function publish(tasks: readonly TaskMeasurement[], at = start, containerInstanceArn = "i1", clusterArn = "default") {
  const cpuUnits = { used: total(tasks.map((each) => each.cpuUnits.used)), available: 4096 };
  const memoryMiB = { used: total(tasks.map((each) => each.memoryMiB.used)), available: 16_384 };
  metrics.recordTasks(tasks, at);
  metrics.recordInstance({ containerInstanceArn, clusterArn, cpuUnits, memoryMiB }, at);
}
const service = (metric: "CPUUtilization" | "MemoryUtilization", arn = "web") =>
  metrics.query(arn, metric, start, start + 24 * hour);

describe("a service", () => {
  test("has one sample for each task and minute, in per cent of what the task reserved", () => {
    for (const second of [0, 20, 40]) {
      publish([task("1", 64, 128), task("2", second === 0 ? 0 : 192, 512)], start + second * 1000);
      publish([task("3", 256, 256)], start + second * 1000, "i2");
    }
    expect(service("CPUUtilization")).toEqual([
      { at: start, sampleCount: 3, minimum: 25, maximum: 100, sum: 25 + 50 + 100 },
    ]);
    expect(service("MemoryUtilization")).toEqual([
      { at: start, sampleCount: 3, minimum: 25, maximum: 100, sum: 25 + 100 + 50 },
    ]);
  });

  test("begins each minute anew; minutes without measurements are not there", () => {
    publish([task("1", 128, 0)]);
    publish([task("1", 256, 0)], start + 3 * minuteMs + 1);
    expect(service("CPUUtilization").map(({ at, sum }) => [at, sum])).toEqual([
      [start, 50],
      [start + 3 * minuteMs, 100],
    ]);
    expect(metrics.query("web", "CPUUtilization", start + 1, start + 3 * minuteMs)).toEqual([]);
  });

  test("has samples of those that were measured in a minute, whoever was measured before", () => {
    publish(Array.from({ length: 9 }, (_, index) => task(String(index), 64, 0)));
    publish([task("3", 128, 0), task("new", 256, 0)], start + minuteMs);
    publish([task("3", 128, 0), task("new", 128, 0)], start + 2 * minuteMs);
    expect(service("CPUUtilization").map(({ sampleCount, sum }) => [sampleCount, sum])).toEqual([
      [9, 9 * 25],
      [2, 50 + 100],
      [2, 50 + 50],
    ]);
  });

  test("whose tasks reserve nothing has no utilisation", () => {
    publish([task("1", 64, 64, { cpuUnits: { used: 64, available: 0 } })]);
    expect(service("CPUUtilization")).toEqual([]);
    expect(service("MemoryUtilization")).toHaveLength(1);
  });

  test("is not there for tasks that no service started", () => {
    const { serviceArn: _none, ...alone } = task("1", 64, 64);
    publish([alone]);
    expect(service("CPUUtilization")).toEqual([]);
    expect(service("CPUUtilization", "default")).toHaveLength(1);
  });
});

test("a cluster has what all tasks use in per cent of what all its instances registered", () => {
  publish([task("1", 1024, 0), task("2", 1024, 8192)]);
  publish([], start, "i2");
  const [point] = service("CPUUtilization", "default");
  expect(point).toEqual({ at: start, sampleCount: 2, minimum: 0, maximum: 50, sum: 50 });
  expect(service("MemoryUtilization", "default")[0]).toMatchObject({ sum: 50, maximum: 50 });
});

test("three hours are kept, and nothing of what was not measured for so long", () => {
  for (let minute = 0; minute < 400; minute++) publish([task("1", 128, 0)], start + minute * minuteMs);
  const kept = service("CPUUtilization");
  expect(kept).toHaveLength(minutesKept);
  expect(kept[0]?.at).toBe(start + (400 - minutesKept) * minuteMs);
  publish([], start + 12 * hour, "i9", "other");
  expect(service("CPUUtilization")).toEqual([]);
});

test("a series gives back what was put in last, within what it keeps", () => {
  const puts = fc.array(fc.tuple(fc.nat(500), fc.nat(100)), { maxLength: 60 });
  fc.assert(
    fc.property(puts, fc.nat(500), fc.nat(500), (given, from, to) => {
      const series = new MinuteSeries();
      const expected = new Map<number, number>();
      let newest = 0;
      for (const [minute, value] of given) {
        series.set(start + minute * minuteMs + 7, { sampleCount: 1, sum: value, minimum: value, maximum: value });
        newest = Math.max(newest, minute);
        expected.set(minute, value);
      }
      const lowest = newest - minutesKept;
      const there = [...expected.keys()].filter((minute) => minute > lowest && minute >= from && minute < to);
      const points = series.between(start + from * minuteMs, start + to * minuteMs);
      // A minute that was too old when it came is left out; it may stand in `expected`, never among the newest.
      const isKept = (minute: number) => there.includes(minute);
      expect(points.every(({ at }) => isKept((at - start) / minuteMs))).toBe(true);
      for (const { at, sum } of points) expect(sum).toBe(expected.get((at - start) / minuteMs));
      const inOrder = given.every(([minute], index) => minute >= (given[index - 1]?.[0] ?? 0));
      if (inOrder) expect(points.map(({ at }) => (at - start) / minuteMs)).toEqual(there.toSorted((a, b) => a - b));
    }),
  );
});
