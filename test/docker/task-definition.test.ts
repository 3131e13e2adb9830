import { GetLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { DescribeNetworkInterfacesCommand, DescribeSubnetsCommand } from "@aws-sdk/client-ec2";
import {
  type ContainerDefinition,
  RegisterTaskDefinitionCommand,
  type RegisterTaskDefinitionCommandInput,
  RunTaskCommand,
  StopTaskCommand,
  type Task,
} from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeTask, eventually, fetchText, freePort, type House, startHouse, taskReaching } from "./house.ts";
import { testImage } from "./image.ts";

let house: House;
let image: string;
let subnets: string[];
beforeAll(async () => {
  house = await startHouse();
  image = await testImage(house.engine);
  const { Subnets = [] } = await house.ec2.send(new DescribeSubnetsCommand({}));
  // The machine's container instance is in the first zone, and an EC2 task's subnet has to be in its instance's.
  const byZone = Subnets.toSorted((a, b) => (a.AvailabilityZone ?? "").localeCompare(b.AvailabilityZone ?? ""));
  subnets = byZone.map(({ SubnetId = "" }) => SubnetId);
});
afterAll(() => house.down());

const options = {
  "awslogs-group": "/definitions",
  "awslogs-region": "us-east-1",
  "awslogs-stream-prefix": "p",
  "awslogs-create-group": "true",
};
const container = (more: Partial<ContainerDefinition>): ContainerDefinition => ({
  name: "app",
  image,
  memory: 32,
  essential: true,
  stopTimeout: 2,
  logConfiguration: { logDriver: "awslogs", options },
  ...more,
});

async function run(definition: Omit<RegisterTaskDefinitionCommandInput, "family">, more: object = {}): Promise<string> {
  const family = `t-${crypto.randomUUID().slice(0, 8)}`;
  await house.ecs.send(new RegisterTaskDefinitionCommand({ family, ...definition }));
  const { tasks = [], failures } = await house.ecs.send(new RunTaskCommand({ taskDefinition: family, ...more }));
  expect(failures).toEqual([]);
  return tasks[0]?.taskArn ?? "";
}

/** What a container printed, once there are so many lines. */
async function printed(taskArn: string, name: string, lines: number): Promise<string[]> {
  const logStreamName = `p/${name}/${taskArn.split("/").at(-1)}`;
  return await eventually(`${lines} lines in ${logStreamName}`, async () => {
    const command = new GetLogEventsCommand({ logGroupName: "/definitions", logStreamName, startFromHead: true });
    const { events = [] } = await house.logs.send(command).catch(() => ({ events: [] }));
    return events.length >= lines ? events.map(({ message = "" }) => message) : undefined;
  });
}

test("environment, command, entry point, working directory, user, ulimits and memory reach the process", async () => {
  const task = await run(
    {
      containerDefinitions: [
        container({
          environment: [{ name: "COLOUR", value: "blue" }],
          entryPoint: ["sh", "-c"],
          command: [
            "echo $COLOUR $SIZE; pwd; id -u; ulimit -n; cat /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/memory.max 2>/dev/null; true",
          ],
          workingDirectory: "/tmp",
          user: "1234",
          ulimits: [{ name: "nofile", softLimit: 111, hardLimit: 222 }],
        }),
      ],
    },
    { overrides: { containerOverrides: [{ name: "app", environment: [{ name: "SIZE", value: "large" }] }] } },
  );
  expect((await taskReaching(house, task, "STOPPED")).containers?.[0]?.exitCode).toBe(0);
  expect(await printed(task, "app", 5)).toEqual(["blue large", "/tmp", "1234", "111", String(32 * 1024 * 1024)]);
});

test("a fixed host port and a dynamic one are bound and reported", async () => {
  const hostPort = await freePort();
  const serve = (name: string, port: number) =>
    container({
      name,
      command: ["sh", "-c", `mkdir /w; echo ${name} >/w/index.html; httpd -f -p 80 -h /w`],
      portMappings: [{ containerPort: 80, hostPort: port }],
    });
  const task = await taskReaching(
    house,
    await run({ containerDefinitions: [serve("fixed", hostPort), serve("dynamic", 0)] }),
    "RUNNING",
  );
  for (const name of ["fixed", "dynamic"]) {
    const bindings = task.containers?.find((each) => each.name === name)?.networkBindings ?? [];
    expect(bindings).toEqual([
      {
        bindIP: "127.0.0.1",
        containerPort: 80,
        hostPort: name === "fixed" ? hostPort : expect.any(Number),
        protocol: "tcp",
      },
    ]);
    expect(await eventually("the page", () => fetchText(`http://127.0.0.1:${bindings[0]?.hostPort}/`))).toBe(
      `${name}\n`,
    );
  }
  const again = await house.ecs.send(new RunTaskCommand({ taskDefinition: task.taskDefinitionArn }));
  expect(again.tasks).toEqual([]);
  expect(again.failures).toEqual([{ arn: expect.stringContaining(":container-instance/"), reason: "RESOURCE:PORTS" }]);
  await house.ecs.send(new StopTaskCommand({ task: task.taskArn }));
  await taskReaching(house, task.taskArn ?? "", "STOPPED");
});

test("a volume is shared inside the task, and containers start in the order of dependsOn", async () => {
  const mountPoints = [{ sourceVolume: "shared", containerPath: "/shared" }];
  const task = await run({
    volumes: [{ name: "shared", host: {} }],
    containerDefinitions: [
      container({
        name: "reader",
        command: ["cat", "/shared/note"],
        mountPoints,
        dependsOn: [{ containerName: "writer", condition: "SUCCESS" }],
      }),
      container({
        name: "writer",
        essential: false,
        command: ["sh", "-c", "sleep 0.5; echo written >/shared/note"],
        mountPoints,
      }),
    ],
  });
  const stopped = await taskReaching(house, task, "STOPPED");
  expect(stopped.containers?.map(({ name, exitCode }) => [name, exitCode])).toEqual([
    ["reader", 0],
    ["writer", 0],
  ]);
  expect(await printed(task, "reader", 1)).toEqual(["written"]);
});

test("a container that waits for another to be healthy", async () => {
  const healthCheck = { command: ["CMD-SHELL", "test -f /tmp/ok"], interval: 5, timeout: 2, retries: 3 };
  const task = await run({
    containerDefinitions: [
      container({ name: "base", command: ["sh", "-c", "touch /tmp/ok; sleep 60"], healthCheck }),
      container({
        name: "app",
        command: ["sh", "-c", "echo after"],
        dependsOn: [{ containerName: "base", condition: "HEALTHY" }],
      }),
    ],
  });
  await taskReaching(house, task, "STOPPED");
  expect(await printed(task, "app", 1)).toEqual(["after"]);
});

test("host mode uses the machine's ports, none has no network", async () => {
  const port = await freePort();
  const command = ["sh", "-c", `mkdir /w; echo host >/w/index.html; httpd -f -p ${port} -h /w`];
  const host = await run({ networkMode: "host", containerDefinitions: [container({ command })] });
  expect(await eventually("the page", () => fetchText(`http://127.0.0.1:${port}/`))).toBe("host\n");
  await house.ecs.send(new StopTaskCommand({ task: host }));
  const none = await run({
    networkMode: "none",
    containerDefinitions: [container({ command: ["sh", "-c", "ls /sys/class/net"] })],
  });
  await taskReaching(house, none, "STOPPED");
  expect(await printed(none, "app", 1)).toEqual(["lo"]);
});

const networkConfiguration = () => ({ awsvpcConfiguration: { subnets: subnets.slice(0, 1) } });
const addressOf = (task: Task) =>
  task.attachments?.[0]?.details?.find(({ name }) => name === "privateIPv4Address")?.value ?? "";

test.each(["EC2", "FARGATE"] as const)(
  "awsvpc on %s: an address of its own, localhost shared inside the task and not between tasks",
  async (launchType) => {
    const serve = container({
      name: "web",
      command: ["sh", "-c", "mkdir /w; echo inside >/w/index.html; httpd -f -p 8080 -h /w"],
    });
    const look = container({
      name: "look",
      essential: false,
      command: ["sh", "-c", "until wget -q -O - http://127.0.0.1:8080/ 2>/dev/null; do sleep 0.1; done"],
    });
    const size = {
      cpu: "256",
      memory: "512",
      networkMode: "awsvpc" as const,
      requiresCompatibilities: [launchType],
      executionRoleArn: "arn:aws:iam::000000000000:role/execution",
    };
    const where = { launchType, networkConfiguration: networkConfiguration() };
    const arn = await run({ ...size, containerDefinitions: [serve, look] }, where);
    const task = await taskReaching(house, arn, "RUNNING");
    const address = addressOf(task);
    expect(task.attachments).toMatchObject([{ type: "ElasticNetworkInterface", status: "ATTACHED" }]);
    expect(task.containers?.[0]?.networkInterfaces).toMatchObject([{ privateIpv4Address: address }]);
    expect(await eventually("the page at the task's address", () => fetchText(`http://${address}:8080/`))).toBe(
      "inside\n",
    );
    expect(await printed(arn, "look", 1)).toEqual(["inside"]);
    expect(task.containerInstanceArn === undefined).toBe(launchType === "FARGATE");

    const { NetworkInterfaces = [] } = await house.ec2.send(new DescribeNetworkInterfacesCommand({}));
    expect(NetworkInterfaces.map(({ PrivateIpAddress }) => PrivateIpAddress)).toContain(address);

    const alone = await run(
      {
        ...size,
        containerDefinitions: [
          container({ command: ["sh", "-c", "wget -q -O - http://127.0.0.1:8080/ || echo alone"] }),
        ],
      },
      where,
    );
    await taskReaching(house, alone, "STOPPED");
    expect(await printed(alone, "app", 1)).toContain("alone");

    const neighbour = container({ command: ["wget", "-q", "-O", "-", `http://${address}:8080/`] });
    const other = await run(
      { ...size, requiresCompatibilities: ["FARGATE"], containerDefinitions: [neighbour] },
      { launchType: "FARGATE", networkConfiguration: { awsvpcConfiguration: { subnets: subnets.slice(1, 2) } } },
    );
    await taskReaching(house, other, "STOPPED");
    expect(await printed(other, "app", 1)).toEqual(["inside"]);

    await house.ecs.send(new StopTaskCommand({ task: arn }));
    await taskReaching(house, arn, "STOPPED");
    expect((await describeTask(house, arn)).attachments?.[0]?.status).toBe("DELETED");
    await eventually("the interface is gone", async () => {
      const left = await house.ec2.send(new DescribeNetworkInterfacesCommand({}));
      return left.NetworkInterfaces?.some(({ PrivateIpAddress }) => PrivateIpAddress === address) ? undefined : true;
    });
  },
);
