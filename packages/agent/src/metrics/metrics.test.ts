import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { containerPayload, openMachine, taskArnOf, taskPayload } from "../engine/engine.fixture.ts";
import { ManualClock } from "../platform/clock.ts";
import { silentLogger } from "../platform/logger.ts";
import { containerMetric } from "./container-metric.ts";
import { EngineStatus } from "./engine-status.ts";
import { statsSet } from "./stats-set.ts";
import { type Usage, usageOf } from "./usage.ts";
import { sampleEvery, UsageSampler } from "./usage-sampler.ts";

const stats = (second: number, cpuMs: number, more: object = {}) => ({
  read: new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString(),
  cpu_stats: { cpu_usage: { total_usage: cpuMs * 1e6 } },
  memory_stats: { usage: 10 * 1024 * 1024, stats: { cache: 2 * 1024 * 1024 } },
  blkio_stats: {
    io_service_bytes_recursive: [
      { op: "Read", value: 4096 },
      { op: "Write", value: 100 },
      { op: "Total", value: 4196 },
    ],
  },
  networks: { eth0: { rx_bytes: second * 100, tx_bytes: 7 }, eth1: { rx_bytes: 1 } },
  ...more,
});
const usage = (...given: Parameters<typeof stats>): Usage => {
  const found = usageOf(stats(...given));
  if (found === undefined) throw new Error("no time in it");
  return found;
};

describe("the engine's statistics", () => {
  test("are read", () => {
    expect(usage(1, 500)).toMatchObject({
      cpuNanoseconds: 500e6,
      memoryBytes: 8 * 1024 * 1024,
      readBytes: 4096,
      writtenBytes: 100,
      network: { rxBytes: 101, txBytes: 7, rxErrors: 0 },
    });
  });

  test("with cgroup version 2 count the inactive files as spare, and without a network none", () => {
    const memory = { usage: 100, stats: { inactive_file: 40 } };
    const read = usage(1, 0, { memory_stats: memory, networks: undefined, blkio_stats: null });
    expect(read).toMatchObject({ memoryBytes: 60, readBytes: 0 });
    expect(read).not.toHaveProperty("network");
  });

  test("of whatever shape do not throw", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.anything()), (any) => void usageOf({ ...stats(1, 1), ...any })),
    );
  });
});

describe("a container's metric", () => {
  const about = { containerName: "app", cpus: 2 };

  test("has processor time in per cent of the machine, over each pair of samples", () => {
    const metric = containerMetric({ ...about, before: usage(0, 0), usages: [usage(1, 1000), usage(3, 1400)] });
    expect(metric).toMatchObject({
      containerName: "app",
      cpuStatsSet: { min: 10, max: 50, sampleCount: 2, sum: 60 },
      memoryStatsSet: { min: 8, max: 8, sampleCount: 2, sum: 16 },
      networkStatsSet: {
        rxBytes: { min: 101, max: 301, sampleCount: 2, sum: 402, overflowMin: 0, overflowMax: 0, overflowSum: 0 },
        rxBytesPerSecond: { min: 100, max: 100, sampleCount: 2, sum: 200 },
      },
      storageStatsSet: { readSizeBytes: { sum: 8192 } },
    });
    expect(metric).not.toHaveProperty("restartStatsSet");
  });

  test("takes two samples, and counts a start anew as nothing used", () => {
    expect(containerMetric({ ...about, usages: [usage(1, 1000)] })).toBeUndefined();
    expect(containerMetric({ ...about, usages: [usage(1, 1000), usage(2, 10)] })).toMatchObject({
      cpuStatsSet: { max: 0 },
    });
    const metric = containerMetric({ ...about, restartCount: 0, usages: [usage(1, 0), usage(2, 10)] });
    expect(metric).toMatchObject({ restartStatsSet: { restartCount: 0 } });
  });
});

test("a set lies between its least and its greatest value", () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 1e12, noNaN: true }), { minLength: 1 }), (values) => {
      const { min = 0, max = 0, sum = 0, sampleCount = 0 } = statsSet(values) ?? {};
      expect(sampleCount).toBe(values.length);
      expect(sum).toBeGreaterThanOrEqual(min * sampleCount * (1 - 1e-9));
      expect(sum).toBeLessThanOrEqual(max * sampleCount * (1 + 1e-9));
    }),
  );
});

test.each([
  [0, 5000],
  [20, 5000],
  [50, 10_000],
  [100, 20_000],
  [1000, 20_000],
])("%d containers are measured every %d ms", (containers, ms) => {
  expect(sampleEvery(containers)).toBe(ms);
});

describe("the sampler", () => {
  test("measures while it is wanted, and hands over each measurement once", async () => {
    const machine = await openMachine();
    const tasks = () => machine.engine.tasks();
    const { runtime, clock } = machine;
    const sampler = new UsageSampler({ tasks, runtime, cpus: 2, clock, logger: silentLogger });
    expect(sampler.isIdle()).toBe(true);
    const policy = { enabled: true };
    await machine.engine.assign(
      [taskPayload(1, { containers: [containerPayload("app", { restartPolicy: policy })] })],
      1,
    );
    await machine.pass(1000);
    expect(sampler.isIdle()).toBe(false);
    const stop = sampler.start();
    await machine.pass(20_000, 5000);
    const [metric] = sampler.takeMetrics();
    expect(metric).toMatchObject({
      taskArn: taskArnOf(1),
      taskDefinitionFamily: "web",
      containerMetrics: [
        { containerName: "app", cpuStatsSet: { sampleCount: 4, sum: 100 }, restartStatsSet: { restartCount: 0 } },
      ],
    });
    expect(sampler.takeMetrics()).toEqual([]);
    await machine.pass(5000);
    expect(sampler.takeMetrics()).toMatchObject([{ containerMetrics: [{ cpuStatsSet: { sampleCount: 1, sum: 25 } }] }]);
    stop();
    await machine.pass(60_000, 5000);
    expect(sampler.takeMetrics()).toEqual([]);
  });

  test("that is stopped and started in the middle of a round measures no more often than before", async () => {
    const machine = await openMachine();
    await machine.engine.assign([taskPayload(1)], 1);
    await machine.pass(1000);
    let calls = 0;
    const answers: (() => void)[] = [];
    const runtime = {
      async stats() {
        calls += 1;
        await new Promise<void>((resolve) => answers.push(resolve));
        return undefined;
      },
    };
    const { clock } = machine;
    const sampler = new UsageSampler({
      tasks: () => machine.engine.tasks(),
      runtime,
      cpus: 2,
      clock,
      logger: silentLogger,
    });
    const turn = async () => {
      for (const answer of answers.splice(0)) answer();
      await new Promise((resolve) => setImmediate(resolve));
    };
    for (let connection = 0; connection < 3; connection++) sampler.start()();
    const stop = sampler.start();
    await turn();
    calls = 0;
    for (let second = 0; second < 20; second += 5) {
      clock.advance(5000);
      await turn();
    }
    expect(calls).toBe(4);
    stop();
  });
});

test("the engine's status is told when it changes", async () => {
  const clock = new ManualClock(0);
  let isThere = true;
  const status = new EngineStatus(async () => {
    if (!isThere) throw new Error("away");
  }, clock);
  const first = await status.unreported();
  expect(first).toMatchObject([{ type: "ContainerRuntime", status: "OK" }]);
  expect(await status.unreported()).toHaveLength(1); // it could not be sent
  status.reported(first);
  expect(await status.unreported()).toEqual([]);
  isThere = false;
  clock.advance(20_000);
  expect(await status.unreported()).toEqual([
    { type: "ContainerRuntime", status: "IMPAIRED", lastUpdated: 20_000, lastStatusChange: 20_000 },
  ]);
});
