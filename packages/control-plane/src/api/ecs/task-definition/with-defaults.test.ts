import { expect, test } from "vitest";
import { exampleContainerDefinition, exampleRegistration } from "./example-registration.ts";
import { withDefaults } from "./with-defaults.ts";

test("what ECS fills in", () => {
  expect(withDefaults(exampleRegistration())).toEqual({
    containerDefinitions: [
      {
        name: "app",
        image: "web:1",
        memory: 128,
        cpu: 0,
        essential: true,
        portMappings: [],
        environment: [],
        mountPoints: [],
        volumesFrom: [],
        systemControls: [],
      },
    ],
    volumes: [],
    placementConstraints: [],
  });
});

test("what is given stays as it is", () => {
  const container = {
    ...exampleContainerDefinition({ cpu: 10, essential: false, command: ["sleep", "360"], dockerLabels: { a: "b" } }),
    environment: [{ name: "A", value: "1" }],
    logConfiguration: { logDriver: "json-file" as const, options: { "max-size": "10m" } },
    stopTimeout: 5,
  };
  const given = exampleRegistration({
    containerDefinitions: [container],
    taskRoleArn: "arn:aws:iam::000000000000:role/r",
    pidMode: "task",
    runtimePlatform: { cpuArchitecture: "ARM64", operatingSystemFamily: "LINUX" },
    ephemeralStorage: { sizeInGiB: 30 },
    enableFaultInjection: false,
  });
  const { family: _family, ...kept } = given;
  const registered = withDefaults(given);
  expect(registered).toMatchObject({ ...kept, containerDefinitions: [container] });
});

test.each([
  ["256", "256"],
  [".25 vCPU", "256"],
  ["1 vcpu", "1024"],
  ["16 vCPU", "16384"],
])("task CPU %s is %s units", (cpu, units) => {
  expect(withDefaults(exampleRegistration({ cpu })).cpu).toBe(units);
});

test.each([
  ["512", "512"],
  ["0.5GB", "512"],
  ["2 GB", "2048"],
  ["30 gb", "30720"],
])("task memory %s is %s MiB", (memory, mebibytes) => {
  expect(withDefaults(exampleRegistration({ memory })).memory).toBe(mebibytes);
});

test.each(["", "much", "-1", "0", "1 GB", "0.0001 vCPU"])("task CPU '%s' is refused", (cpu) => {
  expect(() => withDefaults(exampleRegistration({ cpu }))).toThrow("Invalid 'cpu' setting for task.");
});

test.each(["", "lots", "0", "1 vCPU"])("task memory '%s' is refused", (memory) => {
  expect(() => withDefaults(exampleRegistration({ memory }))).toThrow("Invalid 'memory' setting for task.");
});

test.each([
  [undefined, { containerPort: 80 }, { containerPort: 80, hostPort: 0, protocol: "tcp" }],
  [
    "bridge",
    { containerPort: 80, hostPort: 8080, protocol: "udp" },
    { containerPort: 80, hostPort: 8080, protocol: "udp" },
  ],
  ["awsvpc", { containerPort: 80 }, { containerPort: 80, hostPort: 80, protocol: "tcp" }],
  ["host", { containerPort: 80, hostPort: 0 }, { containerPort: 80, hostPort: 80, protocol: "tcp" }],
  ["bridge", { containerPortRange: "80-90" }, { containerPortRange: "80-90", protocol: "tcp" }],
] as const)("ports with networkMode %s: %j", (networkMode, mapping, expected) => {
  const containerDefinitions = [exampleContainerDefinition({ portMappings: [mapping] })];
  const registered = withDefaults(exampleRegistration({ containerDefinitions, ...(networkMode && { networkMode }) }));
  expect(registered.containerDefinitions?.[0]?.portMappings).toEqual([expected]);
});

test("health checks and volumes", () => {
  const healthCheck = { command: ["CMD-SHELL", "true"], retries: 5 };
  const registered = withDefaults(
    exampleRegistration({
      containerDefinitions: [exampleContainerDefinition({ healthCheck })],
      volumes: [
        { name: "scratch" },
        { name: "host", host: { sourcePath: "/srv" } },
        { name: "docker", dockerVolumeConfiguration: { driver: "local" } },
        { name: "efs", efsVolumeConfiguration: { fileSystemId: "fs-1" } },
        { name: "later", configuredAtLaunch: true },
      ],
    }),
  );
  expect(registered.containerDefinitions?.[0]?.healthCheck).toEqual({
    command: ["CMD-SHELL", "true"],
    interval: 30,
    timeout: 5,
    retries: 5,
  });
  expect(registered.volumes).toEqual([
    { name: "scratch", host: {} },
    { name: "host", host: { sourcePath: "/srv" } },
    { name: "docker", dockerVolumeConfiguration: { driver: "local", scope: "task" } },
    { name: "efs", efsVolumeConfiguration: { fileSystemId: "fs-1", rootDirectory: "/" } },
    { name: "later", configuredAtLaunch: true },
  ]);
});
