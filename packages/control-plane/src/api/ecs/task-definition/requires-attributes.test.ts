import { expect, test } from "vitest";
import type { Input } from "../operation.ts";
import { requireContainers } from "./check-containers.ts";
import { exampleContainerDefinition as container, exampleRegistration } from "./example-registration.ts";
import { requiresAttributes } from "./requires-attributes.ts";
import { withDefaults } from "./with-defaults.ts";

const P = "com.amazonaws.ecs.capability.";
const E = "ecs.capability.";
const base = `${P}docker-remote-api.1.18`;

function required(overrides: Partial<Input<"RegisterTaskDefinition">>) {
  const registered = withDefaults(exampleRegistration(overrides));
  const containers = requireContainers(registered.containerDefinitions ?? []);
  return requiresAttributes(registered, containers).map(({ name, value }) => (value ? `${name}=${value}` : name));
}

test.each([
  ["nothing special", {}, []],
  ["awsvpc", { networkMode: "awsvpc" as const }, [`${E}task-eni`]],
  ["a task role", { taskRoleArn: "r" }, [`${P}docker-remote-api.1.19`, `${P}task-iam-role`]],
  [
    "a task role on the host's network",
    { taskRoleArn: "r", networkMode: "host" as const },
    [`${P}docker-remote-api.1.19`, `${P}task-iam-role-network-host`],
  ],
  ["a task size", { cpu: "256" }, [`${P}docker-remote-api.1.22`, `${E}task-cpu-mem-limit`]],
  [
    "a volume of Docker's",
    { volumes: [{ name: "v", dockerVolumeConfiguration: { driver: "rexray/ebs:0.11" } }] },
    [`${P}docker-remote-api.1.25`, `${E}docker-plugin.rexray/ebs.0.11`],
  ],
  [
    "an EFS volume",
    { volumes: [{ name: "v", efsVolumeConfiguration: { fileSystemId: "fs-1" } }] },
    [`${P}docker-remote-api.1.25`, `${E}efs`],
  ],
  [
    "a platform, which is asked for apart",
    { runtimePlatform: { cpuArchitecture: "ARM64" as const, operatingSystemFamily: "LINUX" as const } },
    [],
  ],
  [
    "a task size on Windows, where it limits nothing",
    { cpu: "12288", memory: "4096", runtimePlatform: { operatingSystemFamily: "WINDOWS_SERVER_2022_CORE" as const } },
    [],
  ],
])("%s", (_what, overrides, names) => {
  expect(required(overrides)).toEqual([base, ...names].toSorted());
});

test.each([
  ["privileged", { privileged: true }, [`${P}privileged-container`]],
  ["a soft limit", { memoryReservation: 64 }, [`${P}docker-remote-api.1.21`]],
  [
    "a health check",
    { healthCheck: { command: ["CMD", "true"] } },
    [`${P}docker-remote-api.1.24`, `${E}container-health-check`],
  ],
  ["a start timeout", { dependsOn: [], startTimeout: 5 }, [`${E}container-ordering`]],
  ["a log driver", { logConfiguration: { logDriver: "json-file" as const } }, [`${P}logging-driver.json-file`]],
  ["a restart policy", { restartPolicy: { enabled: true } }, [`${E}container-restart-policy`]],
  ["a range of ports", { portMappings: [{ containerPortRange: "1-2" }] }, [`${E}network.container-port-range`]],
])("a container with %s", (_what, overrides, names) => {
  expect(required({ containerDefinitions: [container(overrides)] })).toEqual([base, ...names].toSorted());
});

test("an image of ECR, logs and secrets with an execution role", () => {
  const containerDefinitions = [
    container({
      image: "000000000000.dkr.ecr.us-east-1.amazonaws.com/web:1",
      logConfiguration: { logDriver: "awslogs" },
      secrets: [
        { name: "A", valueFrom: "/parameter" },
        { name: "B", valueFrom: "arn:aws:secretsmanager:us-east-1:000000000000:secret:x" },
      ],
    }),
  ];
  expect(required({ containerDefinitions, executionRoleArn: "r" })).toEqual([
    base,
    `${P}docker-remote-api.1.19`,
    `${P}ecr-auth`,
    `${P}logging-driver.awslogs`,
    `${E}execution-role-awslogs`,
    `${E}execution-role-ecr-pull`,
    `${E}secrets.asm.environment-variables`,
    `${E}secrets.ssm.environment-variables`,
  ]);
});
