import { request } from "node:https";
import { isDeepStrictEqual } from "node:util";
import {
  CreateClusterCommand,
  CreateServiceCommand,
  DeregisterContainerInstanceCommand,
  DescribeContainerInstancesCommand,
  DescribeTasksCommand,
  ListContainerInstancesCommand,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  type Task,
} from "@aws-sdk/client-ecs";
import { DescribeInstanceInformationCommand } from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createSigner } from "../../packages/agent/src/channel/signer.ts";
import { busyboxImage } from "../../packages/agent/src/images/build-image.ts";
import { eventually } from "../docker/house.ts";
import { Fleet, type Host } from "./fleet.ts";

// Three machines join a control plane elsewhere. The tests build upon one another, in this order.
let fleet: Fleet;
let first: Host;
let second: Host;
let third: Host;

beforeAll(async () => {
  fleet = await Fleet.start(3, ["--agent-lost-after", "30s", "--vpc-cidr", "10.212.0.0/16"]);
  [first, second, third] = fleet.hosts as [Host, Host, Host];
  await fleet.ecs.send(new CreateClusterCommand({}));
});
afterAll(async () => {
  await fleet?.[Symbol.asyncDispose]();
});

async function instances() {
  const { containerInstanceArns = [] } = await fleet.ecs.send(new ListContainerInstancesCommand({}));
  if (containerInstanceArns.length === 0) return [];
  const command = new DescribeContainerInstancesCommand({ containerInstances: containerInstanceArns });
  return (await fleet.ecs.send(command)).containerInstances ?? [];
}
const instanceOf = async (host: Host) =>
  (await instances()).find(({ ec2InstanceId }) => ec2InstanceId === host.machine().instanceId);

const isConnected = (host: Host, wanted: boolean) =>
  eventually(
    `${host.network.namespace} ${wanted ? "connected" : "not connected"}`,
    async () => ((await instanceOf(host))?.agentConnected === wanted ? true : undefined),
    240,
  );

async function tasksRunning(): Promise<readonly Task[]> {
  const { taskArns = [] } = await fleet.ecs.send(new ListTasksCommand({ serviceName: "web" }));
  if (taskArns.length === 0) return [];
  const { tasks = [] } = await fleet.ecs.send(new DescribeTasksCommand({ tasks: taskArns }));
  return tasks.filter(({ lastStatus, desiredStatus }) => lastStatus === "RUNNING" && desiredStatus === "RUNNING");
}

/**
 * Waits until the service's tasks run, each in one container, on the machine that it was placed on, and nothing else runs
 * on those machines. @returns the number of tasks on each
 */
async function settled(...hosts: readonly Host[]): Promise<readonly number[]> {
  let last: unknown;
  try {
    const ask = async () => {
      const tasks = await tasksRunning();
      const placed = await Promise.all(
        hosts.map(async (host) => {
          const instance = (await instanceOf(host))?.containerInstanceArn;
          const own = tasks.filter(({ containerInstanceArn }) => containerInstanceArn === instance);
          return { wanted: own.map(({ taskArn }) => taskArn ?? ""), there: Object.values(await host.containers()) };
        }),
      );
      last = placed;
      const agree = placed.every(
        ({ wanted, there }) => isDeepStrictEqual(new Set(wanted), new Set(there)) && wanted.length === there.length,
      );
      const counts = placed.map(({ there }) => there.length);
      return agree && counts.reduce((sum, count) => sum + count, 0) === 3 ? counts : undefined;
    };
    return await eventually("three tasks, each once, and nothing else", ask, 120);
  } catch (error) {
    throw new Error(JSON.stringify(last, undefined, 1), { cause: error });
  }
}

test("machines join by one activation, over TLS, as many as it is for", async () => {
  const flags = await fleet.activation(3);
  await Promise.all(fleet.hosts.map((host) => host.agent("join", ...flags, "--detach")));
  for (const host of fleet.hosts) {
    await isConnected(host, true);
    expect(await host.agent("status")).toContain("ACTIVE, connected");
  }
  await expect(first.agent("join", ...flags)).rejects.toThrow("already");
  const { InstanceInformationList: machines = [] } = await fleet.ssm.send(new DescribeInstanceInformationCommand({}));
  expect(new Set(machines.map(({ PingStatus, IPAddress }) => `${PingStatus} ${IPAddress}`))).toEqual(
    new Set(fleet.hosts.map(({ network }) => `Online ${network.address}`)),
  );
});

test("tasks are placed on all of them", async () => {
  await fleet.ecs.send(
    new RegisterTaskDefinitionCommand({
      family: "web",
      networkMode: "none",
      containerDefinitions: [
        {
          name: "app",
          image: busyboxImage,
          memory: 16,
          command: ["sh", "-c", "trap 'exit 0' TERM; while :; do sleep 600 & wait; done"],
        },
      ],
    }),
  );
  const placementStrategy = [{ type: "spread" as const, field: "instanceId" }];
  const service = { serviceName: "web", taskDefinition: "web", desiredCount: 3, placementStrategy };
  await fleet.ecs.send(new CreateServiceCommand(service));
  expect(await settled(first, second, third)).toEqual([1, 1, 1]);
});

test("one that is cut off keeps its task until it is given up; when it is back, the task runs once", async () => {
  const before = await first.containers();
  await first.network.unplug();
  await isConnected(first, false);
  expect(new Set(await settled(second, third))).toEqual(new Set([1, 2]));
  expect(await first.containers()).toEqual(before); // it knows nothing of it
  await first.network.plugIn();
  await isConnected(first, true);
  const counts = await settled(first, second, third);
  expect(counts).toHaveLength(3);
  const [containerId = ""] = Object.keys(before);
  expect(await first.containers()).not.toHaveProperty(containerId);
});

test("one whose agent is killed, and started again soon, is the same one, and its containers go on", async () => {
  const before = await second.containers();
  const arn = (await instanceOf(second))?.containerInstanceArn;
  second.killAgent();
  await second.agent("start", "--detach");
  await isConnected(second, true);
  await settled(first, second, third);
  expect((await instanceOf(second))?.containerInstanceArn).toBe(arn);
  expect(await second.containers()).toEqual(before);
});

test("one that is deregistered is refused from then on, and its tasks are elsewhere", async () => {
  const instance = (await instanceOf(third))?.containerInstanceArn ?? "";
  await fleet.ecs.send(new DeregisterContainerInstanceCommand({ containerInstance: instance, force: true }));
  expect(await handshake(third, "acs", { containerInstanceArn: instance })).toContain("InactiveInstanceException");
  expect(await handshake(third, "tcs", { containerInstance: instance })).toContain("InactiveInstanceException");
  await expect(third.agent("status")).rejects.toThrow("was deregistered; its key opens nothing any more");
  const { InstanceInformationList: machines = [] } = await fleet.ssm.send(new DescribeInstanceInformationCommand({}));
  expect(new Set(machines.map(({ InstanceId }) => InstanceId))).toEqual(
    new Set([first, second].map((host) => host.machine().instanceId)),
  );
  await third.agent("leave", "--force");
  expect(await third.containers()).toEqual({});
  await settled(first, second);
});

test("one that leaves takes its containers with it", async () => {
  await second.agent("leave");
  expect(await second.containers()).toEqual({});
  await settled(first);
});

/** What a signed handshake of a machine is answered. */
async function handshake(host: Host, channel: "acs" | "tcs", parameters: Record<string, string>): Promise<string> {
  const url = new URL(`${fleet.endpoint}/${channel}/ws?${new URLSearchParams(parameters).toString()}`);
  const headers = await createSigner(host.machine(), "us-east-1").sign({ method: "GET", url, headers: {} }, "ecs");
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const upgrade = {
    connection: "Upgrade",
    upgrade: "websocket",
    "sec-websocket-version": "13",
    "sec-websocket-key": Buffer.alloc(16).toString("base64"),
  };
  const sent = request(url, { headers: { ...headers, ...upgrade } }, (response) => {
    let text = "";
    response.on("data", (chunk: Buffer) => {
      text += chunk.toString();
    });
    response.once("end", () => resolve(`${response.statusCode} ${text}`));
  });
  sent.once("upgrade", (_response, socket) => {
    socket.destroy();
    resolve("it was let in");
  });
  sent.once("error", reject);
  sent.end();
  return await promise;
}
