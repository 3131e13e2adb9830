import type { ChannelTask, ChannelTaskDefinitionContainer } from "@hatoba/contract";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { attributesOf } from "../attributes.ts";
import { containerPayload, labels, Machine, stopPayload, taskPayload } from "../engine/engine.fixture.ts";
import { taskStatus } from "../engine/task-status.ts";
import { hostPlatform } from "../platform/host-platform.ts";
import type { LogLine } from "../runtime/container-runtime.ts";
import { DockerRuntime } from "../runtime/docker-runtime.ts";
import { engineFacts, enginePlatform } from "./engine-facts.ts";
import { controlCExit, WindowsDocker } from "./windows-engine.fixture.ts";

// The whole engine of the agent and its Docker runtime on an engine that answers as Docker on Windows does.
const MiB = 1024 * 1024;
let docker: WindowsDocker;
let runtime: DockerRuntime;
let machine: Machine;

beforeEach(async () => {
  docker = await WindowsDocker.start();
  const facts = await engineFacts(docker.engine.client, async () => "Server Core");
  const platform = enginePlatform(facts, { cpuUnbounded: false, memoryUnbounded: false });
  runtime = new DockerRuntime({ engine: docker.engine.client, eventLabel: "dev.hatoba.agent=agent-1", platform });
  const { dynamicPorts } = hostPlatform("win32");
  machine = new Machine(() => ({}), { runtime }, { platform, dynamicPorts, publishAddress: "127.0.0.1" });
  await machine.engine.open();
});
afterEach(async () => {
  await machine.engine.close();
  await docker[Symbol.asyncDispose]();
});

const app = (more: Partial<ChannelTaskDefinitionContainer> = {}) =>
  containerPayload("app", { image: "iis", cpu: 1024, memory: 512, ...more });
const hostConfig = (config: Readonly<Record<string, unknown>>) => ({
  dockerConfig: { version: "1.30", config: "{}", hostConfig: JSON.stringify({ NetworkMode: "nat", ...config }) },
});
const accept = (container: Partial<ChannelTaskDefinitionContainer>, more: Partial<ChannelTask> = {}) =>
  machine.engine.assign([taskPayload(1, { containers: [app(container)], ...more })], 1);
const reports = () => machine.reports.of(taskPayload(1).arn);

/** Real sockets are in between: things are waited for, not slept for. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}
const status = () => {
  const task = machine.task(1);
  return task === undefined ? undefined : taskStatus(task);
};
const running = () => until(() => status() === "RUNNING");
const stopped = async () => {
  await until(() => reports().some((change) => change.status === "STOPPED"));
  return reports().at(-1);
};

test("the machine is a container instance on Windows Server 2022 Core", async () => {
  const facts = await engineFacts(docker.engine.client, async () => "Server Core");
  const attributes = attributesOf(facts, { capacity: "EC2" });
  expect(attributes).toContainEqual({ name: "ecs.os-type", value: "windows" });
  expect(attributes).toContainEqual({ name: "ecs.os-family", value: "WINDOWS_SERVER_2022_CORE" });
  expect(attributes).toContainEqual({ name: "com.amazonaws.ecs.capability.logging-driver.awslogs" });
  expect(attributes.map(({ name }) => name)).not.toContain("ecs.capability.task-eni");
  expect(facts).toMatchObject({ cpus: 4, memoryMiB: 16_383, architecture: "x86_64" });
});

test("where the registry says nothing, the family is just windows", async () => {
  const facts = await engineFacts(docker.engine.client, async () => undefined);
  expect(facts.windows?.osFamily).toBe("windows");
});

describe("a task", () => {
  test("runs, and its own end is reported with its exit code", async () => {
    await accept({});
    await running();
    docker.exit("app", 3);
    const change = await stopped();
    expect(change?.containers).toMatchObject([{ containerName: "app", exitCode: 3 }]);
  });

  test("is stopped; its exit code is told as the API's integer", async () => {
    await accept({});
    await running();
    await machine.engine.assign([stopPayload(1)], 2);
    const change = await stopped();
    expect(change?.containers).toMatchObject([{ exitCode: controlCExit - 2 ** 32 }]);
    expect(change?.containers?.[0]?.exitCode).toBe(-1_073_741_510);
  });

  test("has its ports on nat, on every address of the machine", async () => {
    await accept({
      portMappings: [
        { containerPort: 80, hostPort: 8080, protocol: "tcp" },
        { containerPort: 443, hostPort: 0, protocol: "tcp" },
        { containerPortRange: "9000-9001", protocol: "tcp" },
      ],
    } as Partial<ChannelTaskDefinitionContainer>);
    await running();
    expect(docker.find("app").body.HostConfig).toMatchObject({ NetworkMode: "nat" });
    await until(() => reports().length > 0);
    const bindings = reports().flatMap(({ containers }) => containers?.[0]?.networkBindings ?? []);
    expect(bindings).toContainEqual({ bindIP: "0.0.0.0", containerPort: 80, hostPort: 8080, protocol: "tcp" });
    expect(bindings.find(({ containerPort }) => containerPort === 443)?.hostPort).toBeGreaterThanOrEqual(49_152);
    expect(bindings).toContainEqual(
      expect.objectContaining({ containerPortRange: "9000-9001", hostPortRange: "49152-49153" }),
    );
  });

  test("is bounded by its containers, not as a whole", async () => {
    await accept({ cpu: 512, memory: 100 }, { cpu: 2, memory: 4096 });
    await running();
    const host = docker.find("app").body.HostConfig ?? {};
    expect(host).toMatchObject({ CpuPercent: 12, Memory: 256 * MiB });
    for (const member of ["CpuShares", "CpuQuota", "CpuPeriod", "CgroupParent"])
      expect(host).not.toHaveProperty(member);
  });

  test("without limits of its containers has none, whatever the task states", async () => {
    await accept({ memory: 0 }, { memory: 4096 });
    await running();
    expect(docker.find("app").body.HostConfig).not.toHaveProperty("Memory");
  });

  test("mounts folders, pipes and volumes that live as long as it", async () => {
    await accept(
      {
        mountPoints: [
          { sourceVolume: "site", containerPath: "C:\\InetPub\\Site", readOnly: true },
          { sourceVolume: "scratch", containerPath: "D:", readOnly: false },
          { sourceVolume: "pipe", containerPath: "\\\\.\\pipe\\docker_engine", readOnly: false },
        ],
      },
      {
        volumes: [
          { name: "site", type: "host", host: { sourcePath: "C:\\Sites\\One" } },
          { name: "scratch", type: "host", host: {} },
          { name: "pipe", type: "host", host: { sourcePath: "\\\\.\\pipe\\docker_engine" } },
        ],
      } as Partial<ChannelTask>,
    );
    await running();
    const [volume = ""] = [...docker.volumes.keys()];
    expect(docker.volumes.get(volume)).toEqual({ Driver: "local" });
    expect(docker.find("app").body.HostConfig?.Binds).toEqual([
      "c:\\sites\\one:c:\\inetpub\\site:ro",
      `${volume}:d:`,
      "\\\\.\\pipe\\docker_engine:\\\\.\\pipe\\docker_engine",
    ]);
    docker.exit("app", 0);
    await stopped();
    await until(() => docker.containers.size === 0 && docker.volumes.size === 0);
  });
});

describe("what Windows has not is refused, and the reason says so", () => {
  test.each([
    [{ Privileged: true }, "Windows does not support privileged mode"],
    [{ ReadonlyRootfs: true }, "Windows does not support root filesystem in read-only mode"],
    [{ MemoryReservation: 256 * MiB }, "invalid option: Windows does not support MemoryReservation"],
    [{ MemorySwappiness: 10 }, "invalid option: Windows does not support MemorySwappiness"],
    [{ Ulimits: [{ Name: "nofile", Soft: 1, Hard: 1 }] }, "invalid option: Windows does not support Ulimits"],
  ])("by Docker: %j", async (config, words) => {
    await accept(hostConfig(config));
    const change = await stopped();
    expect(change?.containers?.[0]?.reason ?? change?.reason).toBe(
      `CannotCreateContainerError: Error response from daemon: ${words}`,
    );
  });

  test("an image of Linux alone", async () => {
    await accept({ image: "nginx" });
    const change = await stopped();
    expect(change?.containers?.[0]?.reason ?? change?.reason).toMatch(
      /^CannotPullContainerError: .*no matching manifest for windows\/amd64 10\.0\.20348/,
    );
  });

  test.each([
    [{ networkMode: "awsvpc" as const }, "the network mode awsvpc is not supported on Windows by this agent"],
    [{ networkMode: "host" as const }, "the network mode host is not supported on Windows by this agent"],
    [{ pidMode: "task" }, "pidMode is not supported on Windows by this agent"],
  ])("by the agent: %j", async (more, words) => {
    await accept({}, more);
    const change = await stopped();
    expect(change?.reason).toContain(words);
    expect(docker.containers.size).toBe(0);
  });
});

test("an agent that is started again takes over what runs", async () => {
  await accept({});
  await running();
  const { id } = docker.find("app");
  await machine.restartAgent();
  await running();
  expect(docker.find("app").id).toBe(id);
  docker.exit("app", 0);
  await stopped();
});

test("output is read as it was written", async () => {
  docker.output.set("iis", "Service started");
  await accept({});
  await running();
  docker.exit("app", 0);
  const lines: LogLine[] = [];
  const { id } = docker.find("app");
  for await (const line of runtime.logs(id, undefined, new AbortController().signal)) lines.push(line);
  expect(lines.map(({ text }) => text.trimEnd())).toEqual(["Service started"]);
});

test("labels find the agent's own containers", async () => {
  await accept({});
  await running();
  expect((await runtime.list(labels)).map(({ labels: found }) => found["com.amazonaws.ecs.container-name"])).toEqual([
    "app",
  ]);
});
