import { beforeEach, describe, expect, test } from "vitest";
import { autoScalingGroupAttribute } from "../../../model/capacity-provider.ts";
import {
  exampleCluster,
  exampleClusterArn,
  exampleContainerInstance,
  exampleContainerInstanceArn,
  exampleTaskDefinition,
  exampleTaskDefinitionArn,
} from "../../../model/examples.ts";
import { exampleContext, given, refusal } from "../example-context.ts";
import { operations } from "../operations.ts";

let context: ReturnType<typeof exampleContext>;
beforeEach(() => {
  context = exampleContext();
});
const group = (name: string) =>
  `arn:aws:autoscaling:us-east-1:000000000000:autoScalingGroup:9b3f:autoScalingGroupName/${name}`;
const create = (name: string, more: object = {}) =>
  operations.CreateCapacityProvider(
    { name, autoScalingGroupProvider: { autoScalingGroupArn: group(name) }, ...more },
    context,
  );
const names = async (input: object = {}) =>
  (await operations.DescribeCapacityProviders(input, context)).capacityProviders?.map(({ name }) => name);

describe("a capacity provider", () => {
  // Source: ECS API reference, ManagedScaling and AutoScalingGroupProvider.
  test("is made with the defaults of what is not said", async () => {
    const { capacityProvider } = await create("fleet", { tags: [{ key: "team", value: "x" }] });
    expect(capacityProvider).toEqual({
      capacityProviderArn: "arn:aws:ecs:us-east-1:000000000000:capacity-provider/fleet",
      name: "fleet",
      status: "ACTIVE",
      type: "EC2_AUTOSCALING",
      autoScalingGroupProvider: {
        autoScalingGroupArn: group("fleet"),
        managedScaling: {
          status: "DISABLED",
          targetCapacity: 100,
          minimumScalingStepSize: 1,
          maximumScalingStepSize: 10_000,
          instanceWarmupPeriod: 300,
        },
        managedTerminationProtection: "DISABLED",
        managedDraining: "ENABLED",
      },
      tags: [{ key: "team", value: "x" }],
    });
  });

  test.each([
    ["awsome", {}, /^ClientException: The specified capacity provider name is invalid/],
    ["Fargate2", {}, /^ClientException: The specified capacity provider name is invalid/],
    ["a b", {}, /^ClientException: The specified capacity provider name is invalid/],
    ["known", {}, /^ClientException: The specified capacity provider already exists\. To change/],
    ["other", { autoScalingGroupProvider: { autoScalingGroupArn: "known" } }, /already being used by another/],
    ["other", { autoScalingGroupProvider: { autoScalingGroupArn: "" } }, /autoScalingGroupArn can not be blank/],
    ["other", { autoScalingGroupProvider: undefined }, /^InvalidParameterException: Specify either/],
    [
      "other",
      { autoScalingGroupProvider: { autoScalingGroupArn: "g", managedTerminationProtection: "ENABLED" } },
      /^ClientException: The managed termination protection setting for the capacity provider is invalid/,
    ],
    [
      "other",
      { autoScalingGroupProvider: { autoScalingGroupArn: "g", managedScaling: { targetCapacity: 101 } } },
      /^InvalidParameterException: targetCapacity must be between 1 and 100/,
    ],
  ])("is refused: %s %j", async (name, more, text) => {
    await create("known");
    expect(await refusal(create(name, more))).toMatch(text);
  });

  test("is changed in place, and its group stays", async () => {
    await create("fleet");
    const { capacityProvider } = await operations.UpdateCapacityProvider(
      { name: "fleet", autoScalingGroupProvider: { managedScaling: { status: "ENABLED", targetCapacity: 90 } } },
      context,
    );
    expect(capacityProvider).toMatchObject({
      updateStatus: "UPDATE_COMPLETE",
      autoScalingGroupProvider: {
        autoScalingGroupArn: group("fleet"),
        managedScaling: { status: "ENABLED", targetCapacity: 90, instanceWarmupPeriod: 300 },
      },
    });
  });

  test("is listed with those that are always there, found by name and ARN, and missing ones are failures", async () => {
    await create("fleet");
    expect(await names()).toEqual(["FARGATE", "FARGATE_SPOT", "fleet"]);
    const arn = "arn:aws:ecs:us-east-1:000000000000:capacity-provider/fleet";
    expect(
      await operations.DescribeCapacityProviders({ capacityProviders: [arn, "FARGATE", "nope"] }, context),
    ).toMatchObject({
      capacityProviders: [{ name: "fleet" }, { name: "FARGATE" }],
      failures: [{ arn: "arn:aws:ecs:us-east-1:000000000000:capacity-provider/nope", reason: "MISSING" }],
    });
  });

  test("is deleted once no cluster has it, and its name is free again", async () => {
    await create("fleet");
    await operations.CreateCluster({ capacityProviders: ["fleet"] }, context);
    expect(await refusal(operations.DeleteCapacityProvider({ capacityProvider: "fleet" }, context))).toMatch(
      /^ClientException: The specified capacity provider is in use and cannot be removed/,
    );
    await operations.PutClusterCapacityProviders(
      { cluster: "default", capacityProviders: [], defaultCapacityProviderStrategy: [] },
      context,
    );
    const { capacityProvider } = await operations.DeleteCapacityProvider({ capacityProvider: "fleet" }, context);
    expect(capacityProvider).toMatchObject({ status: "INACTIVE", updateStatus: "DELETE_COMPLETE" });
    expect(await names()).toEqual(["FARGATE", "FARGATE_SPOT"]);
    expect((await create("fleet")).capacityProvider?.status).toBe("ACTIVE");
  });

  test("of managed instances is of its cluster alone, and has it at once", async () => {
    await operations.CreateCluster({}, context);
    const managedInstancesProvider = {
      infrastructureRoleArn: "arn:aws:iam::000000000000:role/infrastructure",
      instanceLaunchTemplate: {
        ec2InstanceProfileArn: "arn:aws:iam::000000000000:instance-profile/ecs",
        networkConfiguration: { subnets: ["subnet-1"], securityGroups: [] },
      },
    };
    const input = { name: "managed", cluster: "default", managedInstancesProvider };
    const { capacityProvider } = await operations.CreateCapacityProvider(input, context);
    expect(capacityProvider).toMatchObject({ type: "MANAGED_INSTANCES", cluster: "default", managedInstancesProvider });
    expect(await names({ cluster: "default" })).toEqual(["managed"]);
    const elsewhere = operations.CreateCluster({ clusterName: "other", capacityProviders: ["managed"] }, context);
    expect(await refusal(elsewhere)).toMatch(
      /^InvalidParameterException: The specified capacity provider was not found/,
    );
    await operations.DeleteCapacityProvider({ capacityProvider: "managed" }, context);
    expect(await names({ cluster: "default" })).toEqual([]);
  });
});

describe("a strategy", () => {
  const instance = (number: number, name: string) => ({
    kind: "containerInstance" as const,
    arn: exampleContainerInstanceArn(number),
    value: exampleContainerInstance({
      attributes: [{ name: autoScalingGroupAttribute, value: name }],
      registered: { cpu: 1024, memory: 4096, reservedPorts: [], gpuIds: [] },
    }),
  });
  const open = async () => {
    await create("a");
    await create("b");
    await given(
      context,
      { kind: "cluster", arn: exampleClusterArn, value: exampleCluster({ capacityProviders: ["a", "b"] }) },
      { kind: "taskDefinition", arn: exampleTaskDefinitionArn, value: exampleTaskDefinition() },
      instance(1, "a"),
      instance(2, "b"),
    );
  };

  test("places each provider's share on its own group's container instances", async () => {
    await open();
    const { tasks, failures } = await operations.RunTask(
      {
        taskDefinition: exampleTaskDefinitionArn,
        count: 4,
        capacityProviderStrategy: [
          { capacityProvider: "a", base: 1, weight: 1 },
          { capacityProvider: "b", weight: 2 },
        ],
      },
      context,
    );
    expect(failures).toEqual([]);
    const places = tasks?.map(({ capacityProviderName, containerInstanceArn }) => [
      capacityProviderName,
      containerInstanceArn,
    ]);
    expect(places?.filter(([name]) => name === "a")).toEqual(Array(2).fill(["a", exampleContainerInstanceArn(1)]));
    expect(places?.filter(([name]) => name === "b")).toEqual(Array(2).fill(["b", exampleContainerInstanceArn(2)]));
  });

  test("waits for room in its group though others have some", async () => {
    await open();
    const { tasks } = await operations.RunTask(
      {
        taskDefinition: exampleTaskDefinitionArn,
        count: 10,
        capacityProviderStrategy: [{ capacityProvider: "b", weight: 1 }],
      },
      context,
    );
    const on = new Set(tasks?.map(({ containerInstanceArn }) => containerInstanceArn));
    expect(on).toEqual(new Set([exampleContainerInstanceArn(2), undefined]));
  });

  test.each([
    [
      [
        { capacityProvider: "a", weight: 1 },
        { capacityProvider: "FARGATE", weight: 1 },
      ],
      /not associated with the cluster/,
    ],
    [[{ capacityProvider: "a" }, { capacityProvider: "b" }], /At least one capacity provider .* greater than 0/],
  ])("is refused: %j", async (capacityProviderStrategy, text) => {
    await open();
    const run = operations.RunTask({ taskDefinition: exampleTaskDefinitionArn, capacityProviderStrategy }, context);
    expect(await refusal(run)).toMatch(text);
  });
});
