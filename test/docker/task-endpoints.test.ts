import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DescribeSubnetsCommand } from "@aws-sdk/client-ec2";
import {
  DescribeTasksCommand,
  ECSClient,
  ListClustersCommand,
  type NetworkMode,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  type Task,
} from "@aws-sdk/client-ecs";
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { eventually, type House, repository, startHouse, taskReaching } from "./house.ts";
import { testImage } from "./image.ts";

let house: House;
let image: string;
let roleArn: string;
beforeAll(async () => {
  house = await startHouse();
  image = await testImage(house.engine);
  roleArn = await makeRole();
});
afterAll(() => house.down());

/** A role that may list clusters and read task protection, and nothing else. */
async function makeRole(): Promise<string> {
  const iam = new IAMClient({ endpoint: house.endpoint, region: "us-east-1", credentials: ownKeys() });
  const trust = { Effect: "Allow", Principal: { Service: "ecs-tasks.amazonaws.com" }, Action: "sts:AssumeRole" };
  const { Role } = await iam.send(
    new CreateRoleCommand({
      RoleName: "app",
      AssumeRolePolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement: [trust] }),
    }),
  );
  const rights = {
    Effect: "Allow",
    Action: ["ecs:ListClusters", "ecs:GetTaskProtection", "ecs:UpdateTaskProtection"],
    Resource: "*",
  };
  await iam.send(
    new PutRolePolicyCommand({
      RoleName: "app",
      PolicyName: "rights",
      PolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement: [rights] }),
    }),
  );
  return Role?.Arn ?? "";
}

const ownKeys = () => ({
  accessKeyId: house.env["AWS_ACCESS_KEY_ID"] ?? "",
  secretAccessKey: house.env["AWS_SECRET_ACCESS_KEY"] ?? "",
});

async function runTask(
  networkMode: NetworkMode,
  { fargate = false, role = true }: { readonly fargate?: boolean; readonly role?: boolean } = {},
): Promise<Task> {
  const family = `${fargate ? "fargate" : "ec2"}-${networkMode}`;
  await house.ecs.send(
    new RegisterTaskDefinitionCommand({
      family,
      networkMode,
      ...(role ? { taskRoleArn: roleArn } : {}),
      ...(fargate ? { requiresCompatibilities: ["FARGATE"], cpu: "256", memory: "512" } : {}),
      containerDefinitions: [
        { name: "app", image, memory: 64, essential: true, stopTimeout: 2, command: ["sleep", "1000"] },
      ],
    }),
  );
  const { subnets } = await subnetsOf();
  const { tasks = [], failures } = await house.ecs.send(
    new RunTaskCommand({
      taskDefinition: family,
      launchType: fargate ? "FARGATE" : "EC2",
      tags: [{ key: "stage", value: "test" }],
      ...(networkMode === "awsvpc" ? { networkConfiguration: { awsvpcConfiguration: { subnets } } } : {}),
    }),
  );
  if (tasks[0] === undefined) throw new Error(`not placed: ${JSON.stringify(failures)}`);
  return taskReaching(house, tasks[0]?.taskArn ?? "", "RUNNING");
}

const subnetsOf = async () => ({
  subnets: ((await house.ec2.send(new DescribeSubnetsCommand({}))).Subnets ?? []).flatMap(({ SubnetId }) =>
    SubnetId === undefined ? [] : [SubnetId],
  ),
});

/** Runs a shell command in a task's container. @returns what it wrote to its output */
async function inside(task: Task, command: string): Promise<string> {
  const container = house.engine.getContainer(task.containers?.[0]?.runtimeId ?? "");
  const exec = await container.exec({ Cmd: ["sh", "-c", command], AttachStdout: true, AttachStderr: true });
  const stream = await exec.start({});
  const [out, errors]: [Buffer[], Buffer[]] = [[], []];
  const { promise, resolve } = Promise.withResolvers<void>();
  const { PassThrough } = await import("node:stream");
  const collect = (chunks: Buffer[]) => new PassThrough().on("data", (chunk: Buffer) => chunks.push(chunk));
  house.engine.modem.demuxStream(stream, collect(out), collect(errors));
  stream.on("end", resolve);
  await promise;
  return Buffer.concat(out).toString() || Buffer.concat(errors).toString();
}

/** What a container gets from an address, as JSON. @param path after the value of the variable */
const asked = async (task: Task, variable: string, path = ""): Promise<Record<string, unknown>> => {
  const text = await inside(task, `wget -q -O - "$${variable}${path}" 2>&1`);
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch (error) {
    throw new Error(`${variable}${path}: ${text}`, { cause: error });
  }
};

/** What a container gets as the credentials of its role. */
async function credentialsOf(task: Task) {
  const command = 'wget -q -O - "http://169.254.170.2$AWS_CONTAINER_CREDENTIALS_RELATIVE_URI" 2>&1';
  const text = await inside(task, command);
  try {
    return JSON.parse(text) as Readonly<
      Record<"RoleArn" | "AccessKeyId" | "SecretAccessKey" | "Token" | "Expiration", string>
    >;
  } catch (error) {
    throw new Error(`credentials: ${text}`, { cause: error });
  }
}

const modes = [
  ["bridge", false],
  ["host", false],
  ["awsvpc", false],
  ["awsvpc", true],
] as const;

describe.each(modes)("a task with the network mode %s, on Fargate: %s", (networkMode, fargate) => {
  let task: Task;
  beforeAll(async () => {
    task = await runTask(networkMode, { fargate });
  });

  test("reads what it is", async () => {
    const container = await asked(task, "ECS_CONTAINER_METADATA_URI_V4");
    expect(container).toMatchObject({
      DockerId: task.containers?.[0]?.runtimeId,
      Name: "app",
      Image: image,
      KnownStatus: "RUNNING",
      Type: "NORMAL",
      ContainerARN: task.containers?.[0]?.containerArn,
      Networks: [{ NetworkMode: networkMode }],
    });
    const whole = await asked(task, "ECS_CONTAINER_METADATA_URI_V4", "/taskWithTags");
    expect(whole).toMatchObject({
      Cluster: "default",
      TaskARN: task.taskArn,
      DesiredStatus: "RUNNING",
      KnownStatus: "RUNNING",
      LaunchType: fargate ? "FARGATE" : "EC2",
      TaskTags: { stage: "test" },
    });
    expect(await asked(task, "ECS_CONTAINER_METADATA_URI", "/task")).toMatchObject({ TaskARN: task.taskArn });
  });

  test("reads what it uses", async () => {
    const stats = await asked(task, "ECS_CONTAINER_METADATA_URI_V4", "/task/stats");
    expect(stats[task.containers?.[0]?.runtimeId ?? ""]).toMatchObject({ cpu_stats: {}, memory_stats: {} });
  });

  test("has keys of its role, that the house takes for what the role may do", async () => {
    const given = await credentialsOf(task);
    expect(given).toMatchObject({ RoleArn: roleArn });
    expect(Date.parse(given.Expiration)).toBeGreaterThan(Date.now());
    const client = {
      endpoint: house.endpoint,
      region: "us-east-1",
      credentials: {
        accessKeyId: given.AccessKeyId,
        secretAccessKey: given.SecretAccessKey,
        sessionToken: given.Token,
      },
    };
    const { Arn } = await new STSClient(client).send(new GetCallerIdentityCommand({}));
    expect(Arn).toMatch(/:assumed-role\/app\/[0-9a-f]{32}$/);
    const ecs = new ECSClient({ ...client, maxAttempts: 1 });
    expect((await ecs.send(new ListClustersCommand({}))).clusterArns).toHaveLength(1);
    await expect(ecs.send(new DescribeTasksCommand({ tasks: [task.taskArn ?? ""] }))).rejects.toThrow(/not authorized/);
    const log = readFileSync(join(house.dataDir, fargate ? "agent-fargate" : "agent", "audit.log"), "utf8");
    expect(log).toMatch(new RegExp(`" "Wget" ${task.taskArn} GetCredentials 2 default arn:`));
    expect(log).not.toContain(given.AccessKeyId);
  });

  test("asks for its protection, and hears the API's own refusal: it is of no service", async () => {
    expect(await asked(task, "ECS_AGENT_URI", "/task-protection/v1/state")).toMatchObject({
      failure: { Arn: task.taskArn, Reason: "TASK_NOT_VALID" },
    });
  });
});

test("the keys of a task are not in the agent's database, and come back after the agent was killed", async () => {
  const task = await runTask("bridge");
  const path = (await inside(task, "echo $AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")).trim();
  const { SecretAccessKey } = await credentialsOf(task);
  const files = ["agent.db", "agent.db-wal"].map((name) => readFileSync(join(house.dataDir, "agent", name), "latin1"));
  expect(files.join("")).toContain(path.split("/").at(-1)); // it would be found
  expect(files.join("")).not.toContain(SecretAccessKey);
  house.kill("agent");
  await house.hatoba("up");
  const again = await eventually("credentials again", async () =>
    (await credentialsOf(task).catch(() => undefined))?.SecretAccessKey ? true : undefined,
  );
  expect(again).toBe(true);
});

test("the keys of a task outlive a change of the house's key, and others come where the old one is revoked", async () => {
  const task = await runTask("bridge");
  const before = await credentialsOf(task);
  const whose = ({ AccessKeyId, SecretAccessKey, Token }: typeof before) =>
    new STSClient({
      endpoint: house.endpoint,
      region: "us-east-1",
      credentials: { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: Token },
    }).send(new GetCallerIdentityCommand({}));
  const rotate = (...options: readonly string[]) =>
    execFileSync(join(repository, "hatoba"), ["key", "rotate", "--data-dir", house.dataDir, ...options]);
  rotate();
  expect((await whose(before)).Arn).toContain("assumed-role/app/");
  rotate("--revoke");
  await expect(whose(before)).rejects.toThrow();
  const after = await eventually("other keys", async () => {
    const now = await credentialsOf(task);
    return now.AccessKeyId === before.AccessKeyId ? undefined : now;
  });
  expect((await whose(after)).Arn).toContain("assumed-role/app/");
});

test("another house on this machine serves its own tasks, and the one that stays takes the port over", async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "hatoba-second-"));
  const mine = await runTask("bridge", { role: false });
  const second = await startHouse({ dataDir });
  try {
    const first = house;
    house = second;
    const theirs = await runTask("bridge", { role: false });
    house = first;
    expect(await asked(theirs, "ECS_CONTAINER_METADATA_URI_V4", "/task")).toMatchObject({ TaskARN: theirs.taskArn });
    expect(await asked(mine, "ECS_CONTAINER_METADATA_URI_V4", "/task")).toMatchObject({ TaskARN: mine.taskArn });
    for (const agent of ["agent", "agent-fargate"] as const) house.kill(agent);
    const served = await eventually("the other house's task is served", () =>
      asked(theirs, "ECS_CONTAINER_METADATA_URI_V4", "/task").catch(() => undefined),
    );
    expect(served).toMatchObject({ TaskARN: theirs.taskArn });
    await house.hatoba("up");
    const back = await eventually("this house's task is served again", () =>
      asked(mine, "ECS_CONTAINER_METADATA_URI_V4", "/task").catch(() => undefined),
    );
    expect(back).toMatchObject({ TaskARN: mine.taskArn });
  } finally {
    await second.down();
    rmSync(dataDir, { recursive: true, force: true });
  }
});

test("a container does not reach what listens on the machine's loopback", async () => {
  const task = await runTask("bridge", { role: false });
  // Straight at the loopback, by a route of its own: what opening the bridge would allow without the filter.
  const { State } = await house.engine.getContainer(task.containers?.[0]?.runtimeId ?? "").inspect();
  const asContainer = (...command: string[]) =>
    execFileSync("nsenter", ["-t", String(State.Pid), "-n", ...command], { encoding: "utf8", stdio: "pipe" });
  const gateway = /default via (\S+)/.exec(asContainer("ip", "route"))?.[1] ?? "";
  asContainer("ip", "link", "set", "lo", "down");
  asContainer("ip", "route", "add", "127.0.0.0/8", "via", gateway);
  const { port } = new URL(house.endpoint);
  expect(() => asContainer("curl", "-s", "-m", "2", `http://127.0.0.1:${port}/healthz`)).toThrow(/curl/);
});
