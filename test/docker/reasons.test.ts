import { createServer } from "node:net";
import {
  type ContainerDefinition,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  StopTaskCommand,
  type Task,
} from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type House, startHouse, taskReaching } from "./house.ts";
import { testImage } from "./image.ts";

// How a task that does not run says why. Sources: ECS developer guide, "Stopped task error codes" and "CannotPullContainer
// task errors"; the genuine agent's reasons.
let house: House;
let image: string;
beforeAll(async () => {
  house = await startHouse();
  image = await testImage(house.engine);
});
afterAll(() => house.down());

let families = 0;
async function runTask(container: Partial<ContainerDefinition>): Promise<string> {
  const family = `case-${++families}`;
  const definition: ContainerDefinition = { name: "app", image, memory: 32, essential: true, ...container };
  await house.ecs.send(new RegisterTaskDefinitionCommand({ family, containerDefinitions: [definition] }));
  const { tasks = [], failures } = await house.ecs.send(new RunTaskCommand({ taskDefinition: family }));
  expect(failures).toEqual([]);
  return tasks[0]?.taskArn ?? "";
}
const ended = async (container: Partial<ContainerDefinition>): Promise<Task> =>
  taskReaching(house, await runTask(container), "STOPPED");

test("a process that ends by itself: its exit code, and that it was essential", async () => {
  const task = await ended({ command: ["sh", "-c", "exit 7"] });
  expect(task).toMatchObject({
    stopCode: "EssentialContainerExited",
    stoppedReason: "Essential container in task exited",
  });
  expect(task.containers?.[0]).toMatchObject({ exitCode: 7, lastStatus: "STOPPED" });
  for (const time of ["createdAt", "startedAt", "stoppedAt", "stoppingAt", "executionStoppedAt"] as const)
    expect(task[time], time).toBeInstanceOf(Date);
});

test("an image that does not exist", async () => {
  const task = await ended({ image: "127.0.0.1:1/missing:1" });
  expect(task.stopCode).toBe("TaskFailedToStart");
  expect(task.stoppedReason).toMatch(/^CannotPullContainerError: /);
  expect(task.containers?.[0]?.reason).toMatch(/^CannotPullContainerError: /);
  expect(task.containers?.[0]?.exitCode).toBeUndefined();
});

test("a command that does not exist", async () => {
  const task = await ended({ command: ["/nope"] });
  expect(task.stopCode).toBe("TaskFailedToStart");
  expect(task.containers?.[0]?.reason).toMatch(/^CannotStartContainerError: .*\/nope.*no such file or directory/s);
});

test("a container killed for memory", async () => {
  const task = await ended({ memory: 16, command: ["sh", "-c", "x=xxxxxxxxxxxxxxxx; while :; do x=$x$x; done"] });
  expect(task.containers?.[0]).toMatchObject({
    exitCode: 137,
    reason: "OutOfMemoryError: Container killed due to memory usage",
  });
  expect(task.stopCode).toBe("EssentialContainerExited");
});

test("a host port that somebody else holds", async () => {
  const server = createServer();
  const listening = Promise.withResolvers<void>();
  server.listen(0, "0.0.0.0", listening.resolve);
  await listening.promise;
  const { port } = server.address() as { port: number };
  const task = await ended({ command: ["sleep", "60"], portMappings: [{ containerPort: 80, hostPort: port }] });
  expect(task.stopCode).toBe("TaskFailedToStart");
  expect(task.containers?.[0]?.reason).toMatch(
    /^CannotStartContainerError: .*(address already in use|port is already allocated)/s,
  );
  server.close();
});

test("a task stopped by its user, and one that does not listen to SIGTERM", async () => {
  const arn = await runTask({ command: ["sh", "-c", "trap '' TERM; while :; do sleep 1; done"], stopTimeout: 2 });
  await taskReaching(house, arn, "RUNNING");
  await house.ecs.send(new StopTaskCommand({ task: arn, reason: "enough" }));
  const task = await taskReaching(house, arn, "STOPPED");
  expect(task).toMatchObject({ stopCode: "UserInitiated", stoppedReason: "enough", desiredStatus: "STOPPED" });
  expect(task.containers?.[0]?.exitCode).toBe(137);
});

test("a log group that is not there and may not be made", async () => {
  const options = { "awslogs-group": "/nowhere", "awslogs-region": "us-east-1", "awslogs-stream-prefix": "p" };
  const task = await ended({ command: ["true"], logConfiguration: { logDriver: "awslogs", options } });
  expect(task.stopCode).toBe("TaskFailedToStart");
  expect(task.stoppedReason).toMatch(/ResourceNotFoundException|does not exist/);
});
