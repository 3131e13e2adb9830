import {
  ConflictException,
  CreateClusterCommand,
  DescribeTasksCommand,
  ECSClient,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  StopTaskCommand,
  SubmitTaskStateChangeCommand,
} from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { exampleContainerInstance, exampleContainerInstanceArn } from "../../../model/examples.ts";
import { clientOptions, startTestServer } from "../../http/server.fixture.ts";

let server: Awaited<ReturnType<typeof startTestServer>>;
let ecs: ECSClient;
beforeAll(async () => {
  server = await startTestServer();
  ecs = new ECSClient(clientOptions(server));
  await ecs.send(new CreateClusterCommand({}));
  const containerDefinitions = [{ name: "app", image: "busybox", memory: 64 }];
  const registered = await ecs.send(new RegisterTaskDefinitionCommand({ family: "web", containerDefinitions }));
  const attributes = registered.taskDefinition?.requiresAttributes ?? [];
  await server.store.commit([
    {
      kind: "containerInstance",
      arn: exampleContainerInstanceArn(),
      expected: 0,
      value: exampleContainerInstance({ attributes }),
    },
  ]);
});
afterAll(async () => {
  ecs.destroy();
  await server.close();
});

test("a task's whole life", async () => {
  const run = await ecs.send(new RunTaskCommand({ taskDefinition: "web", clientToken: "t" }));
  expect(run.failures).toEqual([]);
  const task = run.tasks?.[0]?.taskArn ?? "";
  expect(run.tasks?.[0]?.createdAt).toBeInstanceOf(Date);
  const networkBindings = [{ bindIP: "0.0.0.0", containerPort: 80, hostPort: 32768, protocol: "tcp" as const }];
  const pullStartedAt = new Date(1_795_318_505_035);
  const submit = (status: string, facts: { readonly exitCode?: number } = {}) =>
    ecs.send(
      new SubmitTaskStateChangeCommand({
        cluster: "default",
        task,
        status,
        reason: "",
        pullStartedAt,
        containers: [{ containerName: "app", status, runtimeId: "r", networkBindings, ...facts }],
      }),
    );
  expect((await submit("RUNNING")).acknowledgment).toBeTruthy();
  expect((await ecs.send(new ListTasksCommand({}))).taskArns).toEqual([task]);
  await ecs.send(new StopTaskCommand({ task, reason: "enough" }));
  await submit("STOPPED", { exitCode: 143 });
  const { tasks = [] } = await ecs.send(new DescribeTasksCommand({ tasks: [task] }));
  expect(tasks[0]).toMatchObject({
    lastStatus: "STOPPED",
    stopCode: "UserInitiated",
    stoppedReason: "enough",
    pullStartedAt,
    containers: [{ exitCode: 143, networkBindings }],
  });
});

test("a clientToken of another call tells which tasks it made", async () => {
  const first = await ecs.send(new RunTaskCommand({ taskDefinition: "web", clientToken: "u" }));
  const other = ecs.send(new RunTaskCommand({ taskDefinition: "web", clientToken: "u", count: 2 }));
  await expect(other).rejects.toBeInstanceOf(ConflictException);
  await expect(other).rejects.toMatchObject({ resourceIds: [first.tasks?.[0]?.taskArn] });
});
