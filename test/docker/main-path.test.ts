import { FilterLogEventsCommand, GetLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import {
  CreateServiceCommand,
  DeleteServiceCommand,
  DescribeServicesCommand,
  DescribeTasksCommand,
  RegisterTaskDefinitionCommand,
  UpdateServiceCommand,
  waitUntilServicesInactive,
  waitUntilServicesStable,
} from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually, fetchText, type House, startHouse, taskReaching, tasksOf } from "./house.ts";
import { testImage } from "./image.ts";

let house: House;
let image: string;
beforeAll(async () => {
  house = await startHouse();
  image = await testImage(house.engine);
});
afterAll(() => house.down());

const webDefinition = (version: string) => ({
  family: "web",
  containerDefinitions: [
    {
      name: "app",
      image,
      memory: 32,
      essential: true,
      stopTimeout: 2,
      command: [
        "sh",
        "-c",
        `trap 'echo bye ${version}; exit 0' TERM; echo hello ${version}; mkdir /w; echo ${version} >/w/index.html; httpd -f -p 80 -h /w & wait`,
      ],
      portMappings: [{ containerPort: 80, hostPort: 0 }],
      logConfiguration: {
        logDriver: "awslogs" as const,
        options: {
          "awslogs-group": "/web",
          "awslogs-region": "us-east-1",
          "awslogs-stream-prefix": "p",
          "awslogs-create-group": "true",
        },
      },
    },
  ],
});

const waiter = () => ({ client: house.ecs, maxWaitTime: 90, minDelay: 1, maxDelay: 1 });

test("a service starts, serves, logs, rolls without falling below its floor, stops, and is deleted", async () => {
  await house.ecs.send(new RegisterTaskDefinitionCommand(webDefinition("one")));
  await house.ecs.send(new CreateServiceCommand({ serviceName: "web", taskDefinition: "web", desiredCount: 2 }));
  await waitUntilServicesStable(waiter(), { services: ["web"] });

  const first = await tasksOf(house, "web");
  expect(first).toHaveLength(2);
  for (const task of first) {
    expect(task).toMatchObject({
      lastStatus: "RUNNING",
      launchType: "EC2",
      group: "service:web",
      connectivity: "CONNECTED",
    });
    const port = task.containers?.[0]?.networkBindings?.[0]?.hostPort;
    expect(await eventually("the page", () => fetchText(`http://127.0.0.1:${port}/`))).toBe("one\n");
  }
  const id = first[0]?.taskArn?.split("/").at(-1);
  const greeting = await eventually("its log stream", async () => {
    const command = new GetLogEventsCommand({
      logGroupName: "/web",
      logStreamName: `p/app/${id}`,
      startFromHead: true,
    });
    const { events = [] } = await house.logs.send(command).catch(() => ({ events: [] }));
    return events[0]?.message;
  });
  expect(greeting).toBe("hello one");

  // Roll to a new revision: 100 % must stay healthy all the way.
  await house.ecs.send(new RegisterTaskDefinitionCommand(webDefinition("two")));
  await house.ecs.send(new UpdateServiceCommand({ service: "web", taskDefinition: "web" }));
  const seen: number[] = [];
  await eventually("the roll-out", async () => {
    const { services = [] } = await house.ecs.send(new DescribeServicesCommand({ services: ["web"] }));
    seen.push(services[0]?.runningCount ?? 0);
    const [primary, ...others] = services[0]?.deployments ?? [];
    return primary?.rolloutState === "COMPLETED" && others.length === 0 ? true : undefined;
  });
  expect(Math.min(...seen)).toBeGreaterThanOrEqual(2);
  expect(Math.max(...seen)).toBeLessThanOrEqual(4);
  for (const task of await tasksOf(house, "web")) expect(task.taskDefinitionArn).toMatch(/:task-definition\/web:2$/);

  const { tasks: old = [] } = await house.ecs.send(
    new DescribeTasksCommand({ tasks: first.map(({ taskArn = "" }) => taskArn) }),
  );
  for (const task of old) {
    expect(task).toMatchObject({ lastStatus: "STOPPED", stopCode: "ServiceSchedulerInitiated" });
    expect(task.stoppedReason).toMatch(/^Scaling activity initiated by \(deployment ecs-svc\/\d+\)$/);
    expect(task.containers?.[0]?.exitCode).toBe(0);
  }
  const { events: farewells = [] } = await eventually("their last words", async () => {
    const found = await house.logs.send(
      new FilterLogEventsCommand({ logGroupName: "/web", filterPattern: '"bye one"' }),
    );
    return (found.events?.length ?? 0) >= 2 ? found : undefined;
  });
  expect(farewells).toHaveLength(2);

  // Desired count 0 stops all, and nothing is left on the machine.
  await house.ecs.send(new UpdateServiceCommand({ service: "web", desiredCount: 0 }));
  await waitUntilServicesStable(waiter(), { services: ["web"] });
  for (const task of await tasksOf(house, "web", "STOPPED")) await taskReaching(house, task.taskArn ?? "", "STOPPED");
  await eventually("no containers", async () => ((await house.containers()).length === 0 ? true : undefined));

  await house.ecs.send(new DeleteServiceCommand({ service: "web" }));
  await waitUntilServicesInactive(waiter(), { services: ["web"] });
});

test("a service's tasks that are killed are replaced, and the service says so", async () => {
  await house.ecs.send(new RegisterTaskDefinitionCommand({ ...webDefinition("x"), family: "phoenix" }));
  await house.ecs.send(
    new CreateServiceCommand({ serviceName: "phoenix", taskDefinition: "phoenix", desiredCount: 1 }),
  );
  await waitUntilServicesStable(waiter(), { services: ["phoenix"] });
  const [task] = await tasksOf(house, "phoenix");
  await house.engine.getContainer(task?.containers?.[0]?.runtimeId ?? "").kill();
  const stopped = await taskReaching(house, task?.taskArn ?? "", "STOPPED");
  expect(stopped).toMatchObject({
    stopCode: "EssentialContainerExited",
    stoppedReason: "Essential container in task exited",
  });
  expect(stopped.containers?.[0]?.exitCode).toBe(137);
  const next = await eventually("its replacement", async () =>
    (await tasksOf(house, "phoenix")).find(({ lastStatus }) => lastStatus === "RUNNING"),
  );
  expect(next.taskArn).not.toBe(task?.taskArn);
  await house.ecs.send(new DeleteServiceCommand({ service: "phoenix", force: true }));
  await waitUntilServicesInactive(waiter(), { services: ["phoenix"] });
});
