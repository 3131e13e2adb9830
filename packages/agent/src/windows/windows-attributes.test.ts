import { expect, test } from "vitest";
import { attributesOf } from "../attributes.ts";
import { onWindows } from "./windows-attributes.ts";

const linux = attributesOf(
  {
    engineVersion: "26.1.4",
    apiVersion: "1.45",
    cpus: 4,
    memoryMiB: 16_384,
    architecture: "x86_64",
    loggingDrivers: ["awslogs", "etwlogs", "fluentd", "gcplogs", "gelf", "json-file", "local", "splunk", "syslog"],
  },
  { capacity: "EC2", zone: "us-east-1b" },
);
const valueOf = (name: string) =>
  onWindows(linux, "WINDOWS_SERVER_2022_CORE").find((each) => each.name === name)?.value;
const names = onWindows(linux, "WINDOWS_SERVER_2022_CORE").map(({ name }) => name);

test("the operating system has its names", () => {
  expect(valueOf("ecs.os-type")).toBe("windows");
  expect(valueOf("ecs.os-family")).toBe("WINDOWS_SERVER_2022_CORE");
  expect(valueOf("ecs.os-type-detailed")).toBe("WINDOWS_SERVER_2022_CORE");
  expect(valueOf("ecs.cpu-architecture")).toBe("x86_64");
  expect(valueOf("ecs.availability-zone")).toBe("us-east-1b");
});

test.each([
  "com.amazonaws.ecs.capability.docker-remote-api.1.17",
  "com.amazonaws.ecs.capability.docker-remote-api.1.30",
  "com.amazonaws.ecs.capability.logging-driver.awslogs",
  "com.amazonaws.ecs.capability.logging-driver.json-file",
  "com.amazonaws.ecs.capability.logging-driver.none",
  "ecs.capability.container-health-check",
  "ecs.capability.container-ordering",
  "ecs.capability.docker-plugin.local",
  "ecs.capability.full-sync",
  "ecs.capability.network.container-port-range",
])("can %s", (name) => {
  expect(names).toContain(name);
});

test.each([
  "com.amazonaws.ecs.capability.apparmor",
  "com.amazonaws.ecs.capability.docker-remote-api.1.32",
  "com.amazonaws.ecs.capability.logging-driver.awsfirelens",
  "com.amazonaws.ecs.capability.logging-driver.journald",
  "com.amazonaws.ecs.capability.selinux",
  "com.amazonaws.ecs.capability.task-iam-role-network-host",
  "ecs.capability.aws-appmesh",
  "ecs.capability.branch-cni-plugin-version",
  "ecs.capability.cni-plugin-version",
  "ecs.capability.efs",
  "ecs.capability.efsAuth",
  "ecs.capability.execute-command",
  "ecs.capability.fault-injection",
  "ecs.capability.firelens.fluentbit",
  "ecs.capability.firelens.non-root-user",
  "ecs.capability.firelens.options.config.s3",
  "ecs.capability.gpu-driver-version",
  "ecs.capability.increased-task-cpu-limit",
  "ecs.capability.ipv6-only",
  "ecs.capability.logging-driver.awsfirelens.log-driver-buffer-limit",
  "ecs.capability.nvidia-driver-version.550.54",
  "ecs.capability.pid-ipc-namespace-sharing",
  "ecs.capability.service-connect-v1",
  "ecs.capability.storage.ebsta-non-root-user",
  "ecs.capability.storage.s3-files",
  "ecs.capability.task-cpu-mem-limit",
  "ecs.capability.task-eia.optimized-cpu",
  "ecs.capability.task-eni",
  "ecs.capability.task-eni-trunking",
  "ecs.capability.task-eni.ipv6",
  "hatoba.host-shell",
])("cannot %s", (name) => {
  expect(onWindows([{ name }], "windows")).toEqual([]);
});

test("attributes of one's own are kept", () => {
  expect(onWindows([{ name: "stack", value: "dev" }, { name: "selinux" }], "windows")).toHaveLength(2);
});
