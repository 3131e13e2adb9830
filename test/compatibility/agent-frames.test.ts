import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ECSClient, GetTaskProtectionCommand, UpdateTaskProtectionCommand } from "@aws-sdk/client-ecs";
import type { ChannelFrame, ChannelMessages, ChannelMessageType, Connection } from "@hatoba/contract";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createSigner } from "../../packages/agent/src/channel/signer.ts";
import { openSocket } from "../../packages/agent/src/channel/socket.ts";
import { AgentSessions } from "../../packages/control-plane/src/agent-channel/agent-sessions.ts";
import { attachAgentChannel } from "../../packages/control-plane/src/agent-channel/attach.ts";
import { firstOf, temporaryKeys } from "../../packages/control-plane/src/api/http/access-keys.ts";
import { startTestServer } from "../../packages/control-plane/src/api/http/server.fixture.ts";
import { sigV4Authenticator } from "../../packages/control-plane/src/api/http/sigv4-authenticator.ts";
import { TaskCredentials } from "../../packages/control-plane/src/credentials/task-credentials.ts";
import { TemporaryCredentials } from "../../packages/control-plane/src/credentials/temporary-credentials.ts";
import {
  exampleCluster,
  exampleContainerInstance,
  exampleTask,
  exampleTaskDefinition,
} from "../../packages/control-plane/src/model/examples.ts";
import type { Task } from "../../packages/control-plane/src/model/task.ts";
import { systemClock } from "../../packages/control-plane/src/platform/clock.ts";
import { randomIds } from "../../packages/control-plane/src/platform/ids.ts";
import { silentLogger } from "../../packages/control-plane/src/platform/logger.ts";
import { defaultSettings } from "../../packages/control-plane/src/settings.ts";
import type { MemoryStore } from "../../packages/control-plane/src/store/memory-store.ts";
import { until } from "../../packages/control-plane/src/store/until.ts";
import { update } from "../../packages/control-plane/src/store/update.ts";

// The sockets as the genuine agent opens them, and the frames it was seen to send, one a line: name, frame. What they answer is put
// in their place. Source: agent protocol, sections 3.1 and 3.5 to 3.10.
const golden = new Map(
  readFileSync(join(import.meta.dirname, "golden/agent-frames.txt"), "utf8")
    .trim()
    .split("\n")
    .map((line) => [line.slice(0, line.indexOf(" ")), line.slice(line.indexOf(" ") + 1)] as const),
);

const settings = { ...defaultSettings, accountId: "123456789012" };
const clusterArn = "arn:aws:ecs:us-east-1:123456789012:cluster/demo";
const instanceArn = "arn:aws:ecs:us-east-1:123456789012:container-instance/demo/0123456789abcdef0123456789abcdef";
const taskArn = "arn:aws:ecs:us-east-1:123456789012:task/demo/00000000000000000000000000000001";
const strangerArn = "arn:aws:ecs:us-east-1:123456789012:task/demo/0000000000000000000000000000000e";
const key = { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: randomBytes(30).toString("base64") };
const root = { ...settings, arn: "arn:aws:iam::123456789012:root", userId: "0", accessKeyId: key.accessKeyId };
const rootKey = {
  lookupKey: (id: string) =>
    id === key.accessKeyId ? { secretAccessKey: key.secretAccessKey, caller: root } : undefined,
};

let server: Awaited<ReturnType<typeof startTestServer>>;
let store: MemoryStore;
let sessions: AgentSessions;
const open: Connection[] = [];
beforeEach(async () => {
  const temporary = new TemporaryCredentials(randomBytes(32));
  const keys = firstOf(rootKey, temporaryKeys(temporary, settings));
  const authenticate = sigV4Authenticator({ keys, clock: systemClock, settings });
  server = await startTestServer({ settings, open: false, authenticate });
  store = server.store;
  const credentials = new TaskCredentials(temporary);
  const deps = { store, clock: systemClock, ids: randomIds, logger: silentLogger, credentials };
  sessions = new AgentSessions(deps);
  attachAgentChannel(server, sessions, deps);
  const instance = exampleContainerInstance({ clusterArn, agentConnected: false });
  const definition = exampleTask().taskDefinitionArn;
  await store.commit([
    { kind: "cluster", arn: clusterArn, expected: 0, value: exampleCluster({ clusterName: "demo" }) },
    { kind: "containerInstance", arn: instanceArn, expected: 0, value: instance },
    { kind: "taskDefinition", arn: definition, expected: 0, value: exampleTaskDefinition() },
  ]);
});
afterEach(async () => {
  for (const connection of open.splice(0)) connection.close(1000, "");
  sessions.close();
  await server.close();
});

class GenuineAgent {
  readonly frames: ChannelFrame[] = [];
  readonly connection: Connection;
  readonly closed: Promise<number>;

  private constructor(connection: Connection) {
    this.connection = connection;
    this.closed = new Promise((resolve) => connection.onClose(resolve));
    connection.onMessage((text) => this.frames.push(JSON.parse(text) as ChannelFrame));
  }

  static async connect(more: Readonly<Record<string, string>> = {}): Promise<GenuineAgent> {
    const query = {
      agentHash: "a8b3e7d3",
      agentVersion: "1.105.1",
      clusterArn: "demo",
      containerInstanceArn: instanceArn,
      dockerVersion: "DockerVersion: 20.10.24",
      protocolVersion: "2",
      sendCredentials: "false",
      seqNum: "1",
      ...more,
    };
    const connection = await openSocket(`${server.url}/acs`, query, createSigner(key, "us-east-1"));
    open.push(connection);
    return new GenuineAgent(connection);
  }

  /** Waits for messages of a type. */
  async next<T extends ChannelMessageType>(type: T, count = 1): Promise<ChannelMessages[T]> {
    const got = () =>
      this.frames.flatMap((frame) => (frame.type === type ? [frame.message as ChannelMessages[T]] : []));
    await expect.poll(() => got().length).toBeGreaterThanOrEqual(count);
    return got()[count - 1] as ChannelMessages[T];
  }

  /** Sends a golden frame, in answer to `messageId`. */
  say(name: string, messageId: string): void {
    this.connection.send((golden.get(name) ?? "").replace(/"messageId":"[^"]*"/, `"messageId":"${messageId}"`));
  }
}
const place = (of: Partial<Task> = {}) =>
  store.commit([
    {
      kind: "task",
      arn: taskArn,
      expected: 0,
      value: exampleTask({ clusterArn, containerInstanceArn: instanceArn, lastStatus: "PENDING", ...of }),
    },
  ]);
const instance = () => store.snapshot().get("containerInstance", instanceArn)?.value;

test("on connecting: what is outstanding, stops among it, then the manifest, and a heartbeat", async () => {
  await place({ desiredStatus: "STOPPED" });
  const agent = await GenuineAgent.connect();
  await agent.next("HeartbeatMessage");
  expect(agent.frames.map(({ type }) => type)).toEqual(["PayloadMessage", "TaskManifestMessage", "HeartbeatMessage"]);
  const { clusterArn: cluster, containerInstanceArn, tasks } = await agent.next("PayloadMessage");
  expect([cluster, containerInstanceArn, tasks[0]?.desiredStatus]).toEqual([clusterArn, instanceArn, "STOPPED"]);
  expect(instance()).toMatchObject({ agentConnected: true, versionInfo: { agentVersion: "1.105.1" } });
});

test("acknowledged frames of every kind go down well", async () => {
  await place({ overrides: { taskRoleArn: "app" } });
  const agent = await GenuineAgent.connect({ sendCredentials: "true" });
  agent.say("payload", (await agent.next("PayloadMessage")).messageId);
  agent.say("credentials", (await agent.next("IAMRoleCredentialsMessage")).messageId);
  agent.say("heartbeat", (await agent.next("HeartbeatMessage")).messageId);
  const manifest = await agent.next("TaskManifestMessage");
  agent.say("payload", manifest.messageId);
  agent.say("candidates", manifest.messageId);
  const answer = await agent.next("TaskStopVerificationAck");
  expect(answer).toMatchObject({ messageId: manifest.messageId, stopTasks: [{ taskArn: strangerArn }] });
});

test("an update that the agent refuses has failed", async () => {
  const agent = await GenuineAgent.connect();
  const agentUpdate = {
    status: "PENDING",
    location: "https://releases.example/agent.tar",
    sha256: "0".repeat(64),
  } as const;
  await update(store, "containerInstance", instanceArn, (value) => ({ ...value, agentUpdate }));
  agent.say("no-updates", (await agent.next("StageUpdateMessage")).messageId);
  await until(store, () => instance()?.agentUpdate?.status === "FAILED");
});

describe("two sockets of one instance", () => {
  test("may overlap: the newest gets the work, and the instance stays connected", async () => {
    const older = await GenuineAgent.connect();
    await until(store, () => instance()?.agentConnected === true);
    const newer = await GenuineAgent.connect();
    expect(await older.closed).toBe(4001);
    await place();
    expect((await newer.next("PayloadMessage")).tasks[0]?.arn).toBe(taskArn);
    expect(instance()?.agentConnected).toBe(true);
  });
});

test("a container's calls, signed with what its task was given, are those of its role", async () => {
  await place({ overrides: { taskRoleArn: "app" }, serviceArn: "arn:aws:ecs:us-east-1:123456789012:service/demo/web" });
  const agent = await GenuineAgent.connect();
  const { roleCredentials } = (await agent.next("PayloadMessage")).tasks[0] ?? {};
  const credentials = {
    accessKeyId: roleCredentials?.accessKeyId ?? "",
    secretAccessKey: roleCredentials?.secretAccessKey ?? "",
    sessionToken: roleCredentials?.sessionToken ?? "",
  };
  const client = (of: typeof credentials) =>
    new ECSClient({ endpoint: server.url, region: "us-east-1", credentials: of, maxAttempts: 1 });
  const tasks = { cluster: "demo", tasks: [taskArn] };
  const protect = new UpdateTaskProtectionCommand({ ...tasks, protectionEnabled: true, expiresInMinutes: 5 });
  expect((await client(credentials).send(protect)).protectedTasks).toMatchObject([
    { taskArn, protectionEnabled: true },
  ]);
  const { protectedTasks } = await client(credentials).send(new GetTaskProtectionCommand(tasks));
  expect(protectedTasks?.[0]?.expirationDate?.getTime()).toBeGreaterThan(0);
  const forged = { ...credentials, sessionToken: `${credentials.sessionToken}x` };
  await expect(client(forged).send(new GetTaskProtectionCommand(tasks))).rejects.toThrow();
});
