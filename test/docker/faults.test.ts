import { GetLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import {
  CreateServiceCommand,
  DeleteServiceCommand,
  DescribeServicesCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  UpdateServiceCommand,
} from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually, type House, startHouse, taskReaching, tasksOf } from "./house.ts";
import { testImage } from "./image.ts";

let house: House;
let image: string;
beforeAll(async () => {
  house = await startHouse();
  image = await testImage(house.engine);
});
afterAll(() => house.down());

const definition = (family: string, version: number) => ({
  family,
  containerDefinitions: [
    {
      name: "app",
      image,
      memory: 16,
      essential: true,
      stopTimeout: 2,
      command: ["sh", "-c", `trap 'exit 0' TERM; echo ${version}; sleep 600 & wait`],
    },
  ],
});

async function register(family: string, version: number): Promise<string> {
  const { taskDefinition } = await house.ecs.send(new RegisterTaskDefinitionCommand(definition(family, version)));
  return taskDefinition?.taskDefinitionArn ?? "";
}

/** The service runs `count` tasks of this task definition, every container of the house belongs to one of them, and none is left over. */
async function converged(service: string, taskDefinition: string, count: number): Promise<void> {
  await eventually(`${service} settled`, async () => {
    try {
      const { services = [] } = await house.ecs.send(new DescribeServicesCommand({ services: [service] }));
      const [found] = services;
      return found?.deployments?.length === 1 &&
        found.runningCount === count &&
        found.deployments[0]?.rolloutState === "COMPLETED"
        ? true
        : undefined;
    } catch {
      return undefined; // the control plane is being started again
    }
  });
  const tasks = await tasksOf(house, service);
  expect(tasks.map((task) => task.taskDefinitionArn)).toEqual(Array(count).fill(taskDefinition));
  const wanted = tasks.flatMap((task) => task.containers?.[0]?.runtimeId ?? []).toSorted((a, b) => a.localeCompare(b));
  await eventually("no orphan container", async () => {
    const ids = (await house.containers()).map(({ Id }) => Id).toSorted((a, b) => a.localeCompare(b));
    return JSON.stringify(ids) === JSON.stringify(wanted) ? true : undefined;
  });
}

test.each([["control-plane"], ["agent"], ["control-plane", "agent"]] as const)(
  "SIGKILL of %s (and %s) in the middle of a deployment: it converges, with no orphan container",
  async (...names: readonly ("control-plane" | "agent")[]) => {
    const service = `kill-${names.join("-")}`;
    const one = await register(service, 1);
    await house.ecs.send(new CreateServiceCommand({ serviceName: service, taskDefinition: one, desiredCount: 4 }));
    await converged(service, one, 4);
    for (const moment of [50, 400, 900]) {
      const next = await register(service, moment);
      await house.ecs.send(new UpdateServiceCommand({ service, taskDefinition: next }));
      const { promise, resolve } = Promise.withResolvers<void>();
      setTimeout(resolve, moment); // the point in the roll-out is what varies, so a time it is
      await promise;
      for (const name of names) house.kill(name);
      await house.hatoba("up");
      await converged(service, next, 4);
    }
    await house.ecs.send(new DeleteServiceCommand({ service, force: true }));
    await eventually("all is removed", async () => ((await house.containers()).length === 0 ? true : undefined));
  },
);

test("a control plane that is away changes nothing for running tasks, and no line of their logs is lost", async () => {
  const options = {
    "awslogs-group": "/count",
    "awslogs-region": "us-east-1",
    "awslogs-stream-prefix": "p",
    "awslogs-create-group": "true",
  };
  const command = [
    "sh",
    "-c",
    "i=0; while [ $i -lt 3000 ]; do i=$((i+1)); echo line $i; [ $((i % 10)) = 0 ] && sleep 0.01; done",
  ];
  const container = {
    name: "app",
    image,
    memory: 32,
    essential: true,
    command,
    logConfiguration: { logDriver: "awslogs" as const, options },
  };
  await house.ecs.send(new RegisterTaskDefinitionCommand({ family: "count", containerDefinitions: [container] }));
  const { tasks = [] } = await house.ecs.send(new RunTaskCommand({ taskDefinition: "count" }));
  const arn = tasks[0]?.taskArn ?? "";
  const { containers } = await taskReaching(house, arn, "RUNNING");
  house.kill("control-plane");
  // While nobody answers, the container ends by itself.
  await house.engine.getContainer(containers?.[0]?.runtimeId ?? "").wait();
  await house.hatoba("up");
  expect((await taskReaching(house, arn, "STOPPED")).containers?.[0]?.exitCode).toBe(0);
  const logStreamName = `p/app/${arn.split("/").at(-1)}`;
  const lines = await eventually("all lines", async () => {
    const messages: string[] = [];
    for (let nextToken: string | undefined; ; ) {
      const page = await house.logs.send(
        new GetLogEventsCommand({
          logGroupName: "/count",
          logStreamName,
          startFromHead: true,
          ...(nextToken === undefined ? {} : { nextToken }),
        }),
      );
      messages.push(...(page.events ?? []).map(({ message = "" }) => message));
      if (page.nextForwardToken === nextToken) break;
      nextToken = page.nextForwardToken;
    }
    return messages.length >= 3000 ? messages : undefined;
  });
  expect(lines).toEqual(Array.from({ length: 3000 }, (_, at) => `line ${at + 1}`));
});

test("down --keep-tasks leaves containers running, and up takes them over", async () => {
  const one = await register("kept", 1);
  await house.ecs.send(new CreateServiceCommand({ serviceName: "kept", taskDefinition: one, desiredCount: 2 }));
  await converged("kept", one, 2);
  const before = (await house.containers()).map(({ Id }) => Id).toSorted((a, b) => a.localeCompare(b));
  await house.hatoba("down", "--keep-tasks");
  expect(
    (await house.containers())
      .filter(({ State }) => State === "running")
      .map(({ Id }) => Id)
      .toSorted((a, b) => a.localeCompare(b)),
  ).toEqual(before);
  await house.hatoba("up");
  await converged("kept", one, 2);
  expect((await house.containers()).map(({ Id }) => Id).toSorted((a, b) => a.localeCompare(b))).toEqual(before);
});
