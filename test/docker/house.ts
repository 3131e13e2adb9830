import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { EC2Client } from "@aws-sdk/client-ec2";
import { DescribeTasksCommand, ECSClient, ListTasksCommand, type Task } from "@aws-sdk/client-ecs";
import { STSClient } from "@aws-sdk/client-sts";
import Docker from "dockerode";

const run = promisify(execFile);
export const repository = join(import.meta.dirname, "..", "..");

/** A real house: processes started by `./hatoba up`, containers on the machine's engine. */
export interface House {
  readonly dataDir: string;
  readonly endpoint: string;
  readonly houseId: string;
  readonly ecs: ECSClient;
  readonly logs: CloudWatchLogsClient;
  readonly ec2: EC2Client;
  readonly sts: STSClient;
  readonly engine: Docker;
  /** What `./hatoba env` says, for child processes. */
  readonly env: Readonly<Record<string, string>>;
  /** Runs `./hatoba COMMAND` on this house. @returns what it printed */
  hatoba(...args: string[]): Promise<string>;
  /** Sends SIGKILL to one of its processes. */
  kill(name: "control-plane" | "agent" | "agent-fargate"): void;
  /** Every container of this house, running or not. */
  containers(): Promise<readonly Docker.ContainerInfo[]>;
  /** Ends it and everything of it. */
  down(): Promise<void>;
}

/** @param docker address of the engine, if it is not the machine's own */
export async function startHouse(
  options: { readonly docker?: string; readonly dataDir?: string; readonly sample?: boolean } = {},
): Promise<House> {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), "hatoba-house-"));
  const listen = `127.0.0.1:${await freePort()}`;
  const variables = { ...process.env, ...(options.docker === undefined ? {} : { DOCKER_HOST: options.docker }) };
  const hatoba = async (command: string, ...args: string[]) => {
    try {
      return (
        await run(join(repository, "hatoba"), [command, "--data-dir", dataDir, ...args], {
          env: variables,
          maxBuffer: 1 << 24,
        })
      ).stdout;
    } catch (error) {
      throw new Error(
        `hatoba ${command} failed:\n${(error as { stdout: string }).stdout}${(error as { stderr: string }).stderr}`,
        { cause: error },
      );
    }
  };
  // A block of its own, so that houses of one machine do not meet.
  const vpcCidr = `10.${200 + (Number(listen.split(":")[1]) % 50)}.0.0/16`;
  const upFlags = ["--listen", listen, "--vpc-cidr", vpcCidr, ...(options.sample === true ? [] : ["--no-sample"])];
  await hatoba("up", ...upFlags);
  const env = readExports(await hatoba("env"));
  const endpoint = env["AWS_ENDPOINT_URL"] ?? "";
  const client = {
    endpoint,
    region: env["AWS_REGION"] ?? "",
    credentials: { accessKeyId: env["AWS_ACCESS_KEY_ID"] ?? "", secretAccessKey: env["AWS_SECRET_ACCESS_KEY"] ?? "" },
  };
  const engine = engineAt(options.docker);
  const { houseId } = (await import("../../packages/cli/src/house/layout.ts")).layoutOf(dataDir);
  return {
    dataDir,
    endpoint,
    houseId,
    ecs: new ECSClient(client),
    logs: new CloudWatchLogsClient(client),
    ec2: new EC2Client(client),
    sts: new STSClient(client),
    engine,
    env,
    hatoba: (command = "", ...args) => hatoba(command, ...args, ...(command === "up" ? upFlags : [])),
    kill(name) {
      const { pid } = JSON.parse(readFileSync(join(dataDir, "run", `${name}.json`), "utf8")) as { pid: number };
      process.kill(pid, "SIGKILL");
    },
    containers: () => engine.listContainers({ all: true, filters: { label: [`dev.hatoba.house=${houseId}`] } }),
    async down() {
      await hatoba("down");
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** A client for an engine, the machine's own by default. */
export const engineAt = (address: string | undefined): Docker =>
  new Docker({
    socketPath: (address ?? process.env["DOCKER_HOST"] ?? "unix:///var/run/docker.sock").replace(/^unix:\/\//, ""),
  });

const readExports = (text: string): Record<string, string> =>
  Object.fromEntries([...text.matchAll(/^export (\w+)='(.*)'$/gm)].map(([, name = "", value = ""]) => [name, value]));

/** A port that nobody listens on just now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", resolve);
  await promise;
  const { port } = server.address() as { port: number };
  const closed = Promise.withResolvers<void>();
  server.close(() => closed.resolve());
  await closed.promise;
  return port;
}

/** Asks again until the answer is not undefined. @throws Error naming `what` after `seconds` */
export async function eventually<T>(what: string, ask: () => Promise<T | undefined>, seconds = 60): Promise<T> {
  for (const deadline = Date.now() + seconds * 1000; ; ) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > deadline) throw new Error(`Not within ${seconds} s: ${what}`);
    const { promise, resolve } = Promise.withResolvers<void>();
    setTimeout(resolve, 50);
    await promise;
  }
}

export async function describeTask(house: House, task: string, cluster = "default"): Promise<Task> {
  const { tasks = [] } = await house.ecs.send(new DescribeTasksCommand({ cluster, tasks: [task] }));
  if (tasks[0] === undefined) throw new Error(`There is no task ${task}`);
  return tasks[0];
}

/** The task once it has the status. @throws Error with all that is known of it, after a minute */
export async function taskReaching(
  house: House,
  task: string,
  status: "RUNNING" | "STOPPED",
  seconds = 60,
): Promise<Task> {
  let last: Task | undefined;
  try {
    return await eventually(
      `${task} ${status}`,
      async () => {
        last = await describeTask(house, task);
        return last.lastStatus === status ? last : undefined;
      },
      seconds,
    );
  } catch (error) {
    throw new Error(`The task is ${JSON.stringify(last, undefined, 1)}`, { cause: error });
  }
}

/** Every task of a service with that desired status. */
export async function tasksOf(
  house: House,
  serviceName: string,
  desiredStatus: "RUNNING" | "STOPPED" = "RUNNING",
): Promise<readonly Task[]> {
  const { taskArns = [] } = await house.ecs.send(new ListTasksCommand({ serviceName, desiredStatus }));
  if (taskArns.length === 0) return [];
  return (await house.ecs.send(new DescribeTasksCommand({ tasks: taskArns }))).tasks ?? [];
}

export async function fetchText(url: string): Promise<string | undefined> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(1000) });
    return response.ok ? await response.text() : undefined;
  } catch {
    return undefined;
  }
}
