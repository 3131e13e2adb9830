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

const check = (input: Input<"RegisterTaskDefinition">) => checkTaskDefinition(withDefaults(input)).compatibilities;
const checkEc2 = (overrides: Partial<Input<"RegisterTaskDefinition">>) => check(exampleRegistration(overrides));
/** One container with these members. */
const checkOne = (overrides: Partial<ContainerDefinition>, task: Partial<Input<"RegisterTaskDefinition">> = {}) =>
  checkEc2({ containerDefinitions: [container(overrides)], ...task });
const role = "arn:aws:iam::000000000000:role/execution";
const awslogs = {
  logDriver: "awslogs" as const,
  options: { "awslogs-group": "g", "awslogs-region": "us-east-1", "awslogs-stream-prefix": "p" },
};

describe("compatibilities", () => {
  test("EC2 and EXTERNAL always, FARGATE when it could run there", () => {
    expect(check(exampleRegistration())).toEqual(["EXTERNAL", "EC2"]);
    expect(check(exampleFargateRegistration())).toEqual(["EXTERNAL", "EC2", "FARGATE"]);
    expect(check(exampleFargateRegistration({ requiresCompatibilities: ["EC2"] }))).toContain("FARGATE");
    expect(check(exampleFargateRegistration({ requiresCompatibilities: ["EC2"], ipcMode: "task" }))).not.toContain(
      "FARGATE",
    );
  });
});

test("a task definition of more than 64 KiB is refused", () => {
  expect(() => checkOne({ command: ["x".repeat(65_000)] })).not.toThrow();
  expect(() => checkOne({ command: ["é".repeat(33_000)] })).toThrow(
    /^Actual length: '\d{5}'\. Max allowed length is '65536' bytes\.$/,
  );
});

// Golden texts: the source is named where each check is made.
describe("containers", () => {
  test.each([
    [[], "Container list cannot be empty."],
    [Array.from({ length: 11 }, (_, index) => container({ name: `c${index}` })), "Too many containers."],
    [[{ image: "web:1", memory: 128 }], "Container.name should not be null or empty."],
    [[container({ name: "has space" })], "Container.name contains invalid characters."],
    [[{ name: "app", memory: 128 }], "Container.image should not be null or empty."],
    [[container({ image: "" })], "Container.image should not be null or empty."],
    [[container({ image: "a b" })], "Container.image contains invalid characters."],
    [[container(), container()], "Duplicate container name 'app'."],
    [[container({ essential: false })], "must be essential"],
  ])("%#", (containerDefinitions, message) => {
    expect(() => checkEc2({ containerDefinitions })).toThrow(message);
  });
});

describe("resources", () => {
  test.each([
    [
      { memory: undefined },
      {},
      "Invalid setting for container 'app'. At least one of 'memory' or 'memoryReservation' must be specified.",
    ],
    [{ memory: 3 }, {}, "It must be at least 4."],
    [{ memory: 128, memoryReservation: 256 }, {}, "'memory' must not be less than 'memoryReservation'."],
    [{ memory: 1024 }, { memory: "512" }, "'memory' must not be greater than the 'memory' of the task."],
    [
      { cpu: 512 },
      { cpu: "256" },
      "The sum of all container 'cpu' values cannot be greater than the value of the task 'cpu'.",
    ],
    [{ cpu: -1 }, {}, "Invalid 'cpu' setting for container 'app'."],
    [{}, { cpu: "100" }, "It must be between 128 and 196608."],
    [{ resourceRequirements: [{ type: "GPU" as const, value: "none" }] }, {}, "The number of GPUs must be positive."],
  ])("%#", (overrides, task, message) => {
    expect(() => checkOne(overrides, task)).toThrow(message);
  });

  test("what is enough", () => {
    checkOne({ memory: undefined }, { memory: "512" });
    checkOne({ memory: undefined, memoryReservation: 64 });
    checkOne({ memory: 128, memoryReservation: 128 });
    checkOne({ resourceRequirements: [{ type: "GPU", value: "2" }] });
  });
});

describe("network", () => {
  const port = (mapping: object, networkMode?: "awsvpc" | "host" | "none" | "bridge") => () =>
    checkOne({ portMappings: [mapping] }, networkMode ? { networkMode } : {});

  test.each([
    [port({}), "Invalid 'containerPort' setting for container 'app'."],
    [port({ containerPort: 65_536 }), "Invalid 'containerPort' setting for container 'app'."],
    [port({ containerPort: 80, hostPort: 70_000 }), "Invalid 'hostPort' setting for container 'app'."],
    [
      port({ containerPort: 80, hostPort: 8080 }, "awsvpc"),
      "When networkMode=awsvpc, the host ports and container ports in port mappings must match.",
    ],
    [
      port({ containerPort: 80, hostPort: 8080 }, "host"),
      "When networkMode=host, the host ports and container ports in port mappings must match.",
    ],
    [port({ containerPort: 80 }, "none"), "Port mappings are not supported when networkMode=none."],
    [port({ containerPort: 80, containerPortRange: "80-90" }), "cannot specify both single port and port range"],
    [port({ containerPortRange: "90-80" }), "Invalid 'containerPortRange' setting for container 'app'."],
    [port({ containerPort: 80, name: "-x" }), "Invalid port mapping name '-x'."],
    [
      () => checkOne({ hostname: "h" }, { networkMode: "awsvpc" }),
      "hostname is not supported on container when networkMode=awsvpc.",
    ],
    [
      () => checkOne({ disableNetworking: true }, { networkMode: "awsvpc" }),
      "Disable Networking is not supported on container when networkMode=awsvpc",
    ],
    [() => checkOne({ links: ["db"] }, { networkMode: "awsvpc" }), "Links are not supported when networkMode=awsvpc."],
    [() => checkOne({ links: ["db:database"] }), "Invalid link 'db:database' for container 'app'."],
    [
      () =>
        checkOne({
          portMappings: [
            { containerPort: 1, hostPort: 3000 },
            { containerPort: 2, hostPort: 3000 },
          ],
        }),
      "TCP host port '3000' is mapped multiple times in task.",
    ],
    [
      () =>
        checkEc2({
          networkMode: "awsvpc",
          containerDefinitions: [
            container({ portMappings: [{ containerPort: 80 }] }),
            container({ name: "b", portMappings: [{ containerPort: 80 }] }),
          ],
        }),
      "TCP host port '80' is mapped multiple times in task.",
    ],
  ])("%#", (call, message) => {
    expect(call).toThrow(message);
  });

  test("what is allowed", () => {
    checkOne({
      portMappings: [
        { containerPort: 53, hostPort: 53 },
        { containerPort: 53, hostPort: 53, protocol: "udp" },
      ],
    });
    checkOne({ portMappings: [{ containerPort: 80 }, { containerPort: 80 }, { containerPortRange: "100-200" }] });
    checkEc2({ containerDefinitions: [container({ links: ["db:database"] }), container({ name: "db" })] });
  });
});

describe("volumes", () => {
  test.each([
    [{ mountPoints: [{ sourceVolume: "root-RO", containerPath: "/x" }] }, {}, "Unknown volume 'root-RO'."],
    [{ mountPoints: [{ containerPath: "/x" }] }, {}, "Unknown volume 'null'."],
    [{ mountPoints: [{ sourceVolume: "v" }] }, { volumes: [{ name: "v" }] }, "Invalid 'containerPath' setting"],
    [{ volumesFrom: [{ sourceContainer: "nope" }] }, {}, "Unknown container 'nope'"],
    [{}, { volumes: [{ name: "v" }, { name: "v" }] }, "Duplicate volume name 'v'."],
    [{}, { volumes: [{}] }, "Volume name should not be null or empty."],
    [{}, { volumes: [{ name: "v", host: {}, dockerVolumeConfiguration: {} }] }, "can have only one of"],
    [
      {},
      { volumes: [{ name: "v", dockerVolumeConfiguration: { autoprovision: true } }] },
      "must have the scope 'shared'",
    ],
    [
      {},
      {
        volumes: [
          {
            name: "v",
            efsVolumeConfiguration: { fileSystemId: "fs-1", authorizationConfig: { iam: "ENABLED" as const } },
          },
        ],
      },
      "Transit encryption must be enabled",
    ],
  ])("%#", (overrides, task, message) => {
    expect(() => checkOne(overrides, task)).toThrow(message);
  });

  test("containers share what is declared", () => {
    checkEc2({
      volumes: [{ name: "v" }],
      containerDefinitions: [
        container({ mountPoints: [{ sourceVolume: "v", containerPath: "/a", readOnly: true }] }),
        container({ name: "b", volumesFrom: [{ sourceContainer: "app" }] }),
      ],
    });
  });
});

describe("dependencies", () => {
  const depends = (on: string, condition: "START" | "HEALTHY" | "SUCCESS" | "COMPLETE" = "START") => ({
    dependsOn: [{ containerName: on, condition }],
  });

  test.each([
    [[container(depends("nope"))], "depends on container 'nope', which does not exist."],
    [[container(depends("app"))], "cannot depend on itself"],
    [[container(depends("b", "HEALTHY")), container({ name: "b" })], "must have a health check: 'b'."],
    [
      [container(depends("b", "SUCCESS")), container({ name: "b" })],
      "A dependency container with SUCCESS or COMPLETE condition cannot be an essential container",
    ],
    [
      [container(depends("b")), container({ name: "b", ...depends("c") }), container({ name: "c", ...depends("app") })],
      "Container dependencies cannot form a cycle: app -> b -> c -> app.",
    ],
  ])("%#", (containerDefinitions, message) => {
    expect(() => checkEc2({ containerDefinitions })).toThrow(message);
  });

  test("a container may wait for several, and several for one", () => {
    const healthCheck = { command: ["CMD", "true"] };
    checkEc2({
      containerDefinitions: [
        container({
          dependsOn: [
            { containerName: "init", condition: "SUCCESS" },
            { containerName: "db", condition: "HEALTHY" },
          ],
        }),
        container({ name: "db", healthCheck, ...depends("init", "COMPLETE") }),
        container({ name: "init", essential: false }),
      ],
    });
  });
});

describe("logging", () => {
  test.each([
    [{ logDriver: "awslogs" as const }, "Log driver awslogs requires options: awslogs-region, awslogs-group"],
    [
      { logDriver: "awslogs" as const, options: { "awslogs-region": "r" } },
      "Log driver awslogs requires options: awslogs-group",
    ],
    [{ logDriver: "splunk" as const }, "Log driver splunk requires options: splunk-url, splunk-token"],
    [
      { ...awslogs, options: { ...awslogs.options, mode: "fast" } },
      "Log option 'mode' should be one of [blocking, non-blocking]",
    ],
    [
      { ...awslogs, options: { ...awslogs.options, "max-buffer-size": "big" } },
      "Invalid log option 'max-buffer-size': big",
    ],
    [
      { logDriver: "awsfirelens" as const },
      "a firelens configuration object must be configured in one of the containers.",
    ],
  ])("%#", (logConfiguration, message) => {
    expect(() => checkOne({ logConfiguration })).toThrow(message);
  });

  test("FireLens", () => {
    const router = (options = {}) =>
      container({ name: "router", firelensConfiguration: { type: "fluentbit", options } });
    const app = container({ logConfiguration: { logDriver: "awsfirelens", options: { Name: "stdout" } } });
    checkEc2({ containerDefinitions: [app, router()] });
    checkEc2({
      containerDefinitions: [app, router({ "config-file-type": "s3", "config-file-value": "arn:aws:s3:::b/k" })],
    });
    const s3 = router({ "config-file-type": "s3", "config-file-value": "s3://b/k" });
    expect(() => checkEc2({ containerDefinitions: [app, s3] })).toThrow("Invalid arn syntax.");
    expect(() => checkEc2({ containerDefinitions: [container({}), router()] })).toThrow(
      "When a firelensConfiguration object is specified, at least one container has to be configured with the awsfirelens log driver.",
    );
    expect(() => checkEc2({ containerDefinitions: [app, router(), { ...router(), name: "other" }] })).toThrow(
      "Only one container",
    );
  });
});

describe("secrets and roles", () => {
  const secrets = [{ name: "DAGSTER_POSTGRES_USER", valueFrom: "/parameter" }];
  test.each([
    [
      { secrets },
      {},
      "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'.",
    ],
    [
      { secrets, environment: [{ name: "DAGSTER_POSTGRES_USER", value: "x" }] },
      { executionRoleArn: role },
      "The secret name must be unique and not shared with any new or existing environment variables set on the container, such as 'DAGSTER_POSTGRES_USER'.",
    ],
    [
      { repositoryCredentials: { credentialsParameter: "arn" } },
      {},
      "Private repository authentication requires that the task definition specify a value for executionRoleArn.",
    ],
    [
      { environmentFiles: [{ type: "s3" as const, value: "x" }] },
      {},
      "It must be the ARN of an Amazon S3 object that ends in .env.",
    ],
    [{}, { taskRoleArn: "not a role" }, "Role is not valid"],
  ])("%#", (overrides, task, message) => {
    expect(() => checkOne(overrides, task)).toThrow(message);
  });

  test("with a role all is well", () => {
    checkOne({ secrets }, { executionRoleArn: role, taskRoleArn: "just-the-name" });
  });
});

describe("limits", () => {
  const health = (members: object) => ({ healthCheck: { command: ["CMD", "true"], ...members } });
  test.each([
    [
      health({ interval: 4 }),
      "Invalid 'healthCheck.interval' setting for container 'app'. It must be between 5 and 300.",
    ],
    [health({ timeout: 1 }), "'healthCheck.timeout'"],
    [health({ retries: 11 }), "'healthCheck.retries'"],
    [health({ startPeriod: 301 }), "'healthCheck.startPeriod'"],
    [health({ command: ["curl"] }), "It must start with CMD or CMD-SHELL."],
    [health({ command: ["CMD"] }), "There is nothing to run."],
    [{ restartPolicy: { enabled: true, restartAttemptPeriod: 59 } }, "'restartPolicy.restartAttemptPeriod'"],
    [
      { ulimits: [{ name: "nofile" as const, softLimit: 2, hardLimit: 1 }] },
      "The softLimit of 'nofile' exceeds its hardLimit.",
    ],
    [{ linuxParameters: { swappiness: 101 } }, "'linuxParameters.swappiness'"],
    [{ stopTimeout: -1 }, "'stopTimeout'"],
  ])("%#", (overrides, message) => {
    expect(() => checkOne(overrides)).toThrow(message);
  });

  test("ephemeral storage has 21 to 200 GiB", () => {
    const storage = (sizeInGiB: number) => () => checkEc2({ ephemeralStorage: { sizeInGiB } });
    expect(storage(20)).toThrow("EphemeralStorage size should be at least 21");
    expect(storage(201)).toThrow("EphemeralStorage size should be at most 200");
    expect(storage(21)).not.toThrow();
    expect(storage(200)).not.toThrow();
  });

  test("an unlimited ulimit is not less than another", () => {
    checkOne({
      ulimits: [
        { name: "memlock", softLimit: -1, hardLimit: -1 },
        { name: "core", softLimit: 0, hardLimit: -1 },
      ],
    });
  });
});

describe("Fargate", () => {
  test.each([
    [{ networkMode: "bridge" as const }, {}, "Fargate only supports network mode ‘awsvpc’."],
    [{ networkMode: undefined }, {}, "Fargate only supports network mode ‘awsvpc’."],
    [{ cpu: undefined }, {}, "Fargate requires that 'cpu' be defined at the task level."],
    [{ memory: undefined }, {}, "Fargate requires that 'memory' be defined at the task level."],
    [
      { cpu: "1 vCPU", memory: "1024" },
      {},
      "No Fargate configuration exists for given values: 1024 CPU, 1024 memory. See the Amazon ECS documentation for the valid values.",
    ],
    [
      { runtimePlatform: { operatingSystemFamily: "WINDOWS_SERVER_2022_CORE" as const } },
      {},
      "No Fargate configuration exists",
    ],
    [{ ipcMode: "task" as const }, {}, "Tasks using the Fargate launch type do not support ipcMode."],
    [
      { placementConstraints: [{ type: "memberOf" as const, expression: "attribute:a exists" }] },
      {},
      "Fargate compatible task definitions do not support constraints",
    ],
    [
      { volumes: [{ name: "v", host: { sourcePath: "/x" } }] },
      {},
      "Fargate compatible task definitions do not support sourcePath",
    ],
    [
      { volumes: [{ name: "v", dockerVolumeConfiguration: {} }] },
      {},
      "Fargate compatible task definitions do not support dockerVolumeConfiguration",
    ],
    [{}, { privileged: true }, "Fargate compatible task definitions do not support privileged"],
    [{}, { links: ["x"] }, "Fargate compatible task definitions do not support links"],
    [
      {},
      { linuxParameters: { devices: [{ hostPath: "/dev/x" }] } },
      "Fargate compatible task definitions do not support devices",
    ],
    [
      {},
      { linuxParameters: { sharedMemorySize: 64 } },
      "Fargate compatible task definitions do not support sharedMemorySize",
    ],
    [{}, { linuxParameters: { maxSwap: 0 } }, "Fargate compatible task definitions do not support maxSwap"],
    [{}, { linuxParameters: { capabilities: { add: ["NET_ADMIN"] } } }, "kernel capability SYS_PTRACE"],
    [
      {},
      { resourceRequirements: [{ type: "GPU" as const, value: "1" }] },
      "Fargate compatible task definitions do not support gpu",
    ],
    [
      {},
      { logConfiguration: { logDriver: "syslog" as const } },
      "Fargate compatible task definitions do not support log driver syslog",
    ],
    [
      {},
      { logConfiguration: awslogs },
      "Fargate requires task definition to have execution role ARN to support log driver awslogs.",
    ],
    [
      {},
      { image: "000000000000.dkr.ecr.us-east-1.amazonaws.com/web:1" },
      "Fargate requires task definition to have execution role ARN to support ECR images.",
    ],
    [{}, { stopTimeout: 121 }, "Invalid 'stopTimeout' setting for container 'app'. It must be between 0 and 120."],
  ])("%#", (task, overrides, message) => {
    expect(() => check(exampleFargateRegistration(task, overrides))).toThrow(message);
  });

  test("what may run there", () => {
    check(
      exampleFargateRegistration(
        { cpu: "16 vCPU", memory: "120 GB", executionRoleArn: role, pidMode: "task", volumes: [{ name: "scratch" }] },
        {
          logConfiguration: awslogs,
          linuxParameters: { capabilities: { add: ["SYS_PTRACE"], drop: ["ALL"] }, initProcessEnabled: true },
        },
      ),
    );
  });
});

test("placement constraints and proxies have to make sense", () => {
  const memberOf = (expression: string) => ({ placementConstraints: [{ type: "memberOf" as const, expression }] });
  expect(() => checkEc2(memberOf("attribute:a =="))).toThrow("Invalid cluster query expression");
  checkEc2(memberOf("attribute:ecs.instance-type =~ t3.*"));
  const proxyConfiguration = { containerName: "envoy" };
  expect(() => checkEc2({ proxyConfiguration })).toThrow("only supported when networkMode=awsvpc");
  expect(() => checkEc2({ proxyConfiguration, networkMode: "awsvpc" })).toThrow("Unknown container 'envoy'");
  expect(() => checkEc2({ requiresCompatibilities: ["MANAGED_INSTANCES"] })).toThrow(
    "does not have ECS Managed Instances",
  );
});
