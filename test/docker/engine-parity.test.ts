import { existsSync, readFileSync } from "node:fs";
import type { ChannelTask } from "@hatoba/contract";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { TaskStateChange } from "../../packages/agent/src/channel/control-plane.ts";
import {
  containerPayload,
  stopPayload,
  taskArnOf,
  taskPayload,
} from "../../packages/agent/src/engine/engine.fixture.ts";
import { defaultEngineSettings, type EngineSettings } from "../../packages/agent/src/engine/engine-context.ts";
import { parseStaticLogins, RegistryLogins } from "../../packages/agent/src/engine/registry-logins.ts";
import { TaskEngine } from "../../packages/agent/src/engine/task-engine.ts";
import { busyboxImage } from "../../packages/agent/src/images/build-image.ts";
import { ensurePauseImage } from "../../packages/agent/src/images/pause-image.ts";
import { systemClock } from "../../packages/agent/src/platform/clock.ts";
import { silentLogger } from "../../packages/agent/src/platform/logger.ts";
import { chooseCgroups } from "../../packages/agent/src/runtime/cgroups/choose-cgroups.ts";
import type { TaskCgroups } from "../../packages/agent/src/runtime/cgroups/task-cgroups.ts";
import { linesOf } from "../../packages/agent/src/runtime/container-runtime.conformance.ts";
import { DockerRuntime } from "../../packages/agent/src/runtime/docker-runtime.ts";
import type { RegistryAuth } from "../../packages/agent/src/runtime/registry-auth.ts";
import { MemoryState } from "../../packages/agent/src/state/memory-state.ts";
import { type TestEngine, testEngine, testLabel } from "./engine.ts";
import { eventually } from "./house.ts";
import { Registry } from "./registry.ts";

// What the agent makes of a payload, seen from inside of real containers. No control plane takes part.
let house: TestEngine;
let runtime: DockerRuntime;
let cgroups: TaskCgroups;
let engines = 0;
beforeAll(async () => {
  house = await testEngine();
  runtime = new DockerRuntime({ engine: house.engine, eventLabel: `${testLabel}=${house.run}` });
  cgroups = await chooseCgroups({
    wanted: undefined,
    root: "/sys/fs/cgroup",
    driver: (await runtime.describe()).cgroupDriver,
    isLocal: true,
    settings: {},
    logger: silentLogger,
  });
});
afterAll(() => house.clean());

/** An agent's engine without an agent. */
async function openEngine(settings: Partial<EngineSettings> = {}, logins: Readonly<Record<string, RegistryAuth>> = {}) {
  const reports: TaskStateChange[] = [];
  const state = new MemoryState("agent");
  let last = 0;
  const engine = new TaskEngine({
    runtime,
    state,
    cgroups,
    controlPlane: { submitTaskStateChange: async (change) => void reports.push(change) },
    clock: systemClock,
    logger: silentLogger,
    hex: (digits) => `${house.run.slice(-8)}${(last += 1).toString(16).padStart(digits - 8, "0")}`,
    hooks: [],
    settings: {
      ...defaultEngineSettings,
      region: "us-east-1",
      // Without a name of its own it would take the containers of others for leftovers.
      labels: { ...house.labels, "dev.hatoba.agent": `${house.run}-${(engines += 1)}` },
      stopTimeoutSeconds: 1,
      cleanupWaitMs: 600_000,
      ...settings,
    },
    supply: { cpu: 1_000_000, memoryMiB: 1_000_000, ports: [] },
    pauseImage: () => ensurePauseImage(house.engine),
    logins: new RegistryLogins({
      configured: parseStaticLogins("docker", JSON.stringify(logins)),
      executionCredentials: () => undefined,
      readSecret: () => Promise.reject(new Error("there are no secrets")),
      askEcr: () => Promise.reject(new Error("there is no ECR")),
      now: () => Date.now(),
    }),
  });
  await engine.open();
  const task = (id: number) => engine.tasks().find(({ arn }) => arn === taskArnOf(id));
  const reaching = (id: number, status: "RUNNING" | "STOPPED") =>
    eventually(`task ${id} ${status}`, async () => {
      const found = task(id);
      return found?.containers.every((container) => container.status === status) ? found : undefined;
    });
  const idOf = (id: number, name: string) => task(id)?.containers.find((each) => each.name === name)?.runtimeId ?? "";
  return {
    engine,
    reports,
    task,
    reaching,
    idOf,
    assign: (payload: ChannelTask) => engine.assign([payload], 1),
    /** What a container that ends has printed. */
    printed: async (id: number, name: string) => {
      await eventually(`${name} ends`, async () =>
        task(id)?.containers.some((each) => each.name === name && each.status === "STOPPED") ? true : undefined,
      );
      return (await linesOf(runtime, idOf(id, name))).map(({ text }) => text);
    },
    async stop(id: number) {
      await engine.assign([stopPayload(id)], 1);
      await reaching(id, "STOPPED");
    },
    async close() {
      await engine.assign(
        engine.tasks().map(({ payload }) => ({ ...payload, desiredStatus: "STOPPED" as const })),
        1,
      );
      await eventually("all stopped", async () =>
        engine.tasks().every(({ containers }) => containers.every(({ status }) => status === "STOPPED"))
          ? true
          : undefined,
      );
      const ids = engine.tasks().flatMap(({ containers }) => containers.flatMap(({ runtimeId }) => runtimeId ?? []));
      await Promise.all(ids.map((id) => runtime.remove(id)));
      await Promise.all(engine.tasks().map(({ arn }) => cgroups.remove(arn.split("/").at(-1) ?? "")));
      await engine.close();
    },
  };
}
type Engine = Awaited<ReturnType<typeof openEngine>>;

const waits = "trap 'exit 0' TERM; while :; do sleep 600 & wait; done";
const shell = (name: string, script: string, more: Parameters<typeof containerPayload>[1] = {}) =>
  containerPayload(name, { image: busyboxImage, command: ["sh", "-c", script], essential: false, ...more });
const hostConfig = (config: object, rest: object = {}) => ({
  dockerConfig: { version: "1.24", config: JSON.stringify(rest), hostConfig: JSON.stringify(config) },
});

const namespaces = "readlink /proc/self/ns/pid; readlink /proc/self/ns/ipc";

describe("what containers of one task share", () => {
  let engine: Engine;
  beforeEach(async () => {
    engine = await openEngine();
  });
  afterEach(() => engine.close());

  test("pidMode and ipcMode `task`: one namespace of processes and of memory, and not the machine's", async () => {
    const look = `${namespaces}; ps | grep -c '[s]leep 611'`;
    const containers = [
      shell("one", "sleep 611", { essential: true }),
      shell("two", `sleep 1; ${look}`, { dependsOn: [{ containerName: "one", condition: "START" }] }),
    ];
    await engine.assign(taskPayload(1, { pidMode: "task", ipcMode: "task", containers }));
    const [pid, ipc, sleeps] = await engine.printed(1, "two");
    expect(Number(sleeps)).toBeGreaterThan(0);
    await engine.assign(taskPayload(2, { pidMode: "task", ipcMode: "task", containers }));
    const others = await engine.printed(2, "two");
    expect(others.slice(0, 2)).not.toContain(pid);
    expect(others.slice(0, 2)).not.toContain(ipc);
  });

  test("pidMode and ipcMode `host`: the machine's own", async () => {
    const { readlinkSync } = await import("node:fs");
    const containers = [shell("app", namespaces, { essential: true })];
    await engine.assign(taskPayload(1, { pidMode: "host", ipcMode: "host", containers }));
    const own = ["pid", "ipc"].map((kind) => readlinkSync(`/proc/self/ns/${kind}`));
    expect(await engine.printed(1, "app")).toEqual(own);
  });

  test("links: one reaches the other by its name and by an alias", async () => {
    const serve = `mkdir /w; echo linked >/w/index.html; httpd -p 80 -h /w; ${waits}`;
    const fetchPage = (host: string) =>
      `i=0; until wget -q -O - http://${host}/ 2>/dev/null || [ $i -ge 50 ]; do i=$((i+1)); usleep 100000; done`;
    const containers = [
      shell("web", serve, { essential: true }),
      shell("reader", `${fetchPage("web")}; ${fetchPage("other-name")}`, { links: ["web", "web:other-name"] }),
    ];
    await engine.assign(taskPayload(1, { containers }));
    expect(await engine.printed(1, "reader")).toEqual(["linked", "linked"]);
  });

  test("volumesFrom: all that another one has mounted, for reading alone if it says so", async () => {
    const containers = [
      shell("source", `echo shared >/data/file; ${waits}`, {
        essential: true,
        mountPoints: [{ sourceVolume: "data", containerPath: "/data", readOnly: false }],
      }),
      shell("reader", "sleep 1; cat /data/file; touch /data/x 2>/dev/null || echo refused; exit 0", {
        volumesFrom: [{ sourceContainer: "source", readOnly: true }],
        dependsOn: [{ containerName: "source", condition: "START" }],
      }),
    ];
    await engine.assign(taskPayload(1, { containers, volumes: [{ name: "data", host: {} }] }));
    expect(await engine.printed(1, "reader")).toEqual(["shared", "refused"]);
  });

  test("host settings reach the process", async () => {
    const script = [
      "cat /proc/sys/net/core/somaxconn",
      "df -k /dev/shm | tail -1 | awk '{print $2}'",
      "mount | grep -c ' on /scratch type tmpfs'",
      "touch /x 2>/dev/null || echo readonly",
      "grep -c example.internal /etc/hosts",
      "grep nameserver /etc/resolv.conf",
      "cat /proc/1/comm",
      "test -c /dev/null-again && echo device",
      "grep CapBnd /proc/self/status | awk '{print $2}'",
      "tty",
    ].join("; ");
    const settings = hostConfig(
      {
        Sysctls: { "net.core.somaxconn": "321" },
        ShmSize: 8 * 1024 * 1024,
        Tmpfs: { "/scratch": "size=4m" },
        ReadonlyRootfs: true,
        ExtraHosts: ["example.internal:10.1.2.3"],
        Dns: ["10.9.8.7"],
        Init: true,
        Devices: [{ PathOnHost: "/dev/null", PathInContainer: "/dev/null-again", CgroupPermissions: "rwm" }],
        CapDrop: ["ALL"],
        CapAdd: ["NET_RAW"],
      },
      { Tty: true, OpenStdin: true, Labels: { mine: "yes" } },
    );
    await engine.assign(taskPayload(1, { containers: [shell("app", script, { essential: true, ...settings })] }));
    expect(await engine.printed(1, "app")).toEqual([
      "321",
      "8192",
      "1",
      "readonly",
      "1",
      "nameserver 10.9.8.7",
      "docker-init",
      "device",
      "0000000000002000",
      "/dev/pts/0",
    ]);
    expect((await runtime.inspect(engine.idOf(1, "app")))?.labels["mine"]).toBe("yes");
  });
});

const memoryOf = (id: number) => `/sys/fs/cgroup/memory/ecs/${taskArnOf(id).split("/").at(-1)}`;

describe.skipIf(!existsSync("/sys/fs/cgroup/memory/cgroup.procs") || process.getuid?.() !== 0)(
  "a task's cgroup, version 1",
  () => {
    test("holds its containers to its limits together, and goes with it", async () => {
      const engine = await openEngine({ cleanupWaitMs: 0 });
      // Each alone would fit.
      const takes = "dd if=/dev/zero of=/dev/shm/x bs=1M count=40 2>/dev/null && sleep 600";
      const shm = hostConfig({ ShmSize: 64 * 1024 * 1024 });
      const containers = ["one", "two"].map((name) => shell(name, takes, { memory: 0, cpu: 64, ...shm }));
      await engine.assign(taskPayload(7, { containers, cpu: 0.5, memory: 64 }));
      await eventually("one of them is killed", async () =>
        engine.task(7)?.containers.some(({ status }) => status === "STOPPED") ? true : undefined,
      );
      expect(readFileSync(`${memoryOf(7)}/memory.limit_in_bytes`, "utf8").trim()).toBe(String(64 << 20));
      const cpu = memoryOf(7).replace("/memory/", "/cpu/");
      expect(readFileSync(`${cpu}/cpu.cfs_quota_us`, "utf8").trim()).toBe("50000");
      const killed = engine.task(7)?.containers.find(({ status }) => status === "STOPPED");
      expect(killed).toMatchObject({ exitCode: 137 });
      await engine.assign(stopPayload(7));
      await eventually("it is gone", async () => (engine.task(7) === undefined ? true : undefined));
      for (const folder of [memoryOf(7), cpu]) expect(existsSync(folder)).toBe(false);
      await engine.close();
    });
  },
);

describe("images from a registry", () => {
  let registry: Registry;
  let repository: string;
  let opened: Engine[];
  const open = async (...args: Parameters<typeof openEngine>) => {
    const engine = await openEngine(...args);
    opened.push(engine);
    return engine;
  };
  const pulling = (id: number, image: string) => taskPayload(id, { containers: [containerPayload("app", { image })] });
  const versionOf = async (engine: Engine, id: number) =>
    (await runtime.inspect(engine.idOf(id, "app")))?.labels["version"];
  const downloads = () => registry.asked.filter((text) => text.startsWith("GET") && text.includes("/blobs/")).length;

  beforeEach(async () => {
    opened = [];
    registry = await Registry.start();
    repository = `${registry.host}/${house.run}/app`;
  });
  afterEach(async () => {
    for (const engine of opened) await engine.close();
    const images = await house.engine.call<readonly { Id: string; RepoTags: readonly string[] | null }[]>(
      "GET",
      "/images/json",
    );
    for (const { Id, RepoTags } of images) {
      if (RepoTags?.some((tag) => tag.startsWith(repository)) !== true && RepoTags?.length !== 0) continue;
      await house.engine.call("DELETE", `/images/${Id}`, { query: { force: true } }).catch(() => undefined);
    }
    await registry.stop();
  });

  test("the digest is looked up, pulled, tagged and reported; what is here is not loaded again", async () => {
    const digest = await registry.push(`${house.run}/app`, "1", "first");
    const engine = await open();
    await engine.assign(pulling(1, `${repository}:1`));
    await engine.reaching(1, "RUNNING");
    expect(engine.reports.at(-1)?.containers?.[0]?.imageDigest).toBe(digest);
    const loaded = downloads();
    expect(loaded).toBeGreaterThan(0);
    await engine.assign(pulling(2, `${repository}:1`));
    await engine.reaching(2, "RUNNING");
    // To look a tag up, the engine reads the image's configuration too.
    expect(downloads()).toBeLessThanOrEqual(loaded + 1);
    expect(engine.reports.at(-1)?.containers?.[0]?.imageDigest).toBe(digest);
  });

  test("a tag that moved is followed, and who names the digest stays with it", async () => {
    const first = await registry.push(`${house.run}/app`, "1", "first");
    const engine = await open();
    await engine.assign(pulling(1, `${repository}:1`));
    await engine.reaching(1, "RUNNING");
    await registry.push(`${house.run}/app`, "1", "second");
    await engine.assign(pulling(2, `${repository}:1`));
    await engine.assign(pulling(3, `${repository}@${first}`));
    await Promise.all([engine.reaching(2, "RUNNING"), engine.reaching(3, "RUNNING")]);
    expect(await Promise.all([1, 2, 3].map((id) => versionOf(engine, id)))).toEqual(["first", "second", "first"]);
  });

  test.each([
    ["default", "second"],
    ["always", "second"],
    ["once", "first"],
    ["prefer-cached", "first"],
  ] as const)("%s: the next task runs the %s image", async (pullBehaviour, version) => {
    await registry.push(`${house.run}/app`, "1", "first");
    const engine = await open({ pullBehaviour });
    await engine.assign(pulling(1, `${repository}:1`));
    await engine.reaching(1, "RUNNING");
    await registry.push(`${house.run}/app`, "1", "second");
    await engine.assign(pulling(2, `${repository}:1`));
    await engine.reaching(2, "RUNNING");
    expect(await versionOf(engine, 2)).toBe(version);
  });

  test("a registry that is down: what is here runs and says why, what is not fails", async () => {
    await registry.push(`${house.run}/app`, "1", "first");
    const engine = await open();
    await engine.assign(pulling(1, `${repository}:1`));
    await engine.reaching(1, "RUNNING");
    await registry.stop();
    await engine.assign(pulling(2, `${repository}:1`));
    await engine.reaching(2, "RUNNING");
    expect(engine.reports.at(-1)?.containers?.[0]?.reason).toMatch(/^CannotPullContainerError: .*connection refused/);
    await engine.assign(pulling(3, `${repository}:2`));
    await engine.reaching(3, "STOPPED");
    expect(engine.task(3)?.containers[0]?.reason).toMatch(/^CannotPullContainerError: .*connection refused/);
  });

  test("a private registry: with the agent's login, and not without", async () => {
    await registry.push(`${house.run}/app`, "1", "private");
    registry.login = "me:secret";
    const stranger = await open();
    await stranger.assign(pulling(1, `${repository}:1`));
    await stranger.reaching(1, "STOPPED");
    expect(stranger.task(1)?.containers[0]?.reason).toMatch(/^CannotPullContainerError: .*/);
    const member = await open({}, { [registry.host]: { username: "me", password: "secret" } });
    await member.assign(pulling(2, `${repository}:1`));
    await member.reaching(2, "RUNNING");
    expect(await versionOf(member, 2)).toBe("private");
  });

  test("an image goes when nobody uses it any more, and not before", async () => {
    await registry.push(`${house.run}/app`, "1", "first");
    const engine = await open({ cleanupWaitMs: 0, imageCleanup: { everyMs: 50, minimumAgeMs: 0, imagesPerCycle: 5 } });
    const isHere = () =>
      house.engine.call("GET", `/images/${repository}:1/json`).then(
        () => true,
        () => false,
      );
    await engine.assign(pulling(1, `${repository}:1`));
    await engine.reaching(1, "RUNNING");
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await isHere()).toBe(true);
    await engine.assign(stopPayload(1));
    await eventually("it is gone", async () => ((await isHere()) ? undefined : true));
  });
});

test("20 tasks that come at once are started a few at a time", async () => {
  let most = 0;
  let now = 0;
  const watched = new Proxy(runtime, {
    get(target, name) {
      if (name !== "create" && name !== "start") {
        const value: unknown = Reflect.get(target, name);
        return typeof value === "function" ? (value.bind(target) as unknown) : value;
      }
      return async (argument: never) => {
        most = Math.max(most, (now += 1));
        try {
          return await target[name](argument);
        } finally {
          now -= 1;
        }
      };
    },
  });
  const before = runtime;
  runtime = watched;
  const engine = await openEngine();
  const tasks = Array.from({ length: 20 }, (_, at) =>
    taskPayload(100 + at, { containers: [shell("app", "true", { essential: true, memory: 8 })] }),
  );
  await engine.engine.assign(tasks, 1);
  await eventually(
    "all 20 over",
    async () => (tasks.every((_, at) => engine.task(100 + at)?.containers[0]?.status === "STOPPED") ? true : undefined),
    170,
  );
  expect(most).toBeLessThanOrEqual(defaultEngineSettings.startsAtOnce);
  expect(tasks.every((_, at) => engine.task(100 + at)?.containers[0]?.exitCode === 0)).toBe(true);
  await engine.close();
  runtime = before;
});
