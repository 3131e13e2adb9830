import { describe, expect, test } from "vitest";
import {
  exampleCluster,
  exampleClusterArn,
  exampleContainerInstance,
  exampleContainerInstanceArn,
  exampleId,
  exampleRunningTask,
  exampleTask,
  exampleTaskArn,
} from "../../../model/examples.ts";
import { exampleContext, given, refusal } from "../example-context.ts";
import type { Input } from "../operation.ts";
import { deregisterContainerInstance } from "./deregister-container-instance.ts";
import { describeContainerInstances } from "./describe-container-instances.ts";
import { discoverPollEndpoint } from "./discover-poll-endpoint.ts";
import { listContainerInstances } from "./list-container-instances.ts";
import { registerContainerInstance } from "./register-container-instance.ts";
import { updateContainerAgent } from "./update-container-agent.ts";
import { updateContainerInstancesState } from "./update-container-instances-state.ts";

type Registering = Input<"RegisterContainerInstance"> & { readonly clientToken?: string };

/** As the genuine agent sends it. Source: shared protocol notes, RegisterContainerInstance, shortened. */
const registering = (overrides: Registering = {}): Registering => ({
  cluster: "default",
  clientToken: "ca19a52c-0000-4000-8000-cef334ec3057",
  instanceIdentityDocument: "",
  instanceIdentityDocumentSignature: "",
  attributes: [
    { name: "stack", value: "dev" },
    { name: "ecs.capability.full-sync" },
    { name: "ecs.os-type", value: "linux" },
    { name: "ecs.cpu-architecture", value: "x86_64" },
  ],
  totalResources: [
    { name: "CPU", type: "INTEGER", integerValue: 2048 },
    { name: "MEMORY", type: "INTEGER", integerValue: 24103 },
    { name: "PORTS", type: "STRINGSET", stringSetValue: ["22", "51678"] },
    { name: "PORTS_UDP", type: "STRINGSET", stringSetValue: [] },
  ],
  ...overrides,
});

async function withCluster() {
  const context = exampleContext();
  await given(context, { kind: "cluster", arn: exampleClusterArn, value: exampleCluster() });
  return context;
}

describe("RegisterContainerInstance", () => {
  test("echoes every attribute and adds the zone", async () => {
    const context = await withCluster();
    const { containerInstance } = await registerContainerInstance(registering(), context);
    expect(containerInstance).toMatchObject({
      containerInstanceArn: exampleContainerInstanceArn(1),
      status: "ACTIVE",
      runningTasksCount: 0,
      pendingTasksCount: 0,
      registeredResources: [
        { name: "CPU", type: "INTEGER", doubleValue: 0, longValue: 0, integerValue: 2048 },
        { name: "MEMORY", type: "INTEGER", integerValue: 24103 },
        { name: "PORTS", type: "STRINGSET", stringSetValue: ["22", "51678"] },
        { name: "PORTS_UDP", type: "STRINGSET", stringSetValue: [] },
      ],
    });
    expect(containerInstance?.attributes).toEqual([
      ...(registering().attributes ?? []),
      { name: "ecs.availability-zone", value: "us-east-1a" },
    ]);
  });

  test("with the same token is the same registration", async () => {
    const context = await withCluster();
    const first = await registerContainerInstance(registering(), context);
    const again = await registerContainerInstance(registering(), context);
    const other = await registerContainerInstance(registering({ clientToken: "another" }), context);
    expect(again.containerInstance?.containerInstanceArn).toBe(first.containerInstance?.containerInstanceArn);
    expect(other.containerInstance?.containerInstanceArn).not.toBe(first.containerInstance?.containerInstanceArn);
  });

  test("with its ARN keeps custom attributes, drops capabilities it no longer has, and goes on draining", async () => {
    const context = await withCluster();
    const { containerInstance } = await registerContainerInstance(registering(), context);
    const arn = containerInstance?.containerInstanceArn ?? "";
    await updateContainerInstancesState({ containerInstances: [arn], status: "DRAINING" }, context);
    const attributes = [{ name: "ecs.capability.efs" }, { name: "ecs.os-type", value: "linux" }];
    const again = await registerContainerInstance(registering({ containerInstanceArn: arn, attributes }), context);
    expect(again.containerInstance).toMatchObject({
      containerInstanceArn: arn,
      status: "DRAINING",
      attributes: [
        { name: "stack", value: "dev" },
        ...attributes,
        { name: "ecs.availability-zone", value: "us-east-1a" },
      ],
    });
  });

  test.each([
    [[], "EC2"],
    [[{ name: "ecs.capability.external" }], "EXTERNAL"],
    [[{ name: "hatoba.capacity", value: "FARGATE" }], "FARGATE"],
    [[{ name: "hatoba.capacity", value: "EC2" }, { name: "ecs.capability.external" }], "EC2"],
  ])("attributes %j make it %s", async (attributes, capacity) => {
    const context = await withCluster();
    await registerContainerInstance(registering({ attributes }), context);
    expect(context.store.snapshot().list("containerInstance")[0]?.value.capacity).toBe(capacity);
  });

  test("reads the identity document of EC2", async () => {
    const context = await withCluster();
    const instanceIdentityDocument = JSON.stringify({
      instanceId: "i-0abc",
      availabilityZone: "us-east-1c",
      instanceType: "m5.large",
      imageId: "ami-1",
      architecture: "x86_64",
    });
    const { containerInstance } = await registerContainerInstance(
      registering({ instanceIdentityDocument, attributes: [] }),
      context,
    );
    expect(containerInstance?.ec2InstanceId).toBe("i-0abc");
    expect(containerInstance?.attributes).toEqual([
      { name: "ecs.availability-zone", value: "us-east-1c" },
      { name: "ecs.ami-id", value: "ami-1" },
      { name: "ecs.instance-type", value: "m5.large" },
      { name: "ecs.cpu-architecture", value: "x86_64" },
    ]);
  });

  test("does not take a machine's word that it is one that joined by an activation", async () => {
    const instanceIdentityDocument = JSON.stringify({ instanceId: "mi-0abc", instanceType: "m5.large" });
    const { containerInstance } = await registerContainerInstance(
      registering({ instanceIdentityDocument }),
      await withCluster(),
    );
    expect(containerInstance).not.toHaveProperty("ec2InstanceId");
  });

  test.each([
    { machine: { instanceId: "mi-0abc", revoked: false } },
    { roleSession: { roleArn: "arn:aws:iam::000000000000:role/agent", sessionName: "x", expiresAt: 0 } },
  ])("leaves the house's own capacity to the house: %j has none", async (more) => {
    const context = await withCluster();
    const caller = { ...context.caller, ...more };
    const attributes = [{ name: "hatoba.capacity", value: "FARGATE" }];
    await expect(registerContainerInstance(registering({ attributes }), { ...context, caller })).rejects.toMatchObject({
      name: "AccessDeniedException",
    });
    await registerContainerInstance(registering(), { ...context, caller });
  });

  test("makes no cluster", async () => {
    expect(await refusal(registerContainerInstance(registering(), exampleContext()))).toBe(
      "ClusterNotFoundException: Cluster not found.",
    );
  });

  test.each([
    [{ totalResources: [] }, "InvalidParameterException: Invalid resource CPU: it is missing"],
    [{ instanceIdentityDocument: "{" }, "InvalidParameterException: Invalid instance identity document."],
    [{ attributes: [{ name: "bad name" }] }, "InvalidParameterException: Invalid attribute name: bad name"],
    [
      { attributes: [{ name: "hatoba.capacity", value: "MOON" }] },
      "InvalidParameterException: hatoba.capacity should be one of [EC2,EXTERNAL,FARGATE], but was MOON",
    ],
  ])("%j is refused", async (overrides, message) => {
    expect(await refusal(registerContainerInstance(registering(overrides), await withCluster()))).toBe(message);
  });

  test("again as another kind of machine, or after it was deregistered, is refused", async () => {
    const context = await withCluster();
    const { containerInstance } = await registerContainerInstance(registering(), context);
    const containerInstanceArn = containerInstance?.containerInstanceArn ?? "";
    const attributes = [{ name: "ecs.capability.external" }];
    expect(await refusal(registerContainerInstance(registering({ containerInstanceArn, attributes }), context))).toBe(
      "InvalidParameterException: Container instance type changes are not supported.",
    );
    await deregisterContainerInstance({ containerInstance: containerInstanceArn }, context);
    // Source: aws/amazon-ecs-agent 583.
    expect(await refusal(registerContainerInstance(registering({ containerInstanceArn }), context))).toBe(
      `ClientException: Container instance ${containerInstanceArn} is inactive.`,
    );
  });
});

const instance = (number: number, overrides = {}) =>
  ({
    kind: "containerInstance",
    arn: exampleContainerInstanceArn(number),
    value: exampleContainerInstance(overrides),
  }) as const;

describe("DescribeContainerInstances", () => {
  test("counts what is left from the tasks that are there", async () => {
    const context = await withCluster();
    const gpus = { gpuIds: ["gpu-a", "gpu-b"] };
    const registered = { ...exampleContainerInstance().registered, ...gpus };
    const task = exampleRunningTask({
      demand: { cpu: 256, memory: 512, ports: ["tcp/80", "udp/53"], gpus: 1, networkInterfaces: 0 },
    });
    const holding = { ...task, containers: task.containers.map((container) => ({ ...container, gpuIds: ["gpu-a"] })) };
    await given(
      context,
      instance(1, { registered, tags: [{ key: "a", value: "1" }] }),
      { kind: "task", arn: exampleTaskArn(1), value: holding },
      { kind: "task", arn: exampleTaskArn(2), value: { ...holding, lastStatus: "STOPPED", desiredStatus: "STOPPED" } },
    );
    const { containerInstances } = await describeContainerInstances(
      { containerInstances: [exampleId(1)], include: ["TAGS", "CONTAINER_INSTANCE_HEALTH"] },
      context,
    );
    expect(containerInstances).toHaveLength(1);
    expect(containerInstances?.[0]).toMatchObject({
      runningTasksCount: 1,
      pendingTasksCount: 0,
      tags: [{ key: "a", value: "1" }],
      agentConnected: true,
      healthStatus: { overallStatus: "OK" },
      remainingResources: [
        { name: "CPU", integerValue: 4096 - 256 },
        { name: "MEMORY", integerValue: 16384 - 512 },
        { name: "PORTS", stringSetValue: ["22", "2375", "2376", "80"] },
        { name: "PORTS_UDP", stringSetValue: ["53"] },
        { name: "GPU", stringSetValue: ["gpu-b"] },
      ],
    });
  });

  test("unknown ones and Fargate's own are MISSING; deregistered ones can be seen", async () => {
    const context = await withCluster();
    await given(context, instance(1, { status: "INACTIVE" }), instance(2, { capacity: "FARGATE" }));
    const answer = await describeContainerInstances(
      { containerInstances: [exampleId(1), exampleId(2), exampleId(3)] },
      context,
    );
    expect(answer.containerInstances?.map(({ status }) => status)).toEqual(["INACTIVE"]);
    expect(answer.failures).toEqual(
      [2, 3].map((number) => ({ arn: exampleContainerInstanceArn(number), reason: "MISSING" })),
    );
  });

  // Source of the text: getmoto/moto, moto/ecs/models.py.
  test("none is refused", async () => {
    expect(await refusal(describeContainerInstances({ containerInstances: [] }, await withCluster()))).toBe(
      "ClientException: Container Instances cannot be empty.",
    );
  });
});

describe("ListContainerInstances", () => {
  const attributes = (stack: string) => [{ name: "stack", value: stack }];
  const four = [
    instance(1, { attributes: attributes("a") }),
    instance(2, { attributes: attributes("b"), status: "DRAINING" }),
    instance(3, { status: "INACTIVE" }),
    instance(4, { capacity: "FARGATE" }),
  ];

  test.each([
    [{}, [1, 2]],
    [{ status: "ACTIVE" as const }, [1]],
    [{ status: "DRAINING" as const }, [2]],
    [{ filter: "attribute:stack == b" }, [2]],
    [{ filter: "attribute:stack in [a, b] and not(attribute:stack == b)" }, [1]],
    [{ filter: "" }, [1, 2]],
  ])("%j", async (input, numbers) => {
    const context = await withCluster();
    await given(context, ...four);
    const { containerInstanceArns } = await listContainerInstances(input, context);
    expect(containerInstanceArns).toEqual(numbers.map(exampleContainerInstanceArn));
  });

  test("page by page", async () => {
    const context = await withCluster();
    await given(context, ...four);
    const first = await listContainerInstances({ maxResults: 1 }, context);
    const second = await listContainerInstances({ maxResults: 1, nextToken: first.nextToken }, context);
    expect([first, second].map((page) => page.containerInstanceArns)).toEqual(
      [1, 2].map((number) => [exampleContainerInstanceArn(number)]),
    );
    expect(second.nextToken).toBeUndefined();
  });

  test("a filter that is no expression is refused", async () => {
    expect(await refusal(listContainerInstances({ filter: "attribute:stack ==" }, await withCluster()))).toMatch(
      /^InvalidParameterException: Invalid cluster query expression/,
    );
  });
});

describe("DeregisterContainerInstance", () => {
  test("is refused while tasks are there; by force they are to stop", async () => {
    const context = await withCluster();
    await given(context, instance(1), { kind: "task", arn: exampleTaskArn(), value: exampleRunningTask() });
    // Source of the text: getmoto/moto, moto/ecs/models.py.
    expect(await refusal(deregisterContainerInstance({ containerInstance: exampleId(1) }, context))).toBe(
      "InvalidParameterException: Found running tasks on the instance.",
    );
    const answer = await deregisterContainerInstance({ containerInstance: exampleId(1), force: true }, context);
    expect(answer.containerInstance?.status).toBe("INACTIVE");
    expect(context.store.snapshot().get("task", exampleTaskArn())?.value).toMatchObject({
      desiredStatus: "STOPPED",
      lastStatus: "RUNNING",
      stoppedReason: "Container instance deregistration forced by user",
      stoppingAt: context.clock.now(),
    });
  });

  test("an agent of Fargate's own capacity may take it away", async () => {
    const context = await withCluster();
    await given(context, instance(1, { capacity: "FARGATE" }));
    const { containerInstance } = await deregisterContainerInstance({ containerInstance: exampleId(1) }, context);
    expect(containerInstance?.status).toBe("INACTIVE");
  });

  test("stopped tasks do not hold it", async () => {
    const context = await withCluster();
    const value = exampleTask({
      containerInstanceArn: exampleContainerInstanceArn(),
      desiredStatus: "STOPPED",
      lastStatus: "STOPPED",
    });
    await given(context, instance(1), { kind: "task", arn: exampleTaskArn(), value });
    await deregisterContainerInstance({ containerInstance: exampleId(1) }, context);
    expect(await refusal(deregisterContainerInstance({ containerInstance: exampleId(1) }, context))).toBe(
      "InvalidParameterException: The referenced container instance is inactive.",
    );
  });
});

describe("UpdateContainerInstancesState", () => {
  test("drains those that are there and reports the others", async () => {
    const context = await withCluster();
    await given(context, instance(1), instance(2, { status: "INACTIVE" }));
    const answer = await updateContainerInstancesState(
      {
        containerInstances: [exampleId(1), exampleContainerInstanceArn(1), exampleId(2), exampleId(3)],
        status: "DRAINING",
      },
      context,
    );
    expect(answer.containerInstances?.map(({ status }) => status)).toEqual(["DRAINING"]);
    expect(answer.failures).toEqual([
      { arn: exampleContainerInstanceArn(2), reason: "INACTIVE" },
      { arn: exampleContainerInstanceArn(3), reason: "MISSING" },
    ]);
    const revision = context.store.snapshot().revision;
    await updateContainerInstancesState({ containerInstances: [exampleId(1)], status: "DRAINING" }, context);
    expect(context.store.snapshot().revision).toBe(revision);
  });

  test("other statuses are refused", async () => {
    const call = updateContainerInstancesState(
      { containerInstances: [exampleId(1)], status: "REGISTERING" },
      await withCluster(),
    );
    expect(await refusal(call)).toBe(
      "InvalidParameterException: Container instance status should be one of [ACTIVE, DRAINING]",
    );
  });
});

test("DiscoverPollEndpoint names the address that the caller used", async () => {
  expect(await discoverPollEndpoint({}, exampleContext({ endpoint: "https://hatoba.example:8443" }))).toEqual({
    endpoint: "https://hatoba.example:8443/acs",
    telemetryEndpoint: "https://hatoba.example:8443/tcs",
  });
});

test("UpdateContainerAgent finds no update", async () => {
  const context = await withCluster();
  await given(context, instance(1), instance(2, { agentConnected: false }));
  const call = (number: number) => refusal(updateContainerAgent({ containerInstance: exampleId(number) }, context));
  expect(await call(1)).toMatch(/^NoUpdateAvailableException/);
  expect(await call(2)).toMatch(/^ClientException/);
  expect(await call(3)).toMatch(/^InvalidParameterException/);
});
