import {
  DescribeTasksCommand,
  type ECSClient,
  waitUntilTasksRunning,
  waitUntilTasksStopped,
} from "@aws-sdk/client-ecs";
import { beforeEach, describe, expect, test } from "vitest";
import type { ContainerInstance } from "../../../model/container-instance.ts";
import {
  exampleContainerInstance,
  exampleContainerInstanceArn,
  exampleSecurityGroup,
  exampleService,
  exampleServiceArn,
  exampleSubnet,
  exampleTask,
  exampleTaskArn,
} from "../../../model/examples.ts";
import type { Task } from "../../../model/task.ts";
import { startLoops } from "../../../reconcile/start-loops.ts";
import { until } from "../../../store/until.ts";
import type { OperationContext } from "../../operation-context.ts";
import { EcsError } from "../api-error.ts";
import { exampleContext, given, refusal } from "../example-context.ts";
import type { Input } from "../operation.ts";
import { createCluster } from "./create-cluster.ts";
import { deregisterTaskDefinition } from "./deregister-task-definition.ts";
import { describeTasks } from "./describe-tasks.ts";
import { listTasks } from "./list-tasks.ts";
import { putClusterCapacityProviders } from "./put-cluster-capacity-providers.ts";
import { registerTaskDefinition } from "./register-task-definition.ts";
import { runTask } from "./run-task.ts";
import { startTask } from "./start-task.ts";
import { stopTask } from "./stop-task.ts";
import { submitAttachmentStateChanges } from "./submit-attachment-state-changes.ts";
import { submitContainerStateChange } from "./submit-container-state-change.ts";
import { submitTaskStateChange } from "./submit-task-state-change.ts";

let context: OperationContext;
beforeEach(async () => {
  context = exampleContext();
  await createCluster({}, context);
  await register("web");
});

const register = (family: string, more: Partial<Input<"RegisterTaskDefinition">> = {}) =>
  registerTaskDefinition(
    { family, containerDefinitions: [{ name: "app", image: "busybox", cpu: 256, memory: 512 }], ...more },
    context,
  );
const addInstance = (number: number, more: Partial<ContainerInstance> = {}) =>
  given(context, {
    kind: "containerInstance",
    arn: exampleContainerInstanceArn(number),
    value: exampleContainerInstance({ attributes, ...more }),
  });
const attributes = ["docker-remote-api.1.18", "docker-remote-api.1.17"].map((name) => ({
  name: `com.amazonaws.ecs.capability.${name}`,
}));
const putTask = (number: number, more: Partial<Task> = {}) =>
  given(context, { kind: "task", arn: exampleTaskArn(number), value: exampleTask(more) });
const run = (more: Partial<Input<"RunTask">> = {}) => runTask({ taskDefinition: "web", ...more }, context);
const start = (more: Partial<Input<"StartTask">> = {}) =>
  startTask({ taskDefinition: "web", containerInstances: [exampleContainerInstanceArn(1)], ...more }, context);
const report = (task: string | undefined, more: Partial<Input<"SubmitTaskStateChange">> = {}) =>
  submitTaskStateChange({ cluster: "default", task, reason: "", ...more }, context);
const described = async (task: string | undefined, include?: Input<"DescribeTasks">["include"]) =>
  (await describeTasks({ tasks: [task ?? ""], ...(include ? { include } : {}) }, context)).tasks?.[0];
const arnOf = ({ tasks }: { readonly tasks?: { taskArn?: string | undefined }[] | undefined }) =>
  tasks?.[0]?.taskArn ?? "";

async function setUpFargate(): Promise<void> {
  await given(
    context,
    { kind: "subnet", arn: exampleSubnet().subnetId, value: exampleSubnet() },
    { kind: "securityGroup", arn: exampleSecurityGroup().groupId, value: exampleSecurityGroup() },
  );
  await register("api", {
    requiresCompatibilities: ["FARGATE"],
    networkMode: "awsvpc",
    cpu: "256",
    memory: "512",
  });
}
const networkConfiguration = { awsvpcConfiguration: { subnets: [exampleSubnet().subnetId] } };
const runFargate = (more: Partial<Input<"RunTask">> = {}) =>
  run({ taskDefinition: "api", launchType: "FARGATE", networkConfiguration, ...more });

describe("RunTask", () => {
  test("places a task and shows all of it", async () => {
    await addInstance(1);
    const { tasks = [], failures } = await run({ startedBy: "me", tags: [{ key: "a", value: "1" }] });
    expect(failures).toEqual([]);
    expect(tasks).toHaveLength(1);
    expect(tasks[0]).toMatchObject({
      taskArn: expect.stringMatching(/^arn:aws:ecs:us-east-1:000000000000:task\/default\/[0-9a-f]{32}$/),
      clusterArn: "arn:aws:ecs:us-east-1:000000000000:cluster/default",
      taskDefinitionArn: "arn:aws:ecs:us-east-1:000000000000:task-definition/web:1",
      containerInstanceArn: exampleContainerInstanceArn(1),
      availabilityZone: "us-east-1a",
      attributes: [{ name: "ecs.cpu-architecture", value: "x86_64" }],
      attachments: [],
      cpu: "256",
      memory: "512",
      desiredStatus: "RUNNING",
      lastStatus: "PENDING",
      enableExecuteCommand: false,
      group: "family:web",
      healthStatus: "UNKNOWN",
      inferenceAccelerators: [],
      launchType: "EC2",
      overrides: { containerOverrides: [{ name: "app" }], inferenceAcceleratorOverrides: [] },
      startedBy: "me",
      tags: [{ key: "a", value: "1" }],
      version: 1,
      containers: [
        {
          name: "app",
          image: "busybox",
          taskArn: tasks[0]?.taskArn,
          containerArn: expect.stringContaining(":container/default/"),
          lastStatus: "PENDING",
          networkBindings: [],
          networkInterfaces: [],
          healthStatus: "UNKNOWN",
          cpu: "256",
          memory: "512",
        },
      ],
    });
    expect(tasks[0]?.createdAt).toEqual(new Date(context.clock.now()));
    expect(tasks[0]).not.toHaveProperty("platformVersion");
    expect(context.store.snapshot().tally("instanceUsage", exampleContainerInstanceArn(1)).memory).toBe(512);
  });

  test("says of each container instance why it takes no more", async () => {
    await addInstance(1, { registered: { cpu: 1024, memory: 1024, reservedPorts: [], gpuIds: [] } });
    await addInstance(2, { agentConnected: false });
    const { tasks, failures } = await run({ count: 3 });
    expect(tasks).toHaveLength(2);
    expect(failures).toEqual([
      { arn: exampleContainerInstanceArn(1), reason: "RESOURCE:MEMORY" },
      { arn: exampleContainerInstanceArn(2), reason: "AGENT" },
    ]);
  });

  test("gives no port of a container instance twice, however many ask at once", async () => {
    await addInstance(1);
    await addInstance(2);
    const portMappings = [{ containerPort: 80, hostPort: 8080 }];
    await register("port", { containerDefinitions: [{ name: "app", image: "b", memory: 64, portMappings }] });
    const answers = await Promise.all(Array.from({ length: 5 }, () => run({ taskDefinition: "port" })));
    const placed = answers.flatMap(({ tasks = [] }) => tasks.map(({ containerInstanceArn }) => containerInstanceArn));
    expect(placed).toHaveLength(2);
    expect(new Set(placed)).toEqual(new Set([exampleContainerInstanceArn(1), exampleContainerInstanceArn(2)]));
    const reasons = answers.flatMap(({ failures = [] }) => failures.map(({ reason }) => reason));
    expect(new Set(reasons)).toEqual(new Set(["RESOURCE:PORTS"]));
  });

  test.each<[string, Partial<Input<"RunTask">>, string]>([
    ["count", { count: 11 }, "InvalidParameterException: count must be between 1 and 10."],
    ["count", { count: 0 }, "InvalidParameterException: count must be between 1 and 10."],
    ["cluster", { cluster: "nowhere" }, "ClusterNotFoundException: Cluster not found."],
    ["task definition", { taskDefinition: "nothing" }, "ClientException: TaskDefinition not found."],
    ["group", { group: "service:web" }, "InvalidParameterException: Invalid namespace for group."],
    [
      "startedBy",
      { startedBy: "x".repeat(129) },
      "InvalidParameterException: startedBy can have at most 128 characters.",
    ],
    [
      "override",
      { overrides: { containerOverrides: [{ name: "other" }] } },
      "InvalidParameterException: Override for container named other is not a container in the TaskDefinition.",
    ],
    [
      "overrides",
      { overrides: { containerOverrides: [{ name: "app", command: ["x".repeat(8192)] }] } },
      "InvalidParameterException: Container Overrides length must be at most 8192",
    ],
    ["override's size", { overrides: { cpu: "many" } }, "InvalidParameterException: Invalid 'cpu' setting for task."],
    [
      "launch type and strategy",
      { launchType: "EC2", capacityProviderStrategy: [{ capacityProvider: "FARGATE" }] },
      "InvalidParameterException: Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.",
    ],
    [
      "launch type",
      { launchType: "FARGATE" },
      "InvalidParameterException: Task definition does not support launch_type FARGATE.",
    ],
    [
      "network",
      { networkConfiguration },
      "InvalidParameterException: Network Configuration is not valid for the given networkMode of this task definition.",
    ],
    [
      "tags",
      { tags: [{ key: "aws:x", value: "" }] },
      "InvalidParameterException: Tag keys starting with 'aws:' are reserved for system use: aws:x",
    ],
    [
      "propagation",
      { propagateTags: "SERVICE" },
      "InvalidParameterException: Tasks that no service starts cannot take over a service's tags: propagateTags can be TASK_DEFINITION or NONE.",
    ],
    ["empty cluster", {}, "InvalidParameterException: No Container Instances were found in your cluster."],
  ])("refuses a wrong %s", async (_what, input, expected) => {
    expect(await refusal(run(input))).toBe(expected);
    expect(context.store.snapshot().count("task")).toBe(0);
  });

  test("refuses an INACTIVE task definition", async () => {
    await deregisterTaskDefinition({ taskDefinition: "web:1" }, context);
    expect(await refusal(run({ taskDefinition: "web:1" }))).toBe("ClientException: TaskDefinition is inactive");
  });

  test("takes overrides, group and the task definition's tags", async () => {
    await addInstance(1);
    await register("tagged", {
      tags: [
        { key: "a", value: "0" },
        { key: "b", value: "2" },
      ],
    });
    const { tasks = [] } = await run({
      taskDefinition: "tagged",
      group: "batch",
      overrides: { containerOverrides: [{ name: "app", command: ["true"], memory: 64 }] },
      propagateTags: "TASK_DEFINITION",
      enableECSManagedTags: true,
      tags: [{ key: "a", value: "1" }],
    });
    expect(tasks[0]).toMatchObject({
      group: "batch",
      memory: "64",
      overrides: { containerOverrides: [{ name: "app", command: ["true"], memory: 64 }] },
      tags: [
        { key: "a", value: "1" },
        { key: "b", value: "2" },
        { key: "aws:ecs:clusterName", value: "default" },
      ],
    });
  });

  test("is idempotent by clientToken", async () => {
    await addInstance(1);
    const [first, second] = await Promise.all([run({ clientToken: "t" }), run({ clientToken: "t" })]);
    expect(arnOf(second)).toBe(arnOf(first));
    expect(context.store.snapshot().count("task")).toBe(1);
    const other = run({ clientToken: "t", count: 2 });
    await expect(other).rejects.toBeInstanceOf(EcsError);
    await expect(other).rejects.toMatchObject({
      name: "ConflictException",
      members: { resourceIds: [arnOf(first)] },
    });
  });
});

describe("Fargate", () => {
  beforeEach(setUpFargate);
  const fargateInstance = { capacity: "FARGATE" as const, clusterArn: "arn:aws:ecs:us-east-1:000000000000:cluster/f" };

  test("a task has an address of its own, and no container instance", async () => {
    await addInstance(1, fargateInstance);
    const { tasks = [], failures } = await runFargate();
    expect(failures).toEqual([]);
    const [task] = tasks;
    expect(task).toMatchObject({
      launchType: "FARGATE",
      platformVersion: "1.4.0",
      platformFamily: "Linux",
      ephemeralStorage: { sizeInGiB: 20 },
      attachments: [
        {
          type: "ElasticNetworkInterface",
          status: "PRECREATED",
          details: expect.arrayContaining([{ name: "privateIPv4Address", value: "172.31.0.4" }]),
        },
      ],
      containers: [{ networkInterfaces: [{ privateIpv4Address: "172.31.0.4" }], networkBindings: [] }],
    });
    expect(task).not.toHaveProperty("containerInstanceArn");

    await report(task?.taskArn, { status: "PENDING", containers: [{ containerName: "app", status: "RUNNING" }] });
    expect((await described(task?.taskArn))?.attachments?.[0]?.status).toBe("ATTACHED");
    await report(task?.taskArn, { status: "STOPPED", containers: [{ containerName: "app", status: "STOPPED" }] });
    expect((await described(task?.taskArn))?.attachments?.[0]?.status).toBe("DELETED");
    expect(context.store.snapshot().count("networkInterface")).toBe(0);
  });

  test("an attachment is confirmed by itself, too", async () => {
    await addInstance(1, fargateInstance);
    const { tasks = [] } = await runFargate({ count: 2 });
    const attachmentArn = (index: number) =>
      `arn:aws:ecs:us-east-1:000000000000:attachment/default/${tasks[index]?.attachments?.[0]?.id}`;
    const unknown = { attachmentArn: attachmentArn(9), status: "ATTACHED" };
    const attachments = [{ attachmentArn: attachmentArn(0), status: "ATTACHED" }, unknown];
    expect(await submitAttachmentStateChanges({ attachments }, context)).toHaveProperty("acknowledgment");
    expect((await described(tasks[0]?.taskArn))?.attachments?.[0]?.status).toBe("ATTACHED");
    expect((await described(tasks[1]?.taskArn))?.attachments?.[0]?.status).toBe("PRECREATED");
    await report(tasks[1]?.taskArn, { attachments: [{ attachmentArn: attachmentArn(1), status: "ATTACHED" }] });
    expect((await described(tasks[1]?.taskArn))?.attachments?.[0]?.status).toBe("ATTACHED");
  });

  test("without capacity there is one failure, and no machine named", async () => {
    const failure = {
      reason: "Capacity is unavailable at this time. Please try again later or in a different availability zone",
    };
    expect(await runFargate({ count: 2 })).toEqual({ tasks: [], failures: [failure] });
  });

  test("shares tasks out over capacity providers, also the cluster's own", async () => {
    await addInstance(1, fargateInstance);
    await putClusterCapacityProviders(
      {
        cluster: "default",
        capacityProviders: ["FARGATE", "FARGATE_SPOT"],
        defaultCapacityProviderStrategy: [
          { capacityProvider: "FARGATE", base: 1, weight: 1 },
          { capacityProvider: "FARGATE_SPOT", weight: 3 },
        ],
      },
      context,
    );
    const { tasks = [] } = await run({ taskDefinition: "api", networkConfiguration, count: 9 });
    const names = tasks.map(({ capacityProviderName }) => capacityProviderName);
    expect(names.filter((name) => name === "FARGATE")).toHaveLength(3);
    expect(names.filter((name) => name === "FARGATE_SPOT")).toHaveLength(6);
  });

  test.each<[string, Partial<Input<"RunTask">>, string]>([
    [
      "no network",
      { networkConfiguration: undefined },
      "Network Configuration must be provided when networkMode 'awsvpc' is specified.",
    ],
    [
      "an unknown subnet",
      { networkConfiguration: { awsvpcConfiguration: { subnets: ["subnet-1"] } } },
      "The subnet ID 'subnet-1' does not exist",
    ],
    [
      "an unknown security group",
      {
        networkConfiguration: {
          awsvpcConfiguration: { subnets: [exampleSubnet().subnetId], securityGroups: ["sg-1"] },
        },
      },
      "The security group 'sg-1' does not exist",
    ],
    ["a size that there is not", { overrides: { cpu: "256", memory: "4096" } }, "No Fargate configuration exists"],
  ])("is refused with %s", async (_what, input, expected) => {
    const text = await refusal(runFargate(input));
    expect(text).toContain("InvalidParameterException");
    expect(text).toContain(expected);
  });
});

describe("StartTask", () => {
  test("starts one on each container instance, or says why not", async () => {
    await addInstance(1);
    await addInstance(2, { agentConnected: false });
    await addInstance(3, { status: "DRAINING" });
    await addInstance(4, { capacity: "EXTERNAL" });
    const { tasks = [], failures } = await start({
      containerInstances: [1, 2, 3, 4, 5].map((number) => exampleContainerInstanceArn(number)),
    });
    expect(tasks.map(({ containerInstanceArn, launchType }) => [containerInstanceArn, launchType])).toEqual([
      [exampleContainerInstanceArn(1), "EC2"],
      [exampleContainerInstanceArn(4), "EXTERNAL"],
    ]);
    expect(failures).toEqual([
      { arn: exampleContainerInstanceArn(2), reason: "AGENT" },
      { arn: exampleContainerInstanceArn(3), reason: "DRAINING" },
      { arn: exampleContainerInstanceArn(5), reason: "MISSING" },
    ]);
  });

  test("takes no more than ten", async () => {
    const containerInstances = Array.from({ length: 11 }, (_, index) => exampleContainerInstanceArn(index + 1));
    expect(await refusal(start({ containerInstances }))).toContain("InvalidParameterException");
  });
});

describe("StopTask", () => {
  test("asks for the end once; it comes with the agent's report", async () => {
    await addInstance(1);
    const task = arnOf(await run());
    await report(task, { status: "RUNNING", containers: [{ containerName: "app", status: "RUNNING" }] });
    expect((await stopTask({ task, reason: "enough" }, context)).task).toMatchObject({
      desiredStatus: "STOPPED",
      lastStatus: "STOPPING",
      stopCode: "UserInitiated",
      stoppedReason: "enough",
    });
    const before = context.store.snapshot().revision;
    expect((await stopTask({ task }, context)).task?.stoppedReason).toBe("enough");
    expect(context.store.snapshot().revision).toBe(before);
    await report(task, { status: "STOPPED", containers: [{ containerName: "app", status: "STOPPED", exitCode: 143 }] });
    expect(await described(task)).toMatchObject({
      lastStatus: "STOPPED",
      stopCode: "UserInitiated",
      stoppedReason: "enough",
      containers: [{ exitCode: 143 }],
      stoppingAt: expect.any(Date),
      stoppedAt: expect.any(Date),
    });
  });

  test("ends a task that nobody has placed", async () => {
    await putTask(1);
    const loops = startLoops(context);
    try {
      const { task } = await stopTask({ task: exampleTaskArn(1) }, context);
      expect(task).toMatchObject({ lastStatus: "DEPROVISIONING", stoppedReason: "Task stopped by user" });
      await until(context.store, (snapshot) => snapshot.get("task", exampleTaskArn(1))?.value.lastStatus === "STOPPED");
    } finally {
      await loops.stop();
    }
  });

  test("knows only what is there", async () => {
    expect(await refusal(stopTask({ task: exampleTaskArn(9) }, context))).toBe(
      "InvalidParameterException: The referenced task was not found.",
    );
    expect(await refusal(stopTask({ task: "x" }, context))).toContain("InvalidParameterException");
    expect(await refusal(stopTask({ task: exampleTaskArn(9), cluster: "nowhere" }, context))).toBe(
      "ClusterNotFoundException: Cluster not found.",
    );
  });
});

describe("DescribeTasks", () => {
  test("tags on request, unknown ones as failures, each once", async () => {
    await putTask(1, { tags: [{ key: "a", value: "1" }] });
    const tasks = [exampleTaskArn(1), exampleTaskArn(1), exampleTaskArn(2)];
    const answer = await describeTasks({ tasks }, context);
    expect(answer.tasks?.map(({ taskArn, tags }) => [taskArn, tags])).toEqual([[exampleTaskArn(1), []]]);
    expect(answer.failures).toEqual([{ arn: exampleTaskArn(2), reason: "MISSING" }]);
    expect((await described(exampleTaskArn(1), ["TAGS"]))?.tags).toEqual([{ key: "a", value: "1" }]);
  });

  test("needs one to a hundred", async () => {
    expect(await refusal(describeTasks({ tasks: [] }, context))).toBe(
      "InvalidParameterException: Tasks cannot be empty.",
    );
    const tasks = Array.from({ length: 101 }, (_, index) => exampleTaskArn(index));
    expect(await refusal(describeTasks({ tasks }, context))).toContain("InvalidParameterException");
  });
});

describe("ListTasks", () => {
  const list = async (input: Input<"ListTasks"> = {}) => (await listTasks(input, context)).taskArns;
  beforeEach(async () => {
    await addInstance(1);
    await given(context, { kind: "service", arn: exampleServiceArn, value: exampleService() });
    await putTask(1, { containerInstanceArn: exampleContainerInstanceArn(1), lastStatus: "RUNNING" });
    await putTask(2, { family: "api", startedBy: "me", launchType: "FARGATE" });
    await putTask(3, { serviceArn: exampleServiceArn });
    await putTask(4, { desiredStatus: "STOPPED", lastStatus: "STOPPED", startedBy: "me" });
    await putTask(5, { clusterArn: "arn:aws:ecs:us-east-1:000000000000:cluster/other" });
  });

  test.each<[Input<"ListTasks">, readonly number[]]>([
    [{}, [1, 2, 3]],
    [{ cluster: "default", desiredStatus: "RUNNING" }, [1, 2, 3]],
    [{ desiredStatus: "STOPPED" }, [4]],
    [{ desiredStatus: "PENDING" }, []],
    [{ containerInstance: exampleContainerInstanceArn(1) }, [1]],
    [{ family: "api" }, [2]],
    [{ family: "api", launchType: "EC2" }, []],
    [{ launchType: "FARGATE" }, [2]],
    [{ serviceName: "web" }, [3]],
    [{ startedBy: "me" }, [2]],
    [{ startedBy: "me", desiredStatus: "STOPPED" }, [4]],
  ])("%j", async (input, expected) => {
    expect(await list(input)).toEqual(expected.map((number) => exampleTaskArn(number)));
  });

  test("in pages", async () => {
    const first = await listTasks({ maxResults: 2 }, context);
    expect(first.taskArns).toEqual([exampleTaskArn(1), exampleTaskArn(2)]);
    const last = await listTasks({ maxResults: 2, nextToken: first.nextToken }, context);
    expect(last).toEqual({ taskArns: [exampleTaskArn(3)] });
  });

  test("refuses what is not there, and startedBy beside others", async () => {
    expect(await refusal(list({ serviceName: "nothing" }))).toBe("ServiceNotFoundException: Service not found.");
    expect(await refusal(list({ containerInstance: exampleContainerInstanceArn(9) }))).toContain(
      "InvalidParameterException",
    );
    expect(await refusal(list({ startedBy: "me", family: "web" }))).toContain("InvalidParameterException");
  });
});

describe("agents' reports", () => {
  test("of unknown tasks are acknowledged, and of unknown statuses refused", async () => {
    expect(await report(exampleTaskArn(9), { status: "RUNNING" })).toHaveProperty("acknowledgment");
    expect(await refusal(report(exampleTaskArn(9), { status: "CREATED" }))).toContain("InvalidParameterException");
    expect(await refusal(report(undefined))).toContain("InvalidParameterException");
  });

  test("of one container, and by the task's id", async () => {
    await addInstance(1);
    const task = arnOf(await run());
    const networkBindings = [{ bindIP: "0.0.0.0", containerPort: 80, hostPort: 32768, protocol: "tcp" as const }];
    const change = { containerName: "app", runtimeId: "r", status: "RUNNING", networkBindings };
    await submitContainerStateChange({ task: task.split("/").at(-1), ...change }, context);
    expect(await described(task)).toMatchObject({
      lastStatus: "PENDING",
      connectivity: "CONNECTED",
      containers: [{ lastStatus: "RUNNING", runtimeId: "r", networkBindings }],
    });
  });

  test("2,000 at once each bring their task to RUNNING", async () => {
    await addInstance(1, { registered: { cpu: 1e9, memory: 1e9, reservedPorts: [], gpuIds: [] } });
    const answers = await Promise.all(Array.from({ length: 200 }, () => run({ count: 10 })));
    const tasks = answers.flatMap(({ tasks = [] }) => tasks.map(({ taskArn }) => taskArn));
    const containers = [{ containerName: "app", status: "RUNNING", runtimeId: "r" }];
    await Promise.all(tasks.map((task) => report(task, { status: "RUNNING", containers })));
    const { running } = context.store
      .snapshot()
      .tally("clusterTasks", "arn:aws:ecs:us-east-1:000000000000:cluster/default");
    expect(running).toBe(2000);
  });
});

test("the SDK's waiters end", async () => {
  await addInstance(1);
  const task = arnOf(await run());
  const send = (command: DescribeTasksCommand) => describeTasks(command.input, context);
  const client = { send } as unknown as ECSClient;
  const wait = { client, maxWaitTime: 5, minDelay: 1, maxDelay: 1 };
  await report(task, { status: "RUNNING", containers: [{ containerName: "app", status: "RUNNING" }] });
  expect((await waitUntilTasksRunning(wait, { tasks: [task] })).state).toBe("SUCCESS");
  await report(task, { status: "STOPPED", containers: [{ containerName: "app", status: "STOPPED", exitCode: 0 }] });
  expect((await waitUntilTasksStopped(wait, { tasks: [task] })).state).toBe("SUCCESS");
});
