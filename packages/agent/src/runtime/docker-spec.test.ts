import { describe, expect, test } from "vitest";
import type { ContainerSpec } from "./container-runtime.ts";
import { createBody } from "./docker-spec.ts";

const bare: ContainerSpec = {
  name: "ecs-web-1-web-00",
  image: "hatoba/busybox:1",
  environment: {},
  labels: {},
  cpuShares: 128,
  memoryMiB: 0,
  network: { mode: "bridge" },
  ports: [],
  mounts: [],
  volumesFrom: [],
  links: [],
  dockerConfig: {},
  dockerHostConfig: {},
};
const body = (change: Partial<ContainerSpec>) => createBody({ ...bare, ...change });

describe("createBody", () => {
  test("asks for nothing that the spec does not say", () => {
    expect(createBody(bare)).toEqual({
      Image: "hatoba/busybox:1",
      Env: [],
      Labels: {},
      HostConfig: { CpuShares: 128, NetworkMode: "bridge" },
    });
  });

  test("keeps shares and memory at what kernel and engine take", () => {
    expect(body({ cpuShares: 0, memoryMiB: 4 }).HostConfig).toMatchObject({ CpuShares: 2, Memory: 6 * 1024 * 1024 });
    expect(body({ memoryMiB: 64 }).HostConfig).toMatchObject({ Memory: 64 * 1024 * 1024 });
  });

  test("lays the task's own configuration over its fields, and merges labels and environment", () => {
    const made = body({
      environment: { COLOUR: "blue" },
      labels: { "com.amazonaws.ecs.task-arn": "arn" },
      command: ["a"],
      dockerConfig: {
        User: "1000",
        Cmd: ["b"],
        Env: ["TZ=UTC"],
        Labels: { mine: "1", "com.amazonaws.ecs.task-arn": "no" },
      },
      dockerHostConfig: { ReadonlyRootfs: true, NetworkMode: "host" },
    });
    expect(made).toMatchObject({ User: "1000", Cmd: ["b"], Env: ["COLOUR=blue", "TZ=UTC"] });
    expect(made.Labels).toEqual({ mine: "1", "com.amazonaws.ecs.task-arn": "arn" });
    expect(made.HostConfig).toMatchObject({ ReadonlyRootfs: true, NetworkMode: "bridge" });
  });

  test("binds ports on the bridge, several of the machine to one of the container too", () => {
    const made = body({
      ports: [
        { containerPort: 80, hostPort: 0, protocol: "tcp" },
        { containerPort: 80, hostPort: 8080, protocol: "tcp", hostIp: "127.0.0.1" },
        { containerPort: 53, hostPort: 53, protocol: "udp" },
      ],
    });
    expect(made.ExposedPorts).toEqual({ "80/tcp": {}, "53/udp": {} });
    expect(made.HostConfig.PortBindings).toEqual({
      "80/tcp": [
        { HostIp: "", HostPort: "" },
        { HostIp: "127.0.0.1", HostPort: "8080" },
      ],
      "53/udp": [{ HostIp: "", HostPort: "53" }],
    });
  });

  test("on the host's network there is nothing to bind", () => {
    const made = body({ network: { mode: "host" }, ports: [{ containerPort: 80, hostPort: 80, protocol: "tcp" }] });
    expect(made.HostConfig).toEqual({ CpuShares: 128, NetworkMode: "host" });
    expect(made).not.toHaveProperty("ExposedPorts");
  });

  test("in another container's namespace its names and ports are left out", () => {
    const made = body({
      network: { mode: "container", containerId: "abc" },
      ports: [{ containerPort: 80, hostPort: 80, protocol: "tcp" }],
      links: ["db"],
      dockerConfig: { Hostname: "mine", User: "1000" },
      dockerHostConfig: { Dns: ["10.0.0.2"], ExtraHosts: ["a:10.0.0.1"], ShmSize: 1 },
    });
    expect(made).not.toHaveProperty("Hostname");
    expect(made.User).toBe("1000");
    expect(made.HostConfig).toEqual({ CpuShares: 128, ShmSize: 1, NetworkMode: "container:abc" });
  });

  test("in a VPC it has its address, its MAC address for older and newer engines, and its name", () => {
    const made = body({
      network: {
        mode: "vpc",
        network: "n",
        address: "172.31.0.4",
        macAddress: "0a:00:00:00:00:01",
        hostname: "ip-172-31-0-4",
      },
    });
    expect(made).toMatchObject({ Hostname: "ip-172-31-0-4", MacAddress: "0a:00:00:00:00:01" });
    expect(made.HostConfig.NetworkMode).toBe("n");
    expect(made.NetworkingConfig?.EndpointsConfig).toEqual({
      n: { IPAMConfig: { IPv4Address: "172.31.0.4" }, MacAddress: "0a:00:00:00:00:01" },
    });
  });

  test("mounts volumes and folders", () => {
    const mounts = [
      { source: "data", target: "/data", readOnly: false },
      { source: "/srv", target: "/srv", readOnly: true },
    ];
    expect(body({ mounts, volumesFrom: ["other:ro"], cgroupParent: "/ecs/1" }).HostConfig).toMatchObject({
      Binds: ["data:/data", "/srv:/srv:ro"],
      VolumesFrom: ["other:ro"],
      CgroupParent: "/ecs/1",
    });
  });
});
