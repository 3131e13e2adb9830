import { existsSync, globSync } from "node:fs";
import { join } from "node:path";
import { FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { RegisterTaskDefinitionCommand, RunTaskCommand, StopTaskCommand } from "@aws-sdk/client-ecs";
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually, type House, startHouse, taskReaching } from "./house.ts";
import { testImage } from "./image.ts";
import { receiver } from "./router/router-container.ts";

let house: House;
let image: string;
beforeAll(async () => {
  house = await startHouse();
  const client = { endpoint: house.endpoint, region: "us-east-1", credentials: keysOf(house) };
  const iam = new IAMClient(client);
  const statement = (of: object) => JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", ...of }] });
  const Principal = { Service: "ecs-tasks.amazonaws.com" };
  const AssumeRolePolicyDocument = statement({ Principal, Action: "sts:AssumeRole" });
  await iam.send(new CreateRoleCommand({ RoleName: "execution", AssumeRolePolicyDocument }));
  const PolicyDocument = statement({ Action: "ssm:GetParameters", Resource: "*" });
  await iam.send(new PutRolePolicyCommand({ RoleName: "execution", PolicyName: "p", PolicyDocument }));
  const ssm = new SSMClient(client);
  await ssm.send(new PutParameterCommand({ Name: "/router/key", Type: "SecureString", Value: "shared-key" }));
  image = await testImage(house.engine);
});
afterAll(() => house.down());

const keysOf = ({ env }: House) => ({
  accessKeyId: env["AWS_ACCESS_KEY_ID"] ?? "",
  secretAccessKey: env["AWS_SECRET_ACCESS_KEY"] ?? "",
});

interface Received {
  readonly where: string;
  readonly tag: string;
  readonly nanoseconds: number;
  readonly log: string;
  readonly container: string;
}

/** What the router printed, by its first word. */
async function printed(stream: string): Promise<readonly (readonly [string, unknown])[]> {
  const { events = [] } = await house.logs.send(
    new FilterLogEventsCommand({ logGroupName: "/router", logStreamNames: [stream] }),
  );
  return events.map(({ message = "" }) => {
    const space = message.indexOf(" ");
    return [message.slice(0, space), JSON.parse(message.slice(space + 1)) as unknown] as const;
  });
}

const script =
  "trap 'echo bye; exit 0' TERM; echo hello; until nc $FLUENT_HOST $FLUENT_PORT </dev/null 2>/dev/null; do usleep 50000; done; echo at $FLUENT_HOST; sleep 600 & wait";

test("a router takes the output of the task's other container, from its first line to its last", async () => {
  const router = receiver();
  await house.ecs.send(
    new RegisterTaskDefinitionCommand({
      family: "routed",
      volumes: [...router.volumes],
      executionRoleArn: "arn:aws:iam::000000000000:role/execution",
      containerDefinitions: [
        {
          name: "app",
          image,
          memory: 32,
          essential: true,
          stopTimeout: 5,
          command: ["sh", "-c", script],
          logConfiguration: {
            logDriver: "awsfirelens",
            options: { Name: "stdout", "exclude-pattern": "health", "log-driver-buffer-limit": "1048576" },
            secretOptions: [{ name: "Shared_Key", valueFrom: "/router/key" }],
          },
        },
        {
          name: "router",
          image,
          ...router.container,
          memory: 128,
          essential: true,
          stopTimeout: 5,
          firelensConfiguration: { type: "fluentbit" },
          logConfiguration: {
            logDriver: "awslogs",
            options: {
              "awslogs-group": "/router",
              "awslogs-region": "us-east-1",
              "awslogs-stream-prefix": "p",
              "awslogs-create-group": "true",
            },
          },
        },
      ],
    }),
  );
  const { tasks = [] } = await house.ecs.send(new RunTaskCommand({ taskDefinition: "routed" }));
  const taskArn = tasks[0]?.taskArn ?? "";
  await taskReaching(house, taskArn, "RUNNING");
  const taskId = taskArn.slice(taskArn.lastIndexOf("/") + 1);
  const stream = `p/router/${taskId}`;
  const records = async () =>
    (await printed(stream)).flatMap(([what, value]) => (what === "record" ? [value as Received] : []));
  const [, at] = await eventually("two lines at the router", async () => {
    const known = await records();
    return known.length >= 2 ? known : undefined;
  });
  expect(at).toMatchObject({ where: "socket", tag: `app-firelens-${taskId}`, log: /^at 172\.\d+/ });
  expect(at?.container).toMatch(/^\/ecs-routed-1-app-/);
  expect((await records()).some(({ nanoseconds }) => nanoseconds > 0)).toBe(true);

  const [folder = ""] = globSync(join(house.dataDir, "*", "firelens", taskId));
  expect(existsSync(join(folder, "socket", "fluent.sock"))).toBe(true);
  await house.ecs.send(new StopTaskCommand({ task: taskArn }));
  await taskReaching(house, taskArn, "STOPPED");
  const all = await eventually("the router's last words", async () => {
    const known = await printed(stream);
    return known.some(([what]) => what === "stopping") ? known : undefined;
  });
  expect(all.map(([what]) => what).filter((what) => what !== "listening")).toEqual([
    "config",
    "record",
    "record",
    "record",
    "stopping",
  ]);
  expect((await records()).map(({ log }) => log.split(" ")[0])).toEqual(["hello", "at", "bye"]);
  expect(all[0]?.[1]).toContain("    Match app-firelens*\n    Exclude log health\n");
  expect(all[0]?.[1]).toContain("    Shared_Key ${Shared_Key_0}\n");
  expect(all.at(-1)?.[1]).toBe("shared-key");
  await eventually("the folder gone", async () => (existsSync(folder) ? undefined : true));
});
