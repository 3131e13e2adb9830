import type { ContainerDefinition, ContainerOverride } from "@aws-sdk/client-ecs";
import type { LaunchType } from "@hatoba/contract";
import { describe, expect, test } from "vitest";
import { type ContainerContext, channelContainer } from "./channel-container.ts";

const context: ContainerContext = {
  taskId: "0123456789abcdef0123456789abcdef",
  windows: false,
  networkMode: "bridge",
  launchType: "EC2",
  region: "us-east-1",
  dockerApiVersion: "1.18",
  containerArn: "arn:aws:ecs:us-east-1:123456789012:container/demo/t/c",
  override: undefined,
};
const sent = (definition: ContainerDefinition, more: Partial<ContainerContext> = {}) =>
  channelContainer({ name: "app", image: "example:1", ...definition }, { ...context, ...more });
const docker = (part: "config" | "hostConfig", definition: ContainerDefinition, more: Partial<ContainerContext> = {}) =>
  JSON.parse(sent(definition, more).dockerConfig[part]) as Record<string, unknown>;

describe("members of their own", () => {
  test.each<[string, ContainerDefinition, object]>([
    ["entryPoint", { entryPoint: ["/bin/app"] }, { entryPoint: ["/bin/app"] }],
    ["links", { links: ["db:database"] }, { links: ["db:database"] }],
    [
      "dependsOn",
      { dependsOn: [{ containerName: "db", condition: "SUCCESS" }] },
      { dependsOn: [{ containerName: "db", condition: "SUCCESS" }] },
    ],
    ["timeouts", { startTimeout: 10, stopTimeout: 0 }, { startTimeout: 10, stopTimeout: 0 }],
    [
      "volumesFrom",
      { volumesFrom: [{ sourceContainer: "db" }] },
      { volumesFrom: [{ sourceContainer: "db", readOnly: false }] },
    ],
    [
      "restartPolicy",
      { restartPolicy: { enabled: true, ignoredExitCodes: [0], restartAttemptPeriod: 60 } },
      { restartPolicy: { enabled: true, ignoredExitCodes: [0], restartAttemptPeriod: 60 } },
    ],
    ["restartPolicy, short", { restartPolicy: { enabled: true } }, { restartPolicy: { enabled: true } }],
    [
      "environmentFiles",
      { environmentFiles: [{ value: "arn:aws:s3:::b/f.env", type: "s3" }] },
      { environmentFiles: [{ value: "arn:aws:s3:::b/f.env", type: "s3" }] },
    ],
    [
      "firelensConfiguration",
      { firelensConfiguration: { type: "fluentbit" } },
      { firelensConfiguration: { type: "fluentbit", options: {} } },
    ],
    ["credentialSpecs", { credentialSpecs: ["credentialspec:x"] }, { credentialSpecs: ["credentialspec:x"] }],
    ["health check", { healthCheck: { command: ["CMD", "ok"] } }, { healthCheckType: "docker" }],
    [
      "nothing",
      {},
      { cpu: 0, memory: 0, essential: true, portMappings: [], mountPoints: [], volumesFrom: [], overrides: "{}" },
    ],
  ])("%s", (_case, definition, expected) => {
    expect(sent(definition)).toMatchObject(expected);
  });

  test("what is not registered is absent", () => {
    const { dockerConfig: _docker, ...container } = sent({ command: [], links: [] });
    const members = ["containerArn", "cpu", "environment", "essential", "image", "memory", "mountPoints", "name"];
    expect(Object.keys(container).toSorted()).toEqual([...members, "overrides", "portMappings", "volumesFrom"]);
  });
});

describe("port mappings", () => {
  test.each<[string, Partial<ContainerContext>, ContainerDefinition["portMappings"], object]>([
    ["bridge, any port", {}, [{ containerPort: 80 }], { containerPort: 80, hostPort: 0, protocol: "tcp" }],
    [
      "bridge, fixed",
      {},
      [{ containerPort: 53, hostPort: 5353, protocol: "udp" }],
      { containerPort: 53, hostPort: 5353, protocol: "udp" },
    ],
    [
      "host",
      { networkMode: "host" },
      [{ containerPort: 80, hostPort: 0 }],
      { containerPort: 80, hostPort: 80, protocol: "tcp" },
    ],
    [
      "awsvpc",
      { networkMode: "awsvpc" },
      [{ containerPort: 80 }],
      { containerPort: 80, hostPort: 80, protocol: "tcp" },
    ],
    ["a range", {}, [{ containerPortRange: "8000-8003" }], { containerPortRange: "8000-8003", protocol: "tcp" }],
  ])("%s", (_case, more, portMappings, expected) => {
    expect(sent({ portMappings }, more).portMappings).toEqual([expected]);
  });
});

describe("AWS_EXECUTION_ENV", () => {
  test.each<[LaunchType, string]>([
    ["EC2", "AWS_ECS_EC2"],
    ["FARGATE", "AWS_ECS_FARGATE"],
    ["EXTERNAL", "AWS_ECS_EXTERNAL"],
  ])("on %s is %s", (launchType, value) => {
    expect(sent({}, { launchType }).environment).toEqual({ AWS_EXECUTION_ENV: value });
  });
});

describe("overrides", () => {
  const definition: ContainerDefinition = {
    command: ["a"],
    cpu: 1,
    memory: 10,
    memoryReservation: 5,
    environment: [
      { name: "KEPT", value: "1" },
      { name: "WON", value: "1" },
    ],
  };
  test.each<[string, ContainerOverride, object]>([
    ["none", { name: "app" }, { command: ["a"], cpu: 1, memory: 10 }],
    ["command", { command: ["b", "c"] }, { command: ["b", "c"] }],
    ["an empty command keeps the definition's", { command: [] }, { command: ["a"] }],
    ["cpu and memory", { cpu: 2, memory: 20 }, { cpu: 2, memory: 20 }],
    [
      "variables are added, and win",
      { environment: [{ name: "WON", value: "2" }, { name: "NEW" }] },
      { environment: { KEPT: "1", WON: "2", NEW: "" } },
    ],
  ])("%s", (_case, override, expected) => {
    expect(sent(definition, { override })).toMatchObject(expected);
  });

  test("the memory reservation goes into the host configuration", () => {
    const hostConfig = docker("hostConfig", definition, { override: { memoryReservation: 7 } });
    expect(hostConfig["MemoryReservation"]).toBe(7 * 1024 * 1024);
  });
});

describe("Docker's config", () => {
  test.each<[string, ContainerDefinition, object]>([
    ["user", { user: "1000:1000" }, { User: "1000:1000" }],
    ["workingDirectory", { workingDirectory: "/srv" }, { WorkingDir: "/srv" }],
    ["hostname", { hostname: "box" }, { Hostname: "box" }],
    ["dockerLabels", { dockerLabels: { a: "b" } }, { Labels: { a: "b" } }],
    ["interactive", { interactive: true }, { OpenStdin: true }],
    ["pseudoTerminal", { pseudoTerminal: true }, { Tty: true }],
    ["disableNetworking", { disableNetworking: true }, { NetworkDisabled: true }],
    ["switched off", { interactive: false, pseudoTerminal: false, disableNetworking: false }, {}],
    [
      "healthCheck, by default every 30 s within 5 s",
      { healthCheck: { command: ["CMD-SHELL", "ok"] } },
      { Healthcheck: { Test: ["CMD-SHELL", "ok"], Interval: 30e9, Timeout: 5e9, StartPeriod: 0, Retries: 3 } },
    ],
    [
      "healthCheck in nanoseconds",
      { healthCheck: { command: ["CMD", "ok"], interval: 5, timeout: 2, retries: 1, startPeriod: 300 } },
      { Healthcheck: { Test: ["CMD", "ok"], Interval: 5e9, Timeout: 2e9, StartPeriod: 300e9, Retries: 1 } },
    ],
  ])("%s", (_case, definition, expected) => {
    expect(docker("config", definition)).toEqual(expected);
  });
});

const mib = 1024 * 1024;
describe("Docker's host config", () => {
  test.each<[string, ContainerDefinition, object]>([
    ["memoryReservation in bytes", { memoryReservation: 64 }, { MemoryReservation: 64 * mib }],
    ["privileged", { privileged: true }, { Privileged: true }],
    ["readonlyRootFilesystem", { readonlyRootFilesystem: true }, { ReadonlyRootfs: true }],
    [
      "capabilities",
      { linuxParameters: { capabilities: { add: ["NET_ADMIN"], drop: ["MKNOD"] } } },
      { CapAdd: ["NET_ADMIN"], CapDrop: ["MKNOD"] },
    ],
    [
      "devices",
      {
        linuxParameters: {
          devices: [{ hostPath: "/dev/fuse" }, { hostPath: "/dev/a", containerPath: "/dev/b", permissions: ["read"] }],
        },
      },
      {
        Devices: [
          { PathOnHost: "/dev/fuse", PathInContainer: "/dev/fuse", CgroupPermissions: "rwm" },
          { PathOnHost: "/dev/a", PathInContainer: "/dev/b", CgroupPermissions: "r" },
        ],
      },
    ],
    [
      "tmpfs",
      { linuxParameters: { tmpfs: [{ containerPath: "/t", size: 64, mountOptions: ["ro", "noexec"] }] } },
      { Tmpfs: { "/t": "size=64m,ro,noexec" } },
    ],
    ["sharedMemorySize in bytes", { linuxParameters: { sharedMemorySize: 128 } }, { ShmSize: 128 * mib }],
    ["initProcessEnabled", { linuxParameters: { initProcessEnabled: true } }, { Init: true }],
    [
      "memory and swap together",
      { memory: 100, linuxParameters: { maxSwap: 50, swappiness: 10 } },
      { MemorySwap: 150 * mib, MemorySwappiness: 10 },
    ],
    ["no swap", { memory: 100, linuxParameters: { maxSwap: 0 } }, { MemorySwap: 100 * mib }],
    ["swappiness counts only with maxSwap", { memory: 100, linuxParameters: { swappiness: 10 } }, {}],
    [
      "ulimits",
      { ulimits: [{ name: "nofile", softLimit: 1024, hardLimit: 2048 }] },
      { Ulimits: [{ Name: "nofile", Soft: 1024, Hard: 2048 }] },
    ],
    [
      "systemControls",
      { systemControls: [{ namespace: "net.core.somaxconn", value: "1024" }] },
      { Sysctls: { "net.core.somaxconn": "1024" } },
    ],
    [
      "DNS",
      { dnsServers: ["10.0.0.2"], dnsSearchDomains: ["example.com"] },
      { Dns: ["10.0.0.2"], DnsSearch: ["example.com"] },
    ],
    ["extraHosts", { extraHosts: [{ hostname: "db", ipAddress: "10.0.0.3" }] }, { ExtraHosts: ["db:10.0.0.3"] }],
    ["dockerSecurityOptions", { dockerSecurityOptions: ["no-new-privileges"] }, { SecurityOpt: ["no-new-privileges"] }],
    [
      "empty lists are none",
      { ulimits: [], dnsServers: [], extraHosts: [], systemControls: [], linuxParameters: { devices: [], tmpfs: [] } },
      {},
    ],
    [
      "a plain log driver",
      { logConfiguration: { logDriver: "json-file", options: { "max-size": "5m" } } },
      { LogConfig: { Type: "json-file", Config: { "max-size": "5m" } } },
    ],
    [
      "a log driver without options",
      { logConfiguration: { logDriver: "journald" } },
      { LogConfig: { Type: "journald", Config: {} } },
    ],
    [
      "awslogs: the prefix becomes a stream",
      { logConfiguration: { logDriver: "awslogs", options: { "awslogs-group": "g", "awslogs-stream-prefix": "web" } } },
      {
        LogConfig: { Type: "awslogs", Config: { "awslogs-group": "g", "awslogs-stream": `web/app/${context.taskId}` } },
      },
    ],
    [
      "awslogs without a prefix",
      { logConfiguration: { logDriver: "awslogs", options: { "awslogs-group": "g" } } },
      { LogConfig: { Type: "awslogs", Config: { "awslogs-group": "g" } } },
    ],
  ])("%s", (_case, definition, expected) => {
    expect(docker("hostConfig", definition)).toEqual({ NetworkMode: "bridge", ...expected });
  });

  test.each<[Partial<ContainerContext>, string | undefined]>([
    [{ networkMode: "host" }, "host"],
    [{ networkMode: "none" }, "none"],
    [{ networkMode: "awsvpc" }, undefined],
    [{ networkMode: "bridge", windows: true }, "nat"],
  ])("the network of %j is %s", (more, mode) => {
    expect(docker("hostConfig", {}, more)["NetworkMode"]).toBe(mode);
  });
});

describe("what the agent has to fetch", () => {
  const parameter = "arn:aws:ssm:eu-west-1:123456789012:parameter/p";
  const secret = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:s-abc:key::";

  test("secrets name who keeps them, and where", () => {
    const definition: ContainerDefinition = {
      secrets: [
        { name: "A", valueFrom: "/bare/name" },
        { name: "B", valueFrom: parameter },
        { name: "C", valueFrom: secret },
      ],
      logConfiguration: { logDriver: "splunk", secretOptions: [{ name: "splunk-token", valueFrom: secret }] },
    };
    const variable = { type: "ENVIRONMENT_VARIABLE", target: "CONTAINER" };
    expect(sent(definition).secrets).toEqual([
      { name: "A", valueFrom: "/bare/name", provider: "ssm", region: "us-east-1", ...variable },
      { name: "B", valueFrom: parameter, provider: "ssm", region: "eu-west-1", ...variable },
      { name: "C", valueFrom: secret, provider: "asm", region: "eu-west-1", ...variable },
      {
        name: "splunk-token",
        valueFrom: secret,
        provider: "asm",
        region: "eu-west-1",
        type: "BOOTSTRAP",
        target: "LOG_DRIVER",
      },
    ]);
  });

  test("a private registry's login", () => {
    expect(sent({ repositoryCredentials: { credentialsParameter: secret } }).registryAuthentication).toEqual({
      type: "asm",
      asmAuthData: { credentialsParameter: secret, region: "eu-west-1" },
    });
  });
});
