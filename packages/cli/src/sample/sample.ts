import { setTimeout as wait } from "node:timers/promises";
import {
  CreateServiceCommand,
  DescribeServicesCommand,
  DescribeTasksCommand,
  ECSClient,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  type RegisterTaskDefinitionCommandInput,
  type Task,
  UpdateServiceCommand,
} from "@aws-sdk/client-ecs";
import { type Choices, endpointOf, readAccessKey } from "../house/house.ts";
import type { Layout } from "../house/layout.ts";
import { UserError } from "../terminal/user-error.ts";

export const sampleImage = "hatoba/hello:1";
export const sampleService = "hello";
export const sampleLogGroup = "/hatoba/hello";

/** What the sample's web server shows. */
export const samplePage = `<!doctype html>
<meta charset="utf-8">
<title>Hatoba</title>
<body style="font: 1.1rem system-ui; margin: 4rem auto; max-width: 36rem">
<h1>It runs.</h1>
<p>This page comes from a container of the service <code>hello</code> in the cluster <code>default</code>.</p>
`;

/** A client for this house, with its root key. */
export function ecsClient(layout: Layout, choices: Choices): ECSClient {
  const credentials = readAccessKey(layout);
  if (credentials === undefined) throw new UserError(`There is no access key at ${layout.credentialsFile}.`);
  return new ECSClient({ endpoint: endpointOf(choices), region: choices.region, credentials });
}

const taskDefinition = (region: string): RegisterTaskDefinitionCommandInput => ({
  family: sampleService,
  networkMode: "bridge",
  containerDefinitions: [
    {
      name: "web",
      image: sampleImage,
      memory: 32,
      cpu: 64,
      essential: true,
      // A shell in front: the first process of a container ignores SIGTERM unless it asks for it, and httpd does not.
      command: ["sh", "-c", "trap 'exit 0' TERM; httpd -f -vv -p 80 -h /www & echo serving; wait"],
      portMappings: [{ containerPort: 80, hostPort: 0 }],
      logConfiguration: {
        logDriver: "awslogs",
        options: {
          "awslogs-group": sampleLogGroup,
          "awslogs-region": region,
          "awslogs-stream-prefix": "hello",
          "awslogs-create-group": "true",
        },
      },
    },
  ],
});

/** Registers the sample's task definition and makes its service, or wakes it if it was scaled to zero. */
export async function deploySample(client: ECSClient, region: string): Promise<void> {
  const { services = [] } = await client.send(new DescribeServicesCommand({ services: [sampleService] }));
  if (services[0]?.status === "ACTIVE") {
    if (services[0].desiredCount === 0)
      await client.send(new UpdateServiceCommand({ service: sampleService, desiredCount: 1 }));
    return;
  }
  await client.send(new RegisterTaskDefinitionCommand(taskDefinition(region)));
  await client.send(
    new CreateServiceCommand({ serviceName: sampleService, taskDefinition: sampleService, desiredCount: 1 }),
  );
}

/**
 * Waits until a task of the sample answers over HTTP.
 * @returns its URL
 * @throws Error with what its newest task or service event says, after a minute
 */
export async function waitForSample(client: ECSClient, say: (doing: string) => void): Promise<string> {
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; await wait(50)) {
    const task = await newestTask(client, "RUNNING");
    const url = task && urlOf(task);
    if (url === undefined) say(`the task is ${task?.lastStatus ?? "not there yet"}`);
    else if (await serves(url)) return url;
  }
  throw new UserError(`The sample does not serve: ${await whyNot(client)}`);
}

async function newestTask(client: ECSClient, desiredStatus: "RUNNING" | "STOPPED"): Promise<Task | undefined> {
  const { taskArns = [] } = await client.send(new ListTasksCommand({ serviceName: sampleService, desiredStatus }));
  if (taskArns.length === 0) return undefined;
  const { tasks = [] } = await client.send(new DescribeTasksCommand({ tasks: taskArns }));
  return tasks.toSorted((a, b) => Number(b.createdAt) - Number(a.createdAt))[0];
}

const urlOf = (task: Task): string | undefined => {
  const port = task.containers?.[0]?.networkBindings?.[0]?.hostPort;
  return port === undefined ? undefined : `http://127.0.0.1:${port}/`;
};

async function serves(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(1000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

async function whyNot(client: ECSClient): Promise<string> {
  const stopped = await newestTask(client, "STOPPED");
  if (stopped !== undefined)
    return stopped.containers?.find(({ reason }) => reason)?.reason ?? stopped.stoppedReason ?? "its task stopped";
  const { services = [] } = await client.send(new DescribeServicesCommand({ services: [sampleService] }));
  return services[0]?.events?.[0]?.message ?? "its service has no event yet";
}
