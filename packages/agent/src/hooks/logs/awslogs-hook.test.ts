import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ChannelTask, ChannelTaskDefinitionContainer } from "@hatoba/contract";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ManualClock } from "../../platform/clock.ts";
import { silentLogger } from "../../platform/logger.ts";
import type { ContainerSpec, LogLine, LogPosition } from "../../runtime/container-runtime.ts";
import { AwslogsHook } from "./awslogs-hook.ts";
import { countThatFits } from "./log-batches.ts";
import { type LogDelivery, type LogEvent, type LogSink, LogSinkError, type LogTarget } from "./log-sink.ts";

/** A log service in memory, which can be out of reach, and can take events without saying so. */
class FakeLogs implements LogSink {
  readonly groups = new Set<string>();
  readonly streams = new Map<string, LogEvent[]>();
  away = false;
  /** The next put is carried out, and its answer lost. */
  loseAnswer = false;
  denied = false;
  puts = 0;
  readonly #delivered = new Set<string>();

  async prepare({ group, stream, createGroup }: LogTarget): Promise<void> {
    this.#reach();
    if (createGroup) this.groups.add(group);
    if (!this.groups.has(group)) throw missing("The specified log group does not exist.");
    if (!this.streams.has(stream)) this.streams.set(stream, []);
  }
  async hasGroup(group: string): Promise<boolean> {
    this.#reach();
    return this.groups.has(group);
  }
  async put({ stream }: LogTarget, events: readonly LogEvent[], { source, number }: LogDelivery): Promise<void> {
    this.puts++;
    this.#reach();
    expect(countThatFits(events)).toBe(events.length);
    const stored = this.streams.get(stream);
    if (stored === undefined) throw missing("The specified log stream does not exist.");
    if (!this.#delivered.has(`${source} ${number}`)) stored.push(...events);
    this.#delivered.add(`${source} ${number}`);
    if (!this.loseAnswer) return;
    this.loseAnswer = false;
    throw new LogSinkError("unavailable", "NetworkError", "socket hang up");
  }
  texts(stream: string): readonly string[] {
    return (this.streams.get(stream) ?? []).map(({ message }) => message);
  }
  #reach(): void {
    if (this.away) throw new LogSinkError("unavailable", "NetworkError", "connect ECONNREFUSED");
    if (this.denied) throw new LogSinkError("denied", "AccessDeniedException", "not authorized");
  }
}
const missing = (text: string) => new LogSinkError("missing", "ResourceNotFoundException", text);

/** Containers whose output is what the test writes. */
class FakeOutput {
  readonly lines: LogLine[] = [];
  ended = false;
  #changed: (() => void)[] = [];

  write(...texts: string[]): void {
    for (const text of texts) {
      const time = Date.UTC(2026, 0, 1) + this.lines.length;
      const position = { timestamp: String(time), linesTaken: 1 };
      this.lines.push({ text, time, position, stream: "stdout" });
    }
    this.#tell();
  }
  end(): void {
    this.ended = true;
    this.#tell();
  }
  async *logs(_id: string, since: LogPosition | undefined, signal: AbortSignal): AsyncGenerator<LogLine> {
    signal.addEventListener("abort", () => this.#tell());
    let at = this.lines.findIndex(({ position }) => since === undefined || position.timestamp > since.timestamp);
    if (at < 0) at = this.lines.length;
    while (!signal.aborted) {
      const line = this.lines[at];
      if (line !== undefined) {
        at++;
        yield line;
      } else if (this.ended) return;
      else await new Promise<void>((resolve) => this.#changed.push(resolve));
    }
  }
  #tell(): void {
    for (const resolve of this.#changed.splice(0)) resolve();
  }
}

const spec: ContainerSpec = {
  name: "ecs-web-1-app-0",
  image: "hatoba/busybox:1",
  environment: {},
  labels: {},
  cpuShares: 2,
  memoryMiB: 0,
  network: { mode: "none" },
  ports: [],
  mounts: [],
  volumesFrom: [],
  links: [],
  dockerConfig: {},
  dockerHostConfig: {},
};
const stream = "web/app/1";
function hooked(options: Record<string, string> = {}, task: Partial<ChannelTask> = {}) {
  const Config = { "awslogs-group": "/app", "awslogs-stream": stream, "awslogs-region": "us-east-1", ...options };
  const hostConfig = { LogConfig: { Type: "awslogs", Config } };
  const dockerConfig = { version: "1.18", config: "{}", hostConfig: JSON.stringify(hostConfig) };
  const container = {
    task: { arn: "arn:aws:ecs:us-east-1:000000000000:task/default/1", ...task } as ChannelTask,
    container: { name: "app", dockerConfig } as ChannelTaskDefinitionContainer,
    runtimeName: "ecs-web-1-app-0",
    runtimeId: "c1",
  };
  return { container, spec: { ...spec, dockerHostConfig: { ...hostConfig, ShmSize: 1 } } };
}

describe("AwslogsHook", () => {
  let folder: string;
  let clock: ManualClock;
  let logs: FakeLogs;
  let output: FakeOutput;
  let hook: AwslogsHook;
  const open = (maxSpoolBytes?: number, loggingDrivers = ["json-file", "local"]) =>
    new AwslogsHook({
      runtime: output,
      sink: logs,
      dataDir: folder,
      clock,
      logger: silentLogger,
      loggingDrivers,
      ...(maxSpoolBytes === undefined ? {} : { maxSpoolBytes }),
    });
  /** Lets everything happen that happens without time, and a little time pass in between. */
  const settle = async (milliseconds = 1_000) => {
    for (let passed = 0; passed < milliseconds; passed += 100) {
      await new Promise(setImmediate);
      clock.advance(100);
    }
    await new Promise(setImmediate);
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "hatoba-logs-"));
    clock = new ManualClock();
    logs = new FakeLogs();
    logs.groups.add("/app");
    output = new FakeOutput();
    hook = open();
  });
  afterEach(async () => {
    await hook.close();
    rmSync(folder, { recursive: true });
  });

  test("gives the container a log driver that keeps files, and leaves other containers alone", async () => {
    const { container, spec: wanted } = hooked();
    const changed = await hook.beforeCreate(container, wanted);
    expect(changed.dockerHostConfig).toMatchObject({
      ShmSize: 1,
      LogConfig: { Type: "local", Config: { "max-file": "3" } },
    });
    expect(logs.texts(stream)).toEqual([]);
    expect(await hook.beforeCreate(container, spec)).toBe(spec);
  });

  test("an engine without the local driver gets the other one", async () => {
    await hook.close();
    hook = open(undefined, ["json-file"]);
    const { container, spec: wanted } = hooked();
    const { dockerHostConfig } = await hook.beforeCreate(container, wanted);
    expect(dockerHostConfig.LogConfig).toEqual({ Type: "json-file", Config: { "max-size": "50m", "max-file": "3" } });
  });

  test("a group that does not exist fails the start, in the words of the launch type", async () => {
    const nowhere = { "awslogs-group": "/nowhere" };
    const onInstance = hooked(nowhere);
    await expect(hook.beforeCreate(onInstance.container, onInstance.spec)).rejects.toMatchObject({
      reason:
        "CannotStartContainerError: Error response from daemon: failed to initialize logging driver: failed to create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not exist.",
    });
    const onFargate = hooked(nowhere, { launchType: "FARGATE" });
    await expect(hook.beforeCreate(onFargate.container, onFargate.spec)).rejects.toMatchObject({
      reason: expect.stringMatching(
        /^ResourceInitializationError: failed to validate logger args: .*: exit status 1$/,
      ) as string,
    });
    const created = hooked({ ...nowhere, "awslogs-create-group": "true" });
    await hook.beforeCreate(created.container, created.spec);
    expect(logs.groups).toContain("/nowhere");
  });

  test("without a stream's name the container's id is one, and the group is looked for all the same", async () => {
    const { container, spec: wanted } = hooked({ "awslogs-stream": "" });
    await hook.beforeCreate(container, wanted);
    hook.started(container);
    output.write("one");
    await settle();
    expect(logs.texts("c1")).toEqual(["one"]);
    logs.groups.clear();
    await expect(hook.beforeCreate(container, wanted)).rejects.toMatchObject({ name: "CannotStartContainerError" });
  });

  test("ships lines as they come, and settles when the last is safe", async () => {
    const { container, spec: wanted } = hooked();
    await hook.beforeCreate(container, wanted);
    hook.started(container);
    output.write("one", "two", "");
    await settle();
    expect(logs.texts(stream)).toEqual(["one", "two"]);
    output.write("three");
    output.end();
    hook.stopped(container);
    await hook.settled(container);
    await settle();
    expect(logs.texts(stream)).toEqual(["one", "two", "three"]);
    hook.forgotten(container.task);
  });

  test("lines written while the service is away arrive when it is back, once and in order", async () => {
    logs.away = true;
    const { container, spec: wanted } = hooked();
    await hook.beforeCreate(container, wanted); // starts all the same
    hook.started(container);
    for (let at = 0; at < 50; at++) {
      output.write(`line ${at}`);
      await settle(1_000);
    }
    const tries = logs.puts;
    expect(tries).toBeLessThan(12); // growing intervals
    output.end();
    hook.stopped(container);
    await hook.settled(container); // on disk is enough
    logs.away = false;
    await settle(40_000);
    expect(logs.texts(stream)).toEqual(Array.from({ length: 50 }, (_, at) => `line ${at}`));
  });

  test("events that were taken without an answer are not sent again", async () => {
    const { container, spec: wanted } = hooked();
    await hook.beforeCreate(container, wanted);
    hook.started(container);
    logs.loseAnswer = true;
    output.write("one", "two");
    await settle(3_000);
    output.write("three");
    await settle(3_000);
    expect(logs.texts(stream)).toEqual(["one", "two", "three"]);
  });

  test("another process goes on where this one ended, whatever was under way", async () => {
    const { container, spec: wanted } = hooked();
    await hook.beforeCreate(container, wanted);
    hook.started(container);
    output.write("one", "two");
    await settle();
    logs.away = true;
    output.write("three");
    await settle();
    output.write("four"); // gathered, not yet on disk
    await new Promise(setImmediate);
    await hook.close();
    output.write("five");
    logs.away = false;
    hook = open();
    hook.started(container);
    await settle();
    expect(logs.texts(stream)).toEqual(["one", "two", "three", "four", "five"]);
  });

  test("a container that was read to its end is not read again by the next process", async () => {
    const { container } = hooked();
    logs.streams.set(stream, []);
    hook.started(container);
    output.write("one");
    output.end();
    hook.stopped(container);
    await hook.settled(container);
    await settle();
    await hook.close();
    output.lines.length = 0;
    output.write("again");
    hook = open();
    hook.started(container);
    hook.stopped(container);
    await hook.settled(container);
    await settle();
    expect(logs.texts(stream)).toEqual(["one"]);
  });

  test("a restarted container's output goes on in the same stream", async () => {
    const { container } = hooked();
    logs.streams.set(stream, []);
    hook.started(container);
    output.write("first life");
    output.end();
    await settle();
    output.ended = false;
    hook.started(container);
    output.write("second life");
    await settle();
    expect(logs.texts(stream)).toEqual(["first life", "second life"]);
  });

  test("a stream that was deleted is made again", async () => {
    const { container } = hooked();
    hook.started(container);
    output.write("one");
    await settle();
    logs.streams.clear();
    output.write("two");
    await settle();
    expect(logs.texts(stream)).toEqual(["two"]);
  });

  test("a group that was deleted, or may not be written, keeps its lines waiting and holds up nobody", async () => {
    const { container } = hooked();
    hook.started(container);
    logs.groups.clear();
    output.write("one");
    await settle();
    logs.groups.add("/app");
    logs.denied = true;
    await settle();
    logs.denied = false;
    await settle(40_000);
    expect(logs.texts(stream)).toEqual(["one"]);
  });

  test("lines of one event are joined, and the last event is not waited for for ever", async () => {
    const { container } = hooked({ "awslogs-multiline-pattern": "^START" });
    logs.streams.set(stream, []);
    hook.started(container);
    output.write("START one", "  more", "START two");
    await settle(2_000);
    expect(logs.texts(stream)).toEqual(["START one\n  more"]);
    await settle(6_000);
    expect(logs.texts(stream)).toEqual(["START one\n  more", "START two"]);
  });

  test("what has no room gives way to what is new", async () => {
    await hook.close();
    hook = open(1_000);
    logs.away = true;
    const { container } = hooked();
    hook.started(container);
    for (let at = 0; at < 40; at++) {
      output.write(`${at} ${"x".repeat(90)}`);
      await settle(6_000);
    }
    logs.streams.set(stream, []);
    logs.away = false;
    await settle(40_000);
    const numbers = logs.texts(stream).map((text) => Number.parseInt(text, 10));
    expect(numbers.length).toBeLessThan(12);
    expect(numbers.at(-1)).toBe(39);
    expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, at) => 40 - numbers.length + at));
  });
});
