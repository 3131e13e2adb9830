import type { ContainerDefinition } from "@aws-sdk/client-ecs";
import { describe, expect, test } from "vitest";
import type { Input } from "../operation.ts";
import { checkTaskDefinition } from "./check-task-definition.ts";
import {
  exampleContainerDefinition as container,
  exampleFargateRegistration,
  exampleRegistration,
} from "./example-registration.ts";
import { withDefaults } from "./with-defaults.ts";

type Task = Partial<Input<"RegisterTaskDefinition">>;
const linux = { operatingSystemFamily: "LINUX" as const };
const windows = { operatingSystemFamily: "WINDOWS_SERVER_2022_CORE" as const };
const check = (input: Input<"RegisterTaskDefinition">) => checkTaskDefinition(withDefaults(input)).compatibilities;
const register = (
  overrides: Partial<ContainerDefinition>,
  task: Task = {},
  runtimePlatform: Task["runtimePlatform"] = windows,
) => check(exampleRegistration({ containerDefinitions: [container(overrides)], runtimePlatform, ...task }));

const ofContainers: readonly (readonly [string, Partial<ContainerDefinition>])[] = [
  ["disableNetworking", { disableNetworking: true }],
  ["dnsServers", { dnsServers: ["10.0.0.2"] }],
  ["dnsSearchDomains", { dnsSearchDomains: ["example.com"] }],
  ["extraHosts", { extraHosts: [{ hostname: "db", ipAddress: "10.0.0.3" }] }],
  ["linuxParameters", { linuxParameters: { initProcessEnabled: true } }],
  ["privileged", { privileged: true }],
  ["readonlyRootFilesystem", { readonlyRootFilesystem: true }],
  ["systemControls", { systemControls: [{ namespace: "net.core.somaxconn", value: "1" }] }],
  ["ulimits", { ulimits: [{ name: "nofile", softLimit: 1, hardLimit: 1 }] }],
  ["resourceRequirements", { resourceRequirements: [{ type: "GPU", value: "1" }] }],
];
const ofTasks: readonly (readonly [string, Task])[] = [
  ["networkMode host", { networkMode: "host" }],
  ["pidMode", { pidMode: "host" }],
  ["ipcMode", { ipcMode: "none" }],
  ["enableFaultInjection", { enableFaultInjection: true }],
  ["efsVolumeConfiguration", { volumes: [{ name: "v", efsVolumeConfiguration: { fileSystemId: "fs-1" } }] }],
  [
    "dockerVolumeConfiguration driver",
    { volumes: [{ name: "v", dockerVolumeConfiguration: { scope: "task", driver: "rexray/ebs" } }] },
  ],
];
const text = (member: string) => `${member} parameter is not supported for Windows containers`;

describe("on Windows there is no", () => {
  test.each(ofContainers)("%s", (member, overrides) => {
    expect(() => register(overrides)).toThrow(text(member));
    expect(() => register(overrides, {}, linux)).not.toThrow();
  });

  test.each(ofTasks)("%s", (member, task) => {
    expect(() => register({}, task)).toThrow(text(member));
    expect(() => register({}, task, linux)).not.toThrow();
  });

  test("links", () => {
    const containerDefinitions = [container({ links: ["db"] }), container({ name: "db" })];
    const linked = (runtimePlatform: Task["runtimePlatform"]) => () =>
      check(exampleRegistration({ containerDefinitions, runtimePlatform }));
    expect(linked(windows)).toThrow(text("links"));
    expect(linked(undefined)).not.toThrow();
  });

  test("ARM64", () => {
    expect(() => register({}, {}, { ...windows, cpuArchitecture: "ARM64" })).toThrow("ARM64");
    expect(() => register({}, {}, { ...windows, cpuArchitecture: "X86_64" })).not.toThrow();
  });
});

test.each([
  ["what is switched off", { privileged: false, readonlyRootFilesystem: false, linuxParameters: {}, links: [] }, {}],
  ["a user of Windows", { user: "ContainerUser" }, {}],
  ["a size of the task, which is ignored", {}, { cpu: "1024", memory: "2048" }],
  ["the bridge, which is nat there", {}, { networkMode: "bridge" as const }],
  ["no network", {}, { networkMode: "none" as const }],
  [
    "volumes of Docker's own driver",
    {},
    { volumes: [{ name: "v", dockerVolumeConfiguration: { scope: "task" as const } }] },
  ],
  [
    "volumes of FSx",
    {},
    {
      volumes: [
        {
          name: "v",
          fsxWindowsFileServerVolumeConfiguration: {
            fileSystemId: "fs-1",
            rootDirectory: "share",
            authorizationConfig: { credentialsParameter: "arn:aws:ssm:us-east-1:0:parameter/p", domain: "example.com" },
          },
        },
      ],
    },
  ],
])("Windows can have %s", (_what, overrides, task) => {
  expect(register(overrides, task)).toContain("EC2");
});

describe("on Fargate", () => {
  const fargate = (family: NonNullable<Task["runtimePlatform"]>["operatingSystemFamily"]) => () =>
    check(
      exampleFargateRegistration({ cpu: "1024", memory: "2048", runtimePlatform: { operatingSystemFamily: family } }),
    );

  test.each(["WINDOWS_SERVER_2019_FULL", "WINDOWS_SERVER_2022_CORE", "WINDOWS_SERVER_2025_FULL", "LINUX"] as const)(
    "%s runs",
    (family) => {
      expect(fargate(family)()).toContain("FARGATE");
    },
  );

  test.each(["WINDOWS_SERVER_2016_FULL", "WINDOWS_SERVER_2004_CORE", "WINDOWS_SERVER_20H2_CORE"] as const)(
    "%s does not",
    (family) => {
      expect(fargate(family)).toThrow(
        `Fargate compatible task definitions do not support operatingSystemFamily ${family}`,
      );
    },
  );
});
