import { describe, expect, test } from "vitest";
import {
  exampleCluster,
  exampleClusterArn,
  exampleContainer,
  exampleContainerInstance,
  exampleContainerInstanceArn,
  exampleId,
  exampleTask,
  exampleTaskArn,
  exampleTaskDefinition,
  exampleTaskDefinitionArn,
} from "../../../model/examples.ts";
import type { Task } from "../../../model/task.ts";
import { defaultSettings } from "../../../settings.ts";
import type { OperationContext } from "../../operation-context.ts";
import { exampleContext, given, refusal } from "../example-context.ts";
import { executeCommand } from "./execute-command.ts";

const managed = (lastStatus: "PENDING" | "RUNNING" | "STOPPED") => [
  { name: "ExecuteCommandAgent" as const, lastStatus },
];
const runtimeId = "a".repeat(64);
const running = exampleContainer({ lastStatus: "RUNNING", runtimeId, managedAgents: managed("RUNNING") });
const side = { ...running, name: "side", runtimeId: "b".repeat(64) };

interface Surroundings {
  readonly task?: Partial<Task>;
  readonly cluster?: Parameters<typeof exampleCluster>[0];
  readonly agentConnected?: boolean;
  readonly awslogs?: boolean;
}

async function house({ task = {}, cluster = {}, agentConnected = true, awslogs = false }: Surroundings = {}) {
  const context = exampleContext({
    settings: { ...defaultSettings, sessions: { ...defaultSettings.sessions, perTarget: 2 } },
  });
  const definition = exampleTaskDefinition();
  const [app] = definition.registered.containerDefinitions ?? [];
  const logConfiguration = { logDriver: "awslogs" as const, options: { "awslogs-group": "/web" } };
  const containerDefinitions = [{ ...app, ...(awslogs ? { logConfiguration } : {}) }];
  const value = exampleTask({
    lastStatus: "RUNNING",
    enableExecuteCommand: true,
    containerInstanceArn: exampleContainerInstanceArn(),
    containers: [running],
    ...task,
  });
  await given(
    context,
    { kind: "cluster", arn: exampleClusterArn, value: exampleCluster(cluster) },
    {
      kind: "taskDefinition",
      arn: exampleTaskDefinitionArn,
      value: { ...definition, registered: { ...definition.registered, containerDefinitions } },
    },
    { kind: "task", arn: exampleTaskArn(), value },
    {
      kind: "containerInstance",
      arn: exampleContainerInstanceArn(),
      value: exampleContainerInstance({ agentConnected }),
    },
  );
  return context;
}
const execute = (context: OperationContext, input: Partial<Parameters<typeof executeCommand>[0]> = {}) =>
  executeCommand({ command: "/bin/sh", interactive: true, task: exampleId(), ...input }, context);
const sessionOf = async (context: OperationContext, input = {}) => {
  const { session } = await execute(context, input);
  return context.store.snapshot().get("session", session?.sessionId ?? "")?.value;
};

test("answers what the CLI needs, and keeps who opened what", async () => {
  const context = await house();
  const { session, ...rest } = await execute({ ...context, calledEndpoint: "https://ecs.example:8443" });
  expect(rest).toEqual({
    clusterArn: exampleClusterArn,
    taskArn: exampleTaskArn(),
    containerArn: running.containerArn,
    containerName: "app",
    interactive: true,
  });
  const sessionId = session?.sessionId ?? "";
  expect(sessionId).toMatch(/^ecs-execute-command-[0-9a-f]{17}$/);
  expect(session?.streamUrl).toBe(`wss://ecs.example:8443/v1/data-channel/${sessionId}?role=publish_subscribe`);
  const record = context.store.snapshot().get("session", sessionId)?.value;
  expect(record).toMatchObject({
    owner: context.caller.arn,
    command: "/bin/sh",
    status: "Connecting",
    targetId: `ecs:default_${exampleId()}_${runtimeId}`,
  });
  expect(JSON.stringify(record)).not.toContain(session?.tokenValue);
});

const notEnabled =
  /^InvalidParameterException: The execute command failed because execute command was not enabled .* isn’t running\./;

describe("is refused", () => {
  test.each<[string, Surroundings, object, RegExp]>([
    ["without --enable-execute-command", { task: { enableExecuteCommand: false } }, {}, notEnabled],
    ["while the task starts", { task: { lastStatus: "PENDING" } }, {}, notEnabled],
    [
      "while exec is not ready",
      { task: { containers: [{ ...running, managedAgents: managed("PENDING") }] } },
      {},
      notEnabled,
    ],
    ["once the container stopped", { task: { containers: [{ ...running, lastStatus: "STOPPED" }] } }, {}, notEnabled],
    [
      "without an agent",
      { agentConnected: false },
      {},
      /^TargetNotConnectedException: The execute command failed due to an internal error\. Try again later\.$/,
    ],
    [
      "for one of several containers that is not named",
      { task: { containers: [running, side] } },
      {},
      /^InvalidParameterException: .*name one of them/,
    ],
    [
      "for a container that is not there",
      {},
      { container: "other" },
      /^InvalidParameterException: .*other was not found/,
    ],
    ["without a terminal", {}, { interactive: false }, /^InvalidParameterException: Interactive is the only mode/],
    ["without a command", {}, { command: " " }, /^InvalidParameterException: command can not be blank/],
    [
      "with a command beyond all measure",
      {},
      { command: "x".repeat(70_000) },
      /^InvalidParameterException: command can have at most/,
    ],
    [
      "for an id that is none",
      {},
      { task: "abc" },
      /^InvalidParameterException: taskId length should be one of \[32,36\]$/,
    ],
    [
      "for a task that is not there",
      {},
      { task: exampleId(9) },
      /^InvalidParameterException: The referenced task was not found\.$/,
    ],
    ["in a cluster that is not there", {}, { cluster: "other" }, /^ClusterNotFoundException: Cluster not found\.$/],
  ])("%s", async (_when, surroundings, input, text) => {
    expect(await refusal(execute(await house(surroundings), input))).toMatch(text);
  });

  test("beyond the sessions that a container may have, and for no other container", async () => {
    const context = await house({ task: { containers: [running, side] } });
    await execute(context, { container: "app" });
    await execute(context, { container: "app" });
    expect(await refusal(execute(context, { container: "app" }))).toMatch(/^ClientException: .*2 sessions already/);
    expect((await execute(context, { container: "side" })).containerName).toBe("side");
  });
});

describe("the transcript goes", () => {
  const withExec = (executeCommandConfiguration: object) => ({
    cluster: { configuration: { executeCommandConfiguration } },
  });

  test("to the container's own group, by default", async () => {
    expect((await sessionOf(await house({ awslogs: true })))?.transcriptGroup).toBe("/web");
    expect(
      (await sessionOf(await house({ awslogs: true, ...withExec({ logging: "DEFAULT" }) })))?.transcriptGroup,
    ).toBe("/web");
    expect(await sessionOf(await house())).not.toHaveProperty("transcriptGroup");
  });

  test("nowhere with NONE, and to the cluster's with OVERRIDE", async () => {
    expect(await sessionOf(await house({ awslogs: true, ...withExec({ logging: "NONE" }) }))).not.toHaveProperty(
      "transcriptGroup",
    );
    const logConfiguration = { cloudWatchLogGroupName: "/exec" };
    const override = withExec({ logging: "OVERRIDE", logConfiguration });
    expect((await sessionOf(await house({ awslogs: true, ...override })))?.transcriptGroup).toBe("/exec");
  });
});
