import {
  type ChannelFrame,
  type ChannelTask,
  connectionPair,
  encodeFrame,
  type IAMRoleCredentials,
  type ManifestEntry,
} from "@hatoba/contract";
import { beforeEach, describe, expect, test } from "vitest";
import { ManualClock } from "../platform/clock.ts";
import { silentLogger } from "../platform/logger.ts";
import type { AssignmentHandler, Comparison, CredentialsHandler } from "./assignment-handler.ts";
import { serveWork } from "./work-session.ts";

// The frames are those of the agent protocol, sections 3.4 to 3.6.
const clusterArn = "arn:aws:ecs:us-east-1:123456789012:cluster/demo";
const containerInstanceArn =
  "arn:aws:ecs:us-east-1:123456789012:container-instance/demo/0123456789abcdef0123456789abcdef";
const taskArn = "arn:aws:ecs:us-east-1:123456789012:task/demo/00000000000000000000000000000001";
const address = {
  messageId: "8549be31-bf6f-4362-b6f9-b5f9bb68b379",
  clusterArn,
  containerInstanceArn,
  generatedAt: 1767225600000,
};
const acknowledgement = {
  type: "AckRequest",
  message: { cluster: clusterArn, containerInstance: containerInstanceArn, messageId: address.messageId },
};
const task = (desiredStatus: "RUNNING" | "STOPPED"): ChannelTask => ({
  arn: taskArn,
  taskClusterArn: clusterArn,
  family: "demo-app",
  version: "3",
  desiredStatus,
  containers: [],
});

class Handler implements AssignmentHandler {
  readonly assigned: { readonly tasks: readonly ChannelTask[]; readonly seqNum: number }[] = [];
  readonly stopped: string[] = [];
  comparison: Comparison = { outdated: false, stopCandidates: [] };
  /** When what is assigned is on disk. */
  stored: Promise<void> = Promise.resolve();

  async assign(tasks: readonly ChannelTask[], seqNum: number): Promise<void> {
    await this.stored;
    this.assigned.push({ tasks, seqNum });
  }
  async compare(_listed: readonly ManifestEntry[], _timeline: number): Promise<Comparison> {
    return this.comparison;
  }
  async stop(taskArns: readonly string[]): Promise<void> {
    this.stopped.push(...taskArns);
  }
}

const roleCredentials: IAMRoleCredentials = {
  credentialsId: "c-1",
  roleArn: "arn:aws:iam::123456789012:role/app",
  accessKeyId: "ASIAAPP",
  secretAccessKey: "secret",
  sessionToken: "token",
  expiration: "2027-01-01T00:00:00Z",
};

let clock: ManualClock;
let handler: Handler;
/** Knows the one task above. */
const credentials: CredentialsHandler = {
  take: (tasks) => ({
    tasks: tasks.map(({ desiredStatus }) => task(desiredStatus)),
    receipts: tasks.flatMap((each) => each.roleCredentials ?? []),
  }),
  update: ({ taskArn: known, roleCredentials: brought }) => (known === taskArn ? brought : undefined),
};
beforeEach(() => {
  clock = new ManualClock();
  handler = new Handler();
});

function connect() {
  const [server, agent] = connectionPair();
  const frames: unknown[] = [];
  server.onMessage((text) => frames.push(JSON.parse(text)));
  const ended = serveWork(agent, { handler, credentials, clock, logger: silentLogger, random: () => 0 });
  return { frames, ended, send: (frame: ChannelFrame) => server.send(encodeFrame(frame)), server };
}
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

describe("credentials", () => {
  const receipt = (messageId: string) => ({
    type: "IAMRoleCredentialsAckRequest",
    message: { messageId, credentialsId: "c-1", expiration: "2027-01-01T00:00:00Z" },
  });

  test("of a payload are kept apart from its tasks, and acknowledged by themselves", async () => {
    const { frames, send } = connect();
    const tasks = [{ ...task("RUNNING"), roleCredentials }];
    send({ type: "PayloadMessage", message: { ...address, seqNum: 1, tasks } });
    await turn();
    expect(handler.assigned).toEqual([{ tasks: [task("RUNNING")], seqNum: 1 }]);
    expect(frames).toEqual([acknowledgement, receipt(address.messageId)]);
  });

  test("that are new are acknowledged, unless nobody knows the task", async () => {
    const { frames, send } = connect();
    const message = { messageId: "r-1", taskArn, roleType: "TaskApplication", roleCredentials } as const;
    send({ type: "IAMRoleCredentialsMessage", message });
    send({ type: "IAMRoleCredentialsMessage", message: { ...message, messageId: "r-2", taskArn: "another" } });
    await turn();
    expect(frames).toEqual([receipt("r-1")]);
  });
});

describe("a payload", () => {
  test("is acknowledged, with what it was addressed by", async () => {
    const { frames, send } = connect();
    send({ type: "PayloadMessage", message: { ...address, seqNum: 1, tasks: [task("RUNNING")] } });
    await turn();
    expect(handler.assigned).toEqual([{ tasks: [task("RUNNING")], seqNum: 1 }]);
    expect(frames).toEqual([acknowledgement]);
  });

  test("is acknowledged only once it is stored", async () => {
    const disk = Promise.withResolvers<void>();
    handler.stored = disk.promise;
    const { frames, send } = connect();
    send({ type: "PayloadMessage", message: { ...address, seqNum: 1, tasks: [task("RUNNING")] } });
    await turn();
    expect(frames).toEqual([]);
    disk.resolve();
    await turn();
    expect(frames).toEqual([acknowledgement]);
  });

  test("that could not be stored is not acknowledged, and does not end the session", async () => {
    handler.stored = Promise.reject(new Error("disk full"));
    const { frames, send } = connect();
    send({ type: "PayloadMessage", message: { ...address, seqNum: 1, tasks: [task("RUNNING")] } });
    send({ type: "HeartbeatMessage", message: { healthy: true, messageId: "h" } });
    await turn();
    expect(frames).toEqual([{ type: "HeartbeatAckRequest", message: { messageId: "h" } }]);
  });

  test("leaves out entries that are no tasks", async () => {
    const { send } = connect();
    const broken = { family: "x" } as unknown as ChannelTask;
    send({ type: "PayloadMessage", message: { ...address, seqNum: 1, tasks: [broken, task("STOPPED")] } });
    await turn();
    expect(handler.assigned[0]?.tasks).toEqual([task("STOPPED")]);
  });
});

describe("a manifest", () => {
  const manifest: ChannelFrame = { type: "TaskManifestMessage", message: { ...address, timeline: 5, tasks: [] } };

  test("is acknowledged, and answered with what should stop", async () => {
    handler.comparison = { outdated: false, stopCandidates: [{ taskArn }] };
    const { frames, send } = connect();
    send(manifest);
    await turn();
    const stopCandidates = [{ taskArn, taskClusterArn: clusterArn, desiredStatus: "STOPPED" }];
    expect(frames).toEqual([
      acknowledgement,
      { type: "TaskStopVerificationMessage", message: { messageId: address.messageId, stopCandidates } },
    ]);
    send({
      type: "TaskStopVerificationAck",
      message: {
        messageId: address.messageId,
        generatedAt: 1,
        stopTasks: [{ taskArn, taskClusterArn: clusterArn, desiredStatus: "STOPPED" }],
      },
    });
    await turn();
    expect(handler.stopped).toEqual([taskArn]);
  });

  test("that is older than what is known gets no answer", async () => {
    handler.comparison = { outdated: true };
    const { frames, send } = connect();
    send(manifest);
    await turn();
    expect(frames).toEqual([]);
  });
});

test("an update is refused: whoever runs the machine updates it", async () => {
  const { frames, send } = connect();
  const updateInfo = { location: "https://releases.example/agent.tar", signature: "0".repeat(64) };
  send({ type: "StageUpdateMessage", message: { ...address, updateInfo } });
  await turn();
  const { clusterArn: cluster, containerInstanceArn: containerInstance, messageId } = address;
  expect(frames).toEqual([
    { type: "NackRequest", message: { cluster, containerInstance, messageId, reason: "Updates are disabled" } },
  ]);
});

describe("a connection", () => {
  test("has its heartbeats answered while a disk is slow", async () => {
    handler.stored = new Promise(() => {});
    const { frames, send } = connect();
    send({ type: "PayloadMessage", message: { ...address, seqNum: 1, tasks: [task("RUNNING")] } });
    send({ type: "HeartbeatMessage", message: { healthy: true, messageId: "h" } });
    await turn();
    expect(frames).toEqual([{ type: "HeartbeatAckRequest", message: { messageId: "h" } }]);
  });

  test("is given up after a minute without a message, not while there are heartbeats", async () => {
    const { ended, send } = connect();
    for (let beat = 0; beat < 5; beat++) {
      clock.advance(30_000);
      send({ type: "HeartbeatMessage", message: { healthy: true, messageId: String(beat) } });
      await turn();
    }
    clock.advance(60_000);
    expect((await ended).code).toBe(1001);
  });

  test("is renewed after half an hour", async () => {
    const { ended, send } = connect();
    for (let beat = 0; beat < 61; beat++) {
      send({ type: "HeartbeatMessage", message: { healthy: true, messageId: String(beat) } });
      await turn();
      clock.advance(30_000);
    }
    expect(await ended).toEqual({ code: 1000, reason: "ConnectionExpired: Reconnect to continue" });
  });
});
