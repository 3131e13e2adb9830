import { randomBytes } from "node:crypto";
import type { ChannelTask, HealthStatus } from "@hatoba/contract";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { TaskHealth } from "../../packages/agent/src/channel/control-plane.ts";
import { EcsApi } from "../../packages/agent/src/channel/ecs-api.ts";
import { JsonApi } from "../../packages/agent/src/channel/json-api.ts";
import { createSigner } from "../../packages/agent/src/channel/signer.ts";
import { openSocket } from "../../packages/agent/src/channel/socket.ts";
import { stayInTouch } from "../../packages/agent/src/connections.ts";
import { systemClock as agentClock } from "../../packages/agent/src/platform/clock.ts";
import { AgentSessions } from "../../packages/control-plane/src/agent-channel/agent-sessions.ts";
import { attachAgentChannel } from "../../packages/control-plane/src/agent-channel/attach.ts";
import { ecsService } from "../../packages/control-plane/src/api/ecs/service.ts";
import { type RunningServer, startServer } from "../../packages/control-plane/src/api/http/server.ts";
import { sigV4Authenticator } from "../../packages/control-plane/src/api/http/sigv4-authenticator.ts";
import {
  exampleCluster,
  exampleClusterArn,
  exampleContainer,
  exampleTask,
  exampleTaskArn,
  exampleTaskDefinition,
} from "../../packages/control-plane/src/model/examples.ts";
import { systemClock } from "../../packages/control-plane/src/platform/clock.ts";
import { randomIds } from "../../packages/control-plane/src/platform/ids.ts";
import { silentLogger } from "../../packages/control-plane/src/platform/logger.ts";
import { defaultSettings } from "../../packages/control-plane/src/settings.ts";
import { MemoryStore } from "../../packages/control-plane/src/store/memory-store.ts";
import { until } from "../../packages/control-plane/src/store/until.ts";
import { update } from "../../packages/control-plane/src/store/update.ts";

// The real sockets, over loopback: signed calls, signed handshakes, frames. No engine under them.
const credentials = { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: randomBytes(30).toString("base64") };
const caller = {
  ...defaultSettings,
  arn: "arn:aws:iam::000000000000:root",
  userId: "0",
  accessKeyId: credentials.accessKeyId,
};
const taskArn = exampleTaskArn(1);

let store: MemoryStore;
let server: RunningServer;
let sessions: AgentSessions;
let api: JsonApi;
let controlPlane: EcsApi;
let ending: AbortController;
let over: Promise<void>[];

beforeEach(async () => {
  store = new MemoryStore();
  ending = new AbortController();
  over = [];
  const deps = { store, clock: systemClock, ids: randomIds, settings: defaultSettings, logger: silentLogger };
  await store.commit([
    { kind: "cluster", arn: exampleClusterArn, expected: 0, value: exampleCluster() },
    { kind: "taskDefinition", arn: exampleTask().taskDefinitionArn, expected: 0, value: exampleTaskDefinition() },
  ]);
  const keys = {
    lookupKey: (id: string) =>
      id === credentials.accessKeyId ? { secretAccessKey: credentials.secretAccessKey, caller } : undefined,
  };
  server = await startServer({
    listen: { host: "127.0.0.1", port: 0 },
    open: false,
    services: [ecsService],
    authenticate: sigV4Authenticator({ keys, clock: systemClock, settings: defaultSettings }),
    context: (who, request) => ({ ...deps, caller: who, ...request }),
    ids: randomIds,
    logger: silentLogger,
  });
  sessions = new AgentSessions(deps);
  attachAgentChannel(server, sessions, deps);
  const signer = createSigner(credentials, defaultSettings.region);
  api = new JsonApi({ endpoint: server.url, signer, userAgent: "test" });
  controlPlane = new EcsApi({ api, clock: agentClock, cluster: "default" });
});
afterEach(async () => {
  ending.abort();
  sessions.close();
  await server.close();
  await Promise.all(over);
  api.close();
});

/** An agent with an engine that keeps what it is told, and says what is to be said of health. */
class Agent {
  readonly assigned: ChannelTask[] = [];
  readonly containerInstanceArn: string;
  private health: HealthStatus = "HEALTHY";
  private listener = () => {};

  constructor(containerInstanceArn: string) {
    this.containerInstanceArn = containerInstanceArn;
  }

  connect(signer = createSigner(credentials, defaultSettings.region)): void {
    const tasks = {
      assign: async (given: readonly ChannelTask[]) => void this.assigned.push(...given),
      compare: async () => ({ outdated: false as const, stopCandidates: [] }),
      stop: async () => {},
      health: () => (this.assigned.length === 0 ? [] : [this.taskHealth()]),
      onHealthChange: (listener: () => void) => {
        this.listener = listener;
        return () => {};
      },
    };
    over.push(
      stayInTouch({
        controlPlane,
        tasks,
        signer,
        cluster: "default",
        containerInstanceArn: this.containerInstanceArn,
        agentVersion: "1.0.0",
        engineVersion: "20.10.24",
        clock: agentClock,
        logger: silentLogger,
        signal: ending.signal,
      }),
    );
  }

  becomes(health: HealthStatus): void {
    this.health = health;
    this.listener();
  }

  private taskHealth(): TaskHealth {
    const containers = [{ containerName: "app", healthStatus: this.health, statusSince: agentClock.now() }];
    return { taskArn, family: "web", version: "1", containers };
  }
}

async function register(): Promise<Agent> {
  const { containerInstanceArn } = await controlPlane.registerContainerInstance({
    clientToken: randomIds.uuid(),
    attributes: [{ name: "ecs.os-type", value: "linux" }],
    cpu: 2048,
    memoryMiB: 4096,
    reservedTcpPorts: [22],
    reservedUdpPorts: [],
  });
  return new Agent(containerInstanceArn);
}
const instanceOf = (agent: Agent) => store.snapshot().get("containerInstance", agent.containerInstanceArn)?.value;
const isConnected = (agent: Agent) => until(store, () => instanceOf(agent)?.agentConnected === true);
const place = (agent: Agent) =>
  store.commit([
    {
      kind: "task",
      arn: taskArn,
      expected: 0,
      value: exampleTask({
        containerInstanceArn: agent.containerInstanceArn,
        lastStatus: "PENDING",
        containers: [exampleContainer()],
      }),
    },
  ]);
const taskNow = () => store.snapshot().get("task", taskArn)?.value;

test("an agent registers, connects, is given a task, reports it, and its health", async () => {
  const agent = await register();
  agent.connect();
  await isConnected(agent);
  expect(instanceOf(agent)?.versionInfo).toMatchObject({ agentVersion: "1.0.0" });
  await place(agent);
  await expect
    .poll(() => agent.assigned.map(({ arn, desiredStatus }) => [arn, desiredStatus]))
    .toEqual([[taskArn, "RUNNING"]]);
  const containers = [{ containerName: "app", runtimeId: "a".repeat(64), status: "RUNNING" as const }];
  await controlPlane.submitTaskStateChange({ task: taskArn, status: "RUNNING", containers });
  expect(taskNow()).toMatchObject({ lastStatus: "RUNNING", containers: [{ lastStatus: "RUNNING" }] });
  agent.becomes("UNHEALTHY");
  await until(store, () => taskNow()?.containers[0]?.healthStatus === "UNHEALTHY");
  await update(store, "task", taskArn, (task) => ({ ...task, desiredStatus: "STOPPED" as const }));
  await expect.poll(() => agent.assigned.at(-1)).toMatchObject({ arn: taskArn, desiredStatus: "STOPPED" });
});

describe("a handshake is refused, in words that the agent understands,", () => {
  const handshake = (containerInstanceArn: string, signer = createSigner(credentials, defaultSettings.region)) =>
    openSocket(`${server.url}/acs`, { containerInstanceArn, clusterArn: "default", seqNum: "1" }, signer);

  test("for an instance that nobody knows", async () => {
    await expect(handshake("arn:aws:ecs:us-east-1:000000000000:container-instance/default/0")).rejects.toMatchObject({
      name: "HandshakeError",
      refusal: "InvalidInstanceException",
    });
  });

  test("for one that is deregistered; its telemetry too, and its open connection is closed", async () => {
    const agent = await register();
    const connection = await handshake(agent.containerInstanceArn);
    const closed = new Promise((resolve) => connection.onClose((code, reason) => resolve([code, reason])));
    await update(store, "containerInstance", agent.containerInstanceArn, (instance) => ({
      ...instance,
      status: "INACTIVE" as const,
    }));
    expect(await closed).toEqual([4000, "InactiveInstanceException: Container instance is deregistered."]);
    const refused = { name: "HandshakeError", refusal: "InactiveInstanceException" };
    await expect(handshake(agent.containerInstanceArn)).rejects.toMatchObject(refused);
    const parameters = { containerInstance: agent.containerInstanceArn, cluster: "default" };
    const signer = createSigner(credentials, defaultSettings.region);
    await expect(openSocket(`${server.url}/tcs`, parameters, signer)).rejects.toMatchObject(refused);
  });

  test("for a wrong signature", async () => {
    const agent = await register();
    const forger = createSigner({ ...credentials, secretAccessKey: "guessed" }, defaultSettings.region);
    await expect(handshake(agent.containerInstanceArn, forger)).rejects.toMatchObject({ name: "HandshakeError" });
    expect(sessions.isConnected(agent.containerInstanceArn)).toBe(false);
  });
});

test("a message larger than any agent sends ends its connection, and nothing else", async () => {
  const agent = await register();
  const signer = createSigner(credentials, defaultSettings.region);
  const parameters = { containerInstanceArn: agent.containerInstanceArn, clusterArn: "default" };
  const rude = await openSocket(`${server.url}/acs`, parameters, signer);
  const closed = new Promise<number>((resolve) => rude.onClose(resolve));
  rude.send("x".repeat(2 * 1024 * 1024));
  expect(await closed).toBe(1009);
  agent.connect();
  await place(agent);
  await expect.poll(() => agent.assigned.length).toBeGreaterThan(0);
});
