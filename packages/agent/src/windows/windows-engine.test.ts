import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ContainerSpec } from "../runtime/container-runtime.ts";
import { cpuPercent, type WindowsBounds, windowsEngine } from "./windows-engine.ts";

const MiB = 1024 * 1024;
const bounds: WindowsBounds = { cpus: 4, cpuUnbounded: false, memoryUnbounded: false };
const spec = (more: Partial<ContainerSpec> = {}): ContainerSpec => ({
  name: "ecs-web-1-app",
  image: "iis",
  environment: {},
  labels: {},
  cpuShares: 1024,
  memoryMiB: 512,
  network: { mode: "bridge" },
  ports: [],
  mounts: [],
  volumesFrom: [],
  links: [],
  dockerConfig: {},
  dockerHostConfig: {},
  ...more,
});
const hostConfig = (more: Partial<ContainerSpec> = {}, other: Partial<WindowsBounds> = {}) =>
  windowsEngine({ ...bounds, ...other }).createBody(spec(more)).HostConfig;

describe("CPU shares become per cent of all processors", () => {
  test.each([
    [1024, 4, 25],
    [1024, 1, 100],
    [2048, 4, 50],
    [10, 4, 1],
    [2, 64, 1],
    [0, 4, 0],
  ])("%i on %i processors: %i", (shares, cpus, percent) => {
    expect(cpuPercent(shares, cpus)).toBe(percent);
  });

  test.each([
    [0, false, 1],
    [1, false, 1],
    [0, true, 0],
    [1, true, 1],
    [512, true, 12],
  ])("a container with %i, unbounded %s: %i", (cpuShares, cpuUnbounded, percent) => {
    const config = hostConfig({ cpuShares }, { cpuUnbounded });
    expect(config).toMatchObject({ CpuPercent: percent });
    expect(config).not.toHaveProperty("CpuShares");
  });

  test("never more than the machine has, for what fits it", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 256 }), fc.nat(), (cpus, shares) => {
        const percent = cpuPercent(Math.min(shares, cpus * 1024), cpus);
        return percent >= 0 && percent <= 100 && Number.isInteger(percent);
      }),
    );
  });
});

describe("memory", () => {
  test.each([
    [512, undefined, false, { Memory: 512 * MiB }],
    [100, undefined, false, { Memory: 256 * MiB }],
    [0, undefined, false, {}],
    [0, 300 * MiB, true, {}],
    // Docker refuses it: the reason is its own.
    [0, 300 * MiB, false, { MemoryReservation: 300 * MiB }],
    [512, 300 * MiB, true, { Memory: 512 * MiB, MemoryReservation: 300 * MiB }],
  ])("%i MiB, a soft limit of %s, unbounded %s", (memoryMiB, reservation, memoryUnbounded, expected) => {
    const dockerHostConfig = reservation === undefined ? {} : { MemoryReservation: reservation };
    const { Memory, MemoryReservation } = hostConfig({ memoryMiB, dockerHostConfig }, { memoryUnbounded });
    expect({
      ...(Memory === undefined ? {} : { Memory }),
      ...(MemoryReservation === undefined ? {} : { MemoryReservation }),
    }).toEqual(expected);
  });
});

describe("network", () => {
  test.each([
    ["bridge", "nat"],
    ["none", "none"],
    ["host", "host"],
  ] as const)("%s becomes %s", (mode, expected) => {
    expect(hostConfig({ network: { mode } })).toMatchObject({ NetworkMode: expected });
  });

  test("ports are published on every address, which is all that NAT there can", () => {
    const ports = [{ containerPort: 80, hostPort: 8080, protocol: "tcp" as const, hostIp: "127.0.0.1" }];
    expect(hostConfig({ ports })).toMatchObject({ PortBindings: { "80/tcp": [{ HostIp: "", HostPort: "8080" }] } });
  });
});

test("paths are in lower case, names of volumes as they are", () => {
  const mounts = [
    { source: "C:\\Data\\Web", target: "C:\\InetPub\\", readOnly: true },
    { source: "ecs-Web-1-Scratch", target: "D:", readOnly: false },
    { source: "\\\\.\\pipe\\Docker_Engine", target: "\\\\.\\pipe\\Docker_Engine", readOnly: false },
  ];
  expect(hostConfig({ mounts })).toMatchObject({
    Binds: [
      "c:\\data\\web:c:\\inetpub:ro",
      "ecs-Web-1-Scratch:d:",
      "\\\\.\\pipe\\docker_engine:\\\\.\\pipe\\docker_engine",
    ],
  });
});

test("what Docker on Windows refuses is left for it to refuse", () => {
  const asked = { Privileged: true, ReadonlyRootfs: true, Ulimits: [{ Name: "nofile", Soft: 1, Hard: 1 }] };
  expect(hostConfig({ dockerHostConfig: asked })).toMatchObject(asked);
});
