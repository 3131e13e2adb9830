import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ChannelTask, ChannelTaskDefinitionContainer } from "@hatoba/contract";
import { afterAll, beforeAll, expect, test } from "vitest";
import { AwslogsHook } from "../../packages/agent/src/hooks/logs/awslogs-hook.ts";
import { type LogEvent, type LogSink, LogSinkError } from "../../packages/agent/src/hooks/logs/log-sink.ts";
import { busyboxImage } from "../../packages/agent/src/images/build-image.ts";
import { systemClock } from "../../packages/agent/src/platform/clock.ts";
import { silentLogger } from "../../packages/agent/src/platform/logger.ts";
import { observed } from "../../packages/agent/src/runtime/container-runtime.conformance.ts";
import { DockerRuntime } from "../../packages/agent/src/runtime/docker-runtime.ts";
import { type TestEngine, testEngine, testLabel } from "./engine.ts";

let house: TestEngine;
let runtime: DockerRuntime;
let folder: string;

beforeAll(async () => {
  house = await testEngine();
  runtime = new DockerRuntime({ engine: house.engine, eventLabel: `${testLabel}=${house.run}` });
  folder = mkdtempSync(join(tmpdir(), "hatoba-awslogs-"));
});
afterAll(async () => {
  await house.clean();
  rmSync(folder, { recursive: true });
});

class Stored implements LogSink {
  readonly events: LogEvent[] = [];
  away = false;
  readonly #waiting: (() => void)[] = [];
  async prepare() {}
  async hasGroup() {
    return true;
  }
  async put(_target: unknown, events: readonly LogEvent[]) {
    if (this.away) throw new LogSinkError("unavailable", "NetworkError", "connect ECONNREFUSED");
    this.events.push(...events);
    for (const wake of this.#waiting.splice(0)) wake();
  }
  async has(count: number) {
    while (this.events.length < count) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }
}

test("every line of a container arrives once, through an outage and a restart of the agent", async () => {
  const sink = new Stored();
  const open = async () =>
    new AwslogsHook({
      runtime,
      sink,
      dataDir: folder,
      clock: systemClock,
      logger: silentLogger,
      loggingDrivers: (await runtime.describe()).loggingDrivers,
    });
  const hostConfig = { LogConfig: { Type: "awslogs", Config: { "awslogs-group": "/g", "awslogs-stream": "s" } } };
  const hooked = {
    task: { arn: "arn:aws:ecs:us-east-1:000000000000:task/default/1" } as ChannelTask,
    container: {
      name: "app",
      dockerConfig: { version: "1.18", config: "{}", hostConfig: JSON.stringify(hostConfig) },
    } as ChannelTaskDefinitionContainer,
    runtimeName: `${house.run}-app`,
  };
  // Writes a hundred lines for each file that appears, so that the test says when.
  const script =
    "i=0; for step in 1 2 3; do until [ -e /tmp/$step ]; do usleep 20000; done; n=0; while [ $n -lt 100 ]; do echo line $i; i=$((i+1)); n=$((n+1)); done; done";
  const volume = `${house.run}-steps`;
  await runtime.createVolume({ name: volume, labels: house.labels });
  const common = {
    image: busyboxImage,
    environment: {},
    labels: house.labels,
    cpuShares: 2,
    memoryMiB: 32,
    network: { mode: "none" },
    ports: [],
    mounts: [{ source: volume, target: "/tmp", readOnly: false }],
    volumesFrom: [],
    links: [],
    dockerConfig: {},
  } as const;
  const step = async (number: number) => {
    const name = `${house.run}-step-${number}`;
    const id = await runtime.create({ ...common, name, command: ["touch", `/tmp/${number}`], dockerHostConfig: {} });
    await runtime.start(id);
  };

  let hook = await open();
  const spec = { ...common, name: hooked.runtimeName, command: ["sh", "-c", script], dockerHostConfig: hostConfig };
  const runtimeId = await runtime.create(await hook.beforeCreate(hooked, spec));
  await runtime.start(runtimeId);
  const created = { ...hooked, runtimeId };
  hook.started(created);

  await step(1);
  await sink.has(100);
  sink.away = true;
  await step(2);
  await hook.close(); // in the middle of whatever it is doing
  await step(3);
  await observed(runtime, runtimeId, ({ status }) => status === "STOPPED");

  hook = await open();
  hook.started(created);
  hook.stopped(created);
  await hook.settled(created); // though the service is still away
  await runtime.remove(runtimeId);
  sink.away = false;
  await sink.has(300);
  expect(sink.events.map(({ message }) => message)).toEqual(Array.from({ length: 300 }, (_, at) => `line ${at}`));
  await hook.close();
});
