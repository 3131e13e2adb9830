import type { ContainerDefinition } from "@aws-sdk/client-ecs";
import { describe, expect, it } from "vitest";
import {
  exampleClusterArn,
  exampleId,
  examplePlace,
  exampleTaskDefinition,
  exampleTaskDefinitionArn,
  exampleTime,
} from "./examples.ts";
import { launchTypeOf, newTask, type TaskWish } from "./new-task.ts";
import { parseCpuUnits, parseMemoryMiB, taskDemand } from "./task-demand.ts";

const wish = (of: Partial<TaskWish> = {}): TaskWish => ({
  place: examplePlace,
  clusterArn: exampleClusterArn,
  taskDefinitionArn: exampleTaskDefinitionArn,
  taskDefinition: exampleTaskDefinition(),
  launchType: "EC2",
  createdAt: exampleTime,
  ...of,
});

describe("a new task", () => {
  it("is unplaced, and takes what its definition and the overrides say", () => {
    let last = 0;
    const overrides = { containerOverrides: [{ name: "app", cpu: 100, memoryReservation: 64 }] };
    const { arn, value } = newTask(wish({ overrides }), () => exampleId(++last));
    expect(arn).toBe(`arn:aws:ecs:us-east-1:000000000000:task/default/${exampleId(1)}`);
    expect(value).toMatchObject({
      desiredStatus: "RUNNING",
      lastStatus: "PROVISIONING",
      group: "family:web",
      demand: { cpu: 100, memory: 64, ports: [], gpus: 0, networkInterfaces: 0 },
      cpu: "100",
      overrides,
      containers: [
        { name: "app", cpu: "100", memory: "512", memoryReservation: "64", essential: true, lastStatus: "PENDING" },
      ],
    });
    expect(value).not.toHaveProperty("containerInstanceArn");
  });

  it("lists every container among its overrides, and says which platform LATEST is", () => {
    const { value } = newTask(wish({ launchType: "FARGATE", platformVersion: "LATEST" }), () => exampleId());
    expect(value).toMatchObject({ overrides: { containerOverrides: [{ name: "app" }] }, platformVersion: "1.4.0" });
  });
});

describe("what a task takes", () => {
  const definition = (...containers: ContainerDefinition[]) => ({ containerDefinitions: containers });
  it.each([
    [
      "the task's own size",
      { ...definition({ cpu: 10, memory: 10 }), cpu: ".5 vCPU", memory: "1 GB" },
      { cpu: 512, memory: 1024 },
    ],
    [
      "the sum of its containers",
      definition({ cpu: 10, memory: 20 }, { memory: 50, memoryReservation: 5 }, {}),
      { cpu: 10, memory: 25 },
    ],
    [
      "fixed host ports",
      definition({
        portMappings: [
          { containerPort: 80, hostPort: 8080 },
          { containerPort: 53, hostPort: 53, protocol: "udp" as const },
          { containerPort: 81 },
          { containerPort: 82, hostPort: 0 },
        ],
      }),
      { ports: ["tcp/8080", "udp/53"] },
    ],
    [
      "host networking's ports",
      {
        ...definition({ portMappings: [{ containerPort: 80 }, { containerPortRange: "90-92" }] }),
        networkMode: "host" as const,
      },
      { ports: ["tcp/80", "tcp/90", "tcp/91", "tcp/92"] },
    ],
    [
      "no host port for awsvpc",
      { ...definition({ portMappings: [{ containerPort: 80, hostPort: 80 }] }), networkMode: "awsvpc" as const },
      { ports: [], networkInterfaces: 1 },
    ],
    ["GPUs", definition({ resourceRequirements: [{ type: "GPU" as const, value: "2" }] }), { gpus: 2 }],
  ])("is %s", (_what, registered, expected) => expect(taskDemand(registered)).toMatchObject(expected));

  it("reads sizes in both spellings", () => {
    expect([parseCpuUnits("256"), parseCpuUnits("1 vcpu"), parseCpuUnits("much")]).toEqual([256, 1024, undefined]);
    expect([parseMemoryMiB("512"), parseMemoryMiB("0.5GB"), parseMemoryMiB("")]).toEqual([512, 512, undefined]);
  });
});

describe("a launch type", () => {
  it.each([
    [{}, { launchType: "EC2" }],
    [{ launchType: "FARGATE" as const }, { launchType: "FARGATE" }],
    [
      { capacityProviderStrategy: [{ capacityProvider: "FARGATE_SPOT" }] },
      { launchType: "FARGATE", capacityProviderName: "FARGATE_SPOT" },
    ],
    [
      {
        capacityProviderStrategy: [
          { capacityProvider: "a", weight: 1 },
          { capacityProvider: "b", weight: 2 },
        ],
      },
      { launchType: "EC2", capacityProviderName: "b" },
    ],
  ])("of %j is %j", (wanted, expected) => expect(launchTypeOf(wanted)).toEqual(expected));
});
