import type { ChannelTask, ChannelTaskDefinitionContainer } from "@hatoba/contract";
import { describe, expect, test } from "vitest";
import { containerSpec, pauseSpec, type SpecContext } from "./container-spec.ts";
import { containerPayload, knownTask, labels, taskPayload, vpcPayload } from "./engine.fixture.ts";
import { networkBindings } from "./network-bindings.ts";
import { taskVolumes } from "./task-volumes.ts";

function specOf(
  container: Partial<ChannelTaskDefinitionContainer>,
  more: Partial<ChannelTask> = {},
  context: Partial<SpecContext> = {},
) {
  const task = knownTask(
    taskPayload(1, { containers: [containerPayload("app", container), containerPayload("db")], ...more }),
  );
  const known = task.containers.find(({ name }) => name === "app");
  if (known === undefined) throw new Error("no container");
  const volumes = taskVolumes(task.payload, labels, "r".repeat(20));
  return containerSpec(task, known, { region: "us-east-1", labels, volumes, pickHostPorts: () => 40_000, ...context });
}
const docker = (config: object, hostConfig: object = {}) => ({
  dockerConfig: { version: "1.18", config: JSON.stringify(config), hostConfig: JSON.stringify(hostConfig) },
});

describe("a container as it is to be created", () => {
  test("the region is set unless the task sets it", () => {
    expect(specOf({ environment: { AWS_REGION: "eu-west-1", X: "1" } }).environment).toEqual({
      AWS_REGION: "eu-west-1",
      AWS_DEFAULT_REGION: "us-east-1",
      X: "1",
    });
  });

  test.each([
    [
      "a command of the overrides replaces the other",
      { command: ["a"], overrides: '{"command":["b","c"]}' },
      { command: ["b", "c"] },
    ],
    ["no overrides leave it", { command: ["a"], overrides: "{}" }, { command: ["a"] }],
    [
      "a fixed port and one to be picked",
      {
        portMappings: [
          { containerPort: 80, hostPort: 8080, protocol: "tcp" as const },
          { containerPort: 81, protocol: "udp" as const },
        ],
      },
      {
        ports: [
          { containerPort: 80, hostPort: 8080, protocol: "tcp" },
          { containerPort: 81, hostPort: 0, protocol: "udp" },
        ],
      },
    ],
    [
      "a range gets ports in a row",
      { portMappings: [{ containerPortRange: "90-91", protocol: "tcp" as const }] },
      {
        ports: [
          { containerPort: 90, hostPort: 40_000, protocol: "tcp" },
          { containerPort: 91, hostPort: 40_001, protocol: "tcp" },
        ],
      },
    ],
    [
      "links name containers of the runtime",
      { links: ["db:database"] },
      { links: [expect.stringMatching(/^ecs-web-1-db-\w{20}:database$/)] },
    ],
    [
      "volumesFrom too",
      { volumesFrom: [{ sourceContainer: "db", readOnly: true }] },
      { volumesFrom: [expect.stringMatching(/^ecs-web-1-db-\w{20}:ro$/)] },
    ],
    ["its grace stands in its config", { stopTimeout: 7 }, { dockerConfig: { StopTimeout: 7 } }],
  ])("%s", (_what, container, expected) => {
    expect(specOf(container)).toMatchObject(expected);
  });

  test("a container without limits of its own gets those of its task", () => {
    expect(specOf({ memory: 0 }, { cpu: 0.5, memory: 512 })).toMatchObject({
      memoryMiB: 512,
      dockerHostConfig: { CpuPeriod: 100_000, CpuQuota: 50_000 },
    });
    expect(specOf({ memory: 64 }, { memory: 512 }).memoryMiB).toBe(64);
  });

  test("volumes: a path, one of the task's own, and a shared one", () => {
    const volumes = [
      { name: "path", host: { sourcePath: "/srv" } },
      { name: "own", host: {} },
      {
        name: "shared",
        type: "docker" as const,
        dockerVolumeConfiguration: { scope: "shared" as const, autoprovision: true },
      },
    ];
    const mountPoints = volumes.map(({ name }) => ({
      sourceVolume: name,
      containerPath: `/${name}`,
      readOnly: name === "path",
    }));
    expect(specOf({ mountPoints }, { volumes }).mounts).toEqual([
      { source: "/srv", target: "/path", readOnly: true },
      { source: `ecs-web-1-own-${"r".repeat(20)}`, target: "/own", readOnly: false },
      { source: "shared", target: "/shared", readOnly: false },
    ]);
  });

  test.each([
    [
      { mountPoints: [{ sourceVolume: "missing", containerPath: "/x", readOnly: false }] },
      "HostConfigError: Invalid volume referenced: missing",
    ],
    [
      { healthCheckType: "docker" as const },
      "DockerClientConfigError: docker health check is nil while container health check type is DOCKER",
    ],
    [
      { dockerConfig: { version: "1.18", config: "{", hostConfig: "{}" } },
      /^DockerClientConfigError: Unable decode given docker config: /,
    ],
    [
      { dockerConfig: { version: "1.18", config: "{}", hostConfig: "[]" } },
      /^HostConfigError: Unable to decode given host config: /,
    ],
  ])("%o is refused with %s", (container, reason) => {
    let said: unknown;
    try {
      specOf(container);
    } catch (error) {
      said = (error as { reason?: string }).reason;
    }
    expect(said).toEqual(typeof reason === "string" ? reason : expect.stringMatching(reason));
  });

  test("what the payload says in the engine's own words is handed through", () => {
    expect(specOf(docker({ User: "1000" }, { CapAdd: ["NET_ADMIN"] }))).toMatchObject({
      dockerConfig: { User: "1000" },
      dockerHostConfig: { CapAdd: ["NET_ADMIN"] },
    });
  });

  test.each([
    ["host", { mode: "host" }],
    ["none", { mode: "none" }],
    ["awsvpc", { mode: "container", containerId: "pause-id" }],
  ] as const)("in the network mode %s: %o, and no ports are published", (networkMode, network) => {
    const portMappings = [{ containerPort: 80, protocol: "tcp" as const }];
    expect(specOf({ portMappings }, { networkMode }, { pauseId: "pause-id" })).toMatchObject({ network, ports: [] });
  });

  test("processes and memory may be shared within the task", () => {
    expect(specOf({}, { pidMode: "task", ipcMode: "task" }, { pauseId: "p" }).dockerHostConfig).toMatchObject({
      PidMode: "container:p",
      IpcMode: "container:p",
    });
    expect(specOf({}, { pidMode: "host", ipcMode: "none" }).dockerHostConfig).toMatchObject({
      PidMode: "host",
      IpcMode: "private",
    });
  });
});

test("a pause container holds the address of its task", () => {
  const task = knownTask(vpcPayload(1));
  const [pause] = task.containers;
  if (pause === undefined) throw new Error("no pause container");
  expect(pauseSpec(task, pause, "pause:1", "vpc", labels).network).toEqual({
    mode: "vpc",
    network: "vpc",
    address: "172.31.0.4",
    macAddress: "0a:00:00:00:00:01",
    hostname: "ip-172-31-0-4.ec2.internal",
  });
});

test("bindings are told port by port, and a range as a range, without those of IPv6", () => {
  const portMappings = [
    { containerPort: 80, protocol: "tcp" as const },
    { containerPortRange: "90-91", protocol: "tcp" as const },
  ];
  const port = (containerPort: number, hostPort: number, hostIp = "0.0.0.0") => ({
    containerPort,
    hostPort,
    protocol: "tcp" as const,
    hostIp,
  });
  const seen = [port(80, 32_768), port(80, 32_768, "::"), port(91, 40_001), port(90, 40_000)];
  expect(networkBindings(seen, containerPayload("app", { portMappings }))).toEqual([
    { bindIP: "0.0.0.0", containerPort: 80, hostPort: 32_768, protocol: "tcp" },
    { bindIP: "0.0.0.0", containerPortRange: "90-91", hostPortRange: "40000-40001", protocol: "tcp" },
  ]);
});
