import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type ContainerInstance,
  CreateClusterCommand,
  CreateServiceCommand,
  DeleteServiceCommand,
  DeregisterContainerInstanceCommand,
  DescribeContainerInstancesCommand,
  DescribeServicesCommand,
  DescribeTasksCommand,
  ListContainerInstancesCommand,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  StopTaskCommand,
  type Task,
  UpdateServiceCommand,
  waitUntilServicesInactive,
  waitUntilServicesStable,
} from "@aws-sdk/client-ecs";
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { CreateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { describeTask, eventually, fetchText, type House, startHouse } from "../docker/house.ts";
import { testImage } from "../docker/image.ts";
import { agentBinary, type GenuineAgent, startGenuineAgent } from "./genuine-agent.ts";

const cluster = "anywhere";

describe.skipIf(agentBinary === undefined)("the genuine Amazon ECS container agent", () => {
  let house: House;
  let image: string;
  let agent: GenuineAgent;
  const dir = mkdtempSync(join(tmpdir(), "hatoba-genuine-"));

  beforeAll(async () => {
    house = await startHouse();
    image = await testImage(house.engine);
    await house.ecs.send(new CreateClusterCommand({ clusterName: cluster }));
    agent = startGenuineAgent(house, { dir, cluster });
  });
  afterAll(async () => {
    await agent.end("SIGTERM");
    for (const { Id } of await house.engine.listContainers({
      all: true,
      filters: { label: [`com.amazonaws.ecs.cluster=${cluster}`] },
    })) {
      await house.engine.getContainer(Id).remove({ force: true, v: true });
    }
    await house.down();
    rmSync(dir, { recursive: true, force: true });
  });

  const instance = async (): Promise<ContainerInstance | undefined> => {
    const { containerInstanceArns = [] } = await house.ecs.send(new ListContainerInstancesCommand({ cluster }));
    if (containerInstanceArns.length === 0) return undefined;
    const described = await house.ecs.send(
      new DescribeContainerInstancesCommand({ cluster, containerInstances: containerInstanceArns }),
    );
    return described.containerInstances?.[0];
  };
  const connected = (yes: boolean) =>
    eventually(`agentConnected ${yes}`, async () => {
      const now = await instance();
      return now?.agentConnected === yes ? now : undefined;
    });
  const define = async (family: string, ...command: readonly string[]) => {
    const { taskDefinition } = await house.ecs.send(
      new RegisterTaskDefinitionCommand({
        family,
        requiresCompatibilities: ["EXTERNAL"],
        containerDefinitions: [
          {
            name: "app",
            image,
            memory: 32,
            essential: true,
            stopTimeout: 2,
            command: [...command],
            portMappings: [{ containerPort: 80 }],
            healthCheck: { command: ["CMD-SHELL", "test -f /tmp/ok"], interval: 5, retries: 1 },
          },
        ],
      }),
    );
    return taskDefinition?.taskDefinitionArn ?? "";
  };
  const runTask = async (taskDefinition: string): Promise<string> => {
    const { tasks, failures } = await house.ecs.send(
      new RunTaskCommand({ cluster, taskDefinition, launchType: "EXTERNAL" }),
    );
    expect(failures).toEqual([]);
    return tasks?.[0]?.taskArn ?? "";
  };
  const reaching = (task: string, what: string, is: (task: Task) => boolean) =>
    eventually(`${task} ${what}`, async () => {
      const now = await describeTask(house, task, cluster);
      return is(now) ? now : undefined;
    });
  const serving = (version: string) =>
    ["sh", "-c", `touch /tmp/ok; mkdir /w; echo ${version} >/w/index.html; exec httpd -f -p 80 -h /w`] as const;
  const urlOf = (task: Task) => `http://127.0.0.1:${task.containers?.[0]?.networkBindings?.[0]?.hostPort}/`;

  test("joins over plain HTTP with one address and one key", async () => {
    const joined = await connected(true);
    expect(joined).toMatchObject({ status: "ACTIVE", agentConnected: true });
    expect(joined.versionInfo?.agentVersion).toMatch(/^1\.\d+\.\d+$/);
    expect(joined.attributes).toContainEqual({ name: "stack", value: "dev" });
    expect(joined.attributes).toContainEqual({ name: "ecs.capability.external" });
  });

  test("runs a task, reports its port, its health, its exit code and its times", async () => {
    const task = await runTask(await define("once", "sh", "-c", "touch /tmp/ok; nc -l -p 80 -e true; exit 3"));
    const healthy = await reaching(task, "HEALTHY", ({ healthStatus }) => healthStatus === "HEALTHY");
    expect(healthy).toMatchObject({ lastStatus: "RUNNING", launchType: "EXTERNAL", connectivity: "CONNECTED" });
    await fetchText(urlOf(healthy)); // ends the program
    const stopped = await reaching(task, "STOPPED", ({ lastStatus }) => lastStatus === "STOPPED");
    expect(stopped).toMatchObject({
      stopCode: "EssentialContainerExited",
      stoppedReason: "Essential container in task exited",
      containers: [{ lastStatus: "STOPPED", exitCode: 3, runtimeId: healthy.containers?.[0]?.runtimeId }],
    });
    const { createdAt, startedAt, executionStoppedAt, stoppedAt } = stopped;
    const times = [createdAt, startedAt, executionStoppedAt, stoppedAt].map((time) => time?.getTime() ?? Number.NaN);
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });

  test("stops a task that is asked to stop", async () => {
    const task = await runTask(await define("endless", ...serving("endless")));
    await reaching(task, "RUNNING", ({ lastStatus }) => lastStatus === "RUNNING");
    await house.ecs.send(new StopTaskCommand({ cluster, task, reason: "enough" }));
    const stopped = await reaching(task, "STOPPED", ({ lastStatus }) => lastStatus === "STOPPED");
    expect(stopped).toMatchObject({ stopCode: "UserInitiated", stoppedReason: "enough" });
    expect(stopped.containers?.[0]?.exitCode).toBeGreaterThan(128);
  });

  test("says why a task did not start", async () => {
    const task = await runTask(await define("broken", "/no/such/program"));
    const stopped = await reaching(task, "STOPPED", ({ lastStatus }) => lastStatus === "STOPPED");
    expect(stopped.stopCode).toBe("TaskFailedToStart");
    expect(stopped.containers?.[0]?.reason).toMatch(/^CannotStartContainerError: .*no such file or directory/);
  });

  test("gets the secrets of its tasks from the house, as the execution role", async () => {
    const client = {
      endpoint: house.endpoint,
      region: "us-east-1",
      credentials: {
        accessKeyId: house.env["AWS_ACCESS_KEY_ID"] ?? "",
        secretAccessKey: house.env["AWS_SECRET_ACCESS_KEY"] ?? "",
      },
    };
    const role = { RoleName: "exec", PolicyName: "read" };
    const [ssm, secrets, iam] = [new SSMClient(client), new SecretsManagerClient(client), new IAMClient(client)];
    const policy = (Statement: object) => JSON.stringify({ Version: "2012-10-17", Statement });
    const trusted = { Effect: "Allow", Principal: { Service: "ecs-tasks.amazonaws.com" }, Action: "sts:AssumeRole" };
    await iam.send(new CreateRoleCommand({ ...role, AssumeRolePolicyDocument: policy(trusted) }));
    await ssm.send(new PutParameterCommand({ Name: "/app/a", Type: "SecureString", Value: "one" }));
    const made = await secrets.send(new CreateSecretCommand({ Name: "db", SecretString: '{"password":"two"}' }));
    const start = async (family: string) => {
      await house.ecs.send(
        new RegisterTaskDefinitionCommand({
          family,
          requiresCompatibilities: ["EXTERNAL"],
          executionRoleArn: "arn:aws:iam::000000000000:role/exec",
          containerDefinitions: [
            {
              name: "app",
              image,
              memory: 32,
              command: ["sh", "-c", '[ "$A$B$C" = oneonetwo ] && exit 42'],
              secrets: [
                { name: "A", valueFrom: "/app/a" },
                { name: "B", valueFrom: "arn:aws:ssm:us-east-1:000000000000:parameter/app/a" },
                { name: "C", valueFrom: `${made.ARN}:password:AWSCURRENT:` },
              ],
            },
          ],
        }),
      );
      const task = await runTask(family);
      return reaching(task, "STOPPED", ({ lastStatus }) => lastStatus === "STOPPED");
    };
    const refused = await start("refused");
    expect(refused).toMatchObject({ stopCode: "TaskFailedToStart" });
    expect(refused.stoppedReason).toMatch(/^ResourceInitializationError: .*AccessDeniedException/);
    const read = { Effect: "Allow", Action: ["ssm:GetParameters", "secretsmanager:GetSecretValue"], Resource: "*" };
    await iam.send(new PutRolePolicyCommand({ ...role, PolicyDocument: policy(read) }));
    expect((await start("secrets")).containers?.[0]?.exitCode).toBe(42);
  });

  test("carries a service over to its new version, without falling below its floor", async () => {
    const serviceName = "web";
    const waiter = { client: house.ecs, maxWaitTime: 120, minDelay: 1, maxDelay: 1 };
    await house.ecs.send(
      new CreateServiceCommand({
        cluster,
        serviceName,
        taskDefinition: await define("web", ...serving("one")),
        desiredCount: 2,
        launchType: "EXTERNAL",
        deploymentConfiguration: { minimumHealthyPercent: 100, maximumPercent: 200 },
      }),
    );
    await waitUntilServicesStable(waiter, { cluster, services: [serviceName] });
    const two = await define("web", ...serving("two"));
    await house.ecs.send(new UpdateServiceCommand({ cluster, service: serviceName, taskDefinition: two }));
    let fewest = Number.POSITIVE_INFINITY;
    await eventually("the new version alone", async () => {
      const { services } = await house.ecs.send(new DescribeServicesCommand({ cluster, services: [serviceName] }));
      fewest = Math.min(fewest, services?.[0]?.runningCount ?? 0);
      const [deployment, ...others] = services?.[0]?.deployments ?? [];
      return others.length === 0 && deployment?.rolloutState === "COMPLETED" ? true : undefined;
    });
    expect(fewest).toBeGreaterThanOrEqual(2);
    const { taskArns = [] } = await house.ecs.send(new ListTasksCommand({ cluster, serviceName }));
    const { tasks = [] } = await house.ecs.send(new DescribeTasksCommand({ cluster, tasks: taskArns }));
    expect(tasks.map(({ taskDefinitionArn }) => taskDefinitionArn)).toEqual([two, two]);
    expect(await Promise.all(tasks.map((task) => fetchText(urlOf(task))))).toEqual(["two\n", "two\n"]);
    await house.ecs.send(new DeleteServiceCommand({ cluster, service: serviceName, force: true }));
    await waitUntilServicesInactive(waiter, { cluster, services: [serviceName] });
  });

  test("takes its tasks over after SIGKILL, under the same ARN", async () => {
    const before = await connected(true);
    const task = await runTask(await define("adopted", ...serving("adopted")));
    const running = await reaching(task, "RUNNING", ({ lastStatus }) => lastStatus === "RUNNING");
    await agent.end("SIGKILL");
    await connected(false);
    expect(await fetchText(urlOf(running))).toBe("adopted\n");
    agent = startGenuineAgent(house, { dir, cluster });
    const after = await connected(true);
    expect(after.containerInstanceArn).toBe(before.containerInstanceArn);
    expect(after.attributes).toContainEqual({ name: "stack", value: "dev" });
    const same = await describeTask(house, task, cluster);
    expect(same).toMatchObject({
      lastStatus: "RUNNING",
      containers: running.containers?.map(({ runtimeId }) => ({ runtimeId })),
    });
    await house.ecs.send(new StopTaskCommand({ cluster, task }));
    await reaching(task, "STOPPED", ({ lastStatus }) => lastStatus === "STOPPED");
  });

  test("works on over a control plane that is killed, and reports what happened meanwhile", async () => {
    const waits = await runTask(await define("waits", "sh", "-c", "touch /tmp/ok; nc -l -p 80 -e true; exit 7"));
    const running = await reaching(waits, "RUNNING", ({ lastStatus }) => lastStatus === "RUNNING");
    house.kill("control-plane");
    await fetchText(urlOf(running)); // ends the program while nobody listens
    await house.hatoba("up");
    await connected(true);
    const stopped = await reaching(waits, "STOPPED", ({ lastStatus }) => lastStatus === "STOPPED");
    expect(stopped.containers?.[0]?.exitCode).toBe(7);
  });

  test("is let go: its tasks end with the registration, and it does not come back", async () => {
    const { containerInstanceArn = "" } = await connected(true);
    const task = await runTask(await define("left", ...serving("left")));
    await reaching(task, "RUNNING", ({ lastStatus }) => lastStatus === "RUNNING");
    await house.ecs.send(
      new DeregisterContainerInstanceCommand({ cluster, containerInstance: containerInstanceArn, force: true }),
    );
    await eventually("the agent is told", async () =>
      agent.log().includes("InactiveInstanceException") ? true : undefined,
    );
    expect(await instance()).toBeUndefined();
    const orphaned = await describeTask(house, task, cluster);
    expect(orphaned.desiredStatus).toBe("STOPPED");
  });
});
