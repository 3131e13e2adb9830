import {
  type ChannelFrame,
  type ChannelMessages,
  type ChannelMessageType,
  type Connection,
  connectionPair,
  type PayloadMessage,
} from "@hatoba/contract";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { TaskCredentials } from "../credentials/task-credentials.ts";
import { TemporaryCredentials } from "../credentials/temporary-credentials.ts";
import {
  exampleContainerInstance,
  exampleContainerInstanceArn,
  exampleTask,
  exampleTaskArn,
  exampleTaskDefinition,
} from "../model/examples.ts";
import type { Task } from "../model/task.ts";
import { ManualClock } from "../platform/clock.ts";
import { countingIds } from "../platform/ids.ts";
import { silentLogger } from "../platform/logger.ts";
import { MemoryStore } from "../store/memory-store.ts";
import type { Change, Store, Write } from "../store/store.ts";
import { until } from "../store/until.ts";
import { update } from "../store/update.ts";
import { type AgentSaying, AgentSessions, refusalFor } from "./agent-sessions.ts";
import { versionsOf } from "./attach.ts";

const instanceArn = exampleContainerInstanceArn(1);
let store: MemoryStore;
let clock: ManualClock;
let sessions: AgentSessions;

beforeEach(async () => {
  store = new MemoryStore();
  clock = new ManualClock();
  const credentials = new TaskCredentials(new TemporaryCredentials(Buffer.alloc(32, 7)));
  sessions = new AgentSessions({ store, clock, ids: countingIds(), logger: silentLogger, credentials });
  await store.commit([
    ...[1, 2].map((number) => ({
      kind: "containerInstance" as const,
      arn: exampleContainerInstanceArn(number),
      expected: 0,
      value: exampleContainerInstance({ agentConnected: false }),
    })),
    { kind: "taskDefinition", arn: exampleTask().taskDefinitionArn, expected: 0, value: exampleTaskDefinition() },
  ]);
});
afterEach(() => sessions.close());

/** The agent's end: all frames it got, and how its connection ended. */
class Agent {
  readonly frames: ChannelFrame[] = [];
  readonly connection: Connection & { breakOff(): void };
  closed: readonly [number, string] | undefined;

  /** What the server's end has not got rid of. */
  buffered = 0;

  constructor(containerInstanceArn = instanceArn, said: AgentSaying = {}) {
    const [server, agent] = connectionPair();
    Object.defineProperty(server, "bufferedBytes", { get: () => this.buffered });
    this.connection = agent;
    agent.onMessage((text) => this.frames.push(JSON.parse(text) as ChannelFrame));
    agent.onClose((code, reason) => {
      this.closed = [code, reason];
    });
    sessions.open(server, containerInstanceArn, said);
  }

  /** Messages of one type, in order. */
  got<T extends ChannelMessageType>(type: T): readonly ChannelMessages[T][] {
    return this.frames.flatMap((frame) => (frame.type === type ? [frame.message as ChannelMessages[T]] : []));
  }

  answer(type: "AckRequest" | "NackRequest" | "IAMRoleCredentialsAckRequest", message: object): void {
    this.connection.send(JSON.stringify({ type, message }));
  }

  payloads(): readonly PayloadMessage[] {
    return this.frames.flatMap((frame) => (frame.type === "PayloadMessage" ? [frame.message] : []));
  }

  acknowledge({
    messageId,
    clusterArn,
    containerInstanceArn,
  }: Pick<PayloadMessage, "messageId" | "clusterArn" | "containerInstanceArn">): void {
    const message = { messageId, cluster: clusterArn, containerInstance: containerInstanceArn };
    this.connection.send(JSON.stringify({ type: "AckRequest", message }));
  }
}

/** A store whose commits wait until they are let through. */
class SlowStore implements Store {
  private readonly store: Store;
  private readonly waiting: (() => Promise<unknown>)[] = [];

  constructor(inner: Store) {
    this.store = inner;
  }
  snapshot = () => this.store.snapshot();
  accepted = () => this.store.accepted();
  watch = (since: number, signal: AbortSignal) => this.store.watch(since, signal);
  onChange = (listener: (change: Change) => void) => this.store.onChange(listener);
  close = () => this.store.close();
  commit(writes: readonly Write[]): Promise<number> {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    this.waiting.push(() => this.store.commit(writes).then(resolve, reject));
    return promise;
  }
  async passNext(): Promise<void> {
    await turn();
    await this.waiting.shift()?.();
    await turn();
  }
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

async function place(id: number, more: Partial<Task> = {}): Promise<string> {
  const arn = exampleTaskArn(id);
  const value = exampleTask({
    containerInstanceArn: instanceArn,
    lastStatus: "PENDING",
    desiredStatus: "RUNNING",
    ...more,
  });
  await store.commit([{ kind: "task", arn, expected: 0, value }]);
  return arn;
}
const wish = (arn: string, change: Partial<Task>) => update(store, "task", arn, (task) => ({ ...task, ...change }));
const connected = () => store.snapshot().get("containerInstance", instanceArn)?.value.agentConnected;

describe("a connection", () => {
  test("begins with what is outstanding, then a manifest that comes after it", async () => {
    const [one, two] = [await place(1), await place(2, { desiredStatus: "STOPPED" })];
    await place(3, { desiredStatus: "STOPPED", lastStatus: "STOPPED" });
    const agent = new Agent();
    await turn();
    const [payload] = agent.payloads();
    expect(payload?.tasks.map(({ arn, desiredStatus }) => [arn, desiredStatus])).toEqual([
      [two, "STOPPED"],
      [one, "RUNNING"],
    ]);
    const manifest = agent.frames.find((frame) => frame.type === "TaskManifestMessage")?.message;
    expect(manifest?.tasks.map(({ taskArn, desiredStatus }) => [taskArn, desiredStatus])).toEqual([
      [one, "RUNNING"],
      [two, "STOPPED"],
    ]);
    expect(manifest?.timeline).toBeGreaterThan(payload?.seqNum ?? Infinity);
  });

  test("hears of a task the moment it is placed, and of the wish to stop it; nothing is said twice", async () => {
    const agent = new Agent();
    await turn();
    const arn = await place(1);
    await turn();
    await wish(arn, { lastStatus: "RUNNING" });
    await turn();
    expect(agent.payloads().map(({ tasks }) => tasks.map(({ desiredStatus }) => desiredStatus))).toEqual([["RUNNING"]]);
    await wish(arn, { desiredStatus: "STOPPED" });
    await turn();
    expect(agent.payloads().at(-1)?.tasks).toMatchObject([{ arn, desiredStatus: "STOPPED", containers: [] }]);
    const numbers = agent.payloads().map(({ seqNum }) => seqNum);
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
  });

  test("tasks placed in one commit go in one payload, very many in several", async () => {
    const agent = new Agent();
    await turn();
    const value = exampleTask({ containerInstanceArn: instanceArn, lastStatus: "PENDING", desiredStatus: "RUNNING" });
    await store.commit(
      Array.from({ length: 120 }, (_, id) => ({ kind: "task" as const, arn: exampleTaskArn(id), expected: 0, value })),
    );
    await turn();
    expect(agent.payloads().map(({ tasks }) => tasks.length)).toEqual([50, 50, 20]);
  });

  test("gets again what it has not acknowledged, and nothing that it has", async () => {
    const agent = new Agent();
    await turn();
    const arn = await place(1);
    await turn();
    clock.advance(20_000);
    await turn();
    expect(agent.payloads()).toHaveLength(2);
    const [, again] = agent.payloads();
    expect(again?.tasks[0]?.arn).toBe(arn);
    if (again !== undefined) agent.acknowledge(again);
    await turn();
    clock.advance(60_000);
    await turn();
    expect(agent.payloads()).toHaveLength(2);
  });

  test("a STOPPED report answers a payload that was not acknowledged", async () => {
    const agent = new Agent();
    await turn();
    const arn = await place(1);
    await turn();
    await wish(arn, { desiredStatus: "STOPPED", lastStatus: "STOPPED" });
    clock.advance(60_000);
    await turn();
    expect(agent.payloads()).toHaveLength(1);
  });

  test("is sent no more than it reads; the rest follows when it has read", async () => {
    const agent = new Agent();
    await turn();
    agent.buffered = 9 * 1024 * 1024;
    for (let id = 0; id < 3; id++) await place(id);
    await turn();
    clock.advance(5_000);
    await turn();
    expect(agent.payloads()).toHaveLength(0);
    agent.buffered = 0;
    clock.advance(1_000);
    await turn();
    expect(agent.payloads().flatMap(({ tasks }) => tasks)).toHaveLength(3);
  });

  test("is given up after three minutes without a word, not while its heartbeats are answered", async () => {
    const [dead, live] = [new Agent(), new Agent(exampleContainerInstanceArn(2))];
    for (let beat = 0; beat < 6; beat++) {
      clock.advance(30_000);
      live.connection.send(JSON.stringify({ type: "HeartbeatAckRequest", message: { messageId: "h" } }));
      await turn();
    }
    expect([dead.closed, live.closed]).toEqual([undefined, undefined]);
    clock.advance(30_000);
    await turn();
    expect(dead.closed?.[0]).toBe(1001);
    expect(live.closed).toBeUndefined();
    clock.advance(2_000);
    await until(store, () => connected() === false);
  });

  test("hears of a task that was given up just when it came back", async () => {
    const arn = await place(1);
    const agent = new Agent();
    await turn();
    await wish(arn, { desiredStatus: "STOPPED", lastStatus: "STOPPED", stopCode: "TerminationNotice" });
    await turn();
    expect(agent.payloads().at(-1)?.tasks).toMatchObject([{ arn, desiredStatus: "STOPPED" }]);
  });

  test("has a heartbeat every thirty seconds", async () => {
    const agent = new Agent();
    for (let beat = 0; beat < 4; beat++) clock.advance(30_000);
    await turn();
    expect(agent.frames.filter(({ type }) => type === "HeartbeatMessage")).toHaveLength(5);
  });

  test("is told to stop of its candidates just what nobody wants there", async () => {
    const [wanted, unwanted] = [await place(1), await place(2, { desiredStatus: "STOPPED" })];
    const agent = new Agent();
    const stopCandidates = [wanted, unwanted, exampleTaskArn(9)].map((taskArn) => ({
      taskArn,
      taskClusterArn: "c",
      desiredStatus: "STOPPED",
    }));
    agent.connection.send(
      JSON.stringify({ type: "TaskStopVerificationMessage", message: { messageId: "m", stopCandidates } }),
    );
    await turn();
    const answer = agent.frames.find((frame) => frame.type === "TaskStopVerificationAck")?.message;
    expect(answer?.messageId).toBe("m");
    expect(answer?.stopTasks.map(({ taskArn }) => taskArn)).toEqual([unwanted, exampleTaskArn(9)]);
  });

  test.each([
    "",
    "{",
    "[]",
    '{"type":1}',
    '{"type":"AckRequest"}',
    '{"type":"AckRequest","message":{}}',
    '{"type":"Nonsense","message":{}}',
  ])("survives the message %j", async (text) => {
    const agent = new Agent();
    agent.connection.send(text);
    await place(1);
    await turn();
    expect(agent.payloads()).toHaveLength(1);
  });
});

describe("a payload that is not acknowledged", () => {
  const others = async () => {
    const agent = new Agent();
    await turn();
    const arns = [exampleTaskArn(1), exampleTaskArn(2)];
    const value = exampleTask({ containerInstanceArn: instanceArn, lastStatus: "PENDING", desiredStatus: "RUNNING" });
    await store.commit(arns.map((arn) => ({ kind: "task", arn, expected: 0, value })));
    await turn();
    return agent;
  };
  /** The agent is there all the time. */
  const pass = async (agent: Agent, milliseconds: number) => {
    for (let passed = 0; passed < milliseconds; passed += 10_000) {
      clock.advance(10_000);
      agent.connection.send(JSON.stringify({ type: "HeartbeatAckRequest", message: { messageId: "h" } }));
      await turn();
    }
  };
  const sizes = (agent: Agent) => agent.payloads().map(({ tasks }) => tasks.length);

  test("is said again together once, then task by task, so that one bad task does not hold up the others", async () => {
    const agent = await others();
    await pass(agent, 40_000);
    expect(sizes(agent)).toEqual([2, 2, 1, 1]);
  });

  test("is answered for by UnrecogniedTaskError: that task is not said again, the others are", async () => {
    const agent = await others();
    await wish(exampleTaskArn(1), { desiredStatus: "STOPPED", lastStatus: "STOPPED", stopCode: "TaskFailedToStart" });
    await pass(agent, 20_000);
    expect(
      agent
        .payloads()
        .at(-1)
        ?.tasks.map(({ arn }) => arn),
    ).toEqual([exampleTaskArn(2)]);
  });

  test("is answered for by the task's running", async () => {
    const agent = await others();
    for (const arn of [exampleTaskArn(1), exampleTaskArn(2)]) await wish(arn, { lastStatus: "RUNNING" });
    await pass(agent, 120_000);
    expect(sizes(agent)).toEqual([2]);
  });

  test("is said ever more seldom", async () => {
    const agent = await others();
    agent.answer("AckRequest", { messageId: agent.got("TaskManifestMessage")[0]?.messageId });
    await pass(agent, 1_800_000);
    expect(sizes(agent).length).toBeGreaterThan(20);
    expect(sizes(agent).length).toBeLessThan(70);
  });

  test("and refused is not said again on that connection, and is on the next one", async () => {
    const agent = await others();
    agent.answer("NackRequest", { messageId: agent.payloads()[0]?.messageId, reason: "no" });
    await pass(agent, 120_000);
    expect(sizes(agent)).toEqual([2]);
    const next = new Agent();
    await turn();
    expect(sizes(next)).toEqual([2]);
  });
});

describe("credentials", () => {
  const roles = { taskRoleArn: "arn:aws:iam::000000000000:role/app", executionRoleArn: "execution" };
  const withRoles = (id: number, more: Partial<Task> = {}) => place(id, { overrides: roles, ...more });
  const brought = (agent: Agent) =>
    agent.got("IAMRoleCredentialsMessage").map(({ taskArn, roleType }) => [taskArn, roleType]);
  const beats = async (agent: Agent, milliseconds: number) => {
    for (let passed = 0; passed < milliseconds; passed += 60_000) {
      clock.advance(60_000);
      agent.connection.send(JSON.stringify({ type: "HeartbeatAckRequest", message: { messageId: "h" } }));
      await turn();
    }
  };
  const acknowledgeAll = (agent: Agent) => {
    for (const { messageId, roleCredentials } of agent.got("IAMRoleCredentialsMessage"))
      agent.answer("IAMRoleCredentialsAckRequest", { messageId, ...roleCredentials });
  };

  test("come with the payload of a task that has roles, by name or ARN, and with no other", async () => {
    const agent = new Agent();
    await turn();
    await place(1);
    await withRoles(2);
    await turn();
    const [plain, payload] = agent.payloads().map(({ tasks }) => tasks[0]);
    expect([plain?.roleCredentials, plain?.executionRoleCredentials]).toEqual([undefined, undefined]);
    expect(payload?.roleCredentials).toMatchObject({ roleArn: roles.taskRoleArn, expiration: "2026-01-01T06:00:00Z" });
    expect(payload?.executionRoleCredentials?.roleArn).toBe("arn:aws:iam::000000000000:role/execution");
    expect(payload?.executionRoleCredentials?.credentialsId).not.toBe(payload?.roleCredentials?.credentialsId);
  });

  test("are brought again to every task that is not stopped when the agent says that it has none", async () => {
    const [one, two] = [await withRoles(1), await withRoles(2, { desiredStatus: "STOPPED" })];
    await withRoles(3, { desiredStatus: "STOPPED", lastStatus: "STOPPED" });
    await place(4);
    const [silent, asking] = [new Agent(), new Agent(instanceArn, { sendCredentials: true })];
    await turn();
    expect(brought(silent)).toEqual([]);
    expect(brought(asking)).toEqual(
      [one, two].flatMap((arn) => [
        [arn, "TaskApplication"],
        [arn, "TaskExecution"],
      ]),
    );
  });

  test("are new each hour, under their ids", async () => {
    await withRoles(1);
    const agent = new Agent();
    await turn();
    const first = agent.payloads()[0]?.tasks[0]?.roleCredentials;
    await beats(agent, 66 * 60_000);
    acknowledgeAll(agent);
    const [renewed] = agent.got("IAMRoleCredentialsMessage");
    expect(renewed?.roleCredentials.credentialsId).toBe(first?.credentialsId);
    expect(renewed?.roleCredentials).toMatchObject({ expiration: "2026-01-01T07:00:00Z" });
    await beats(agent, 60 * 60_000);
    expect(agent.got("IAMRoleCredentialsMessage").at(-1)?.roleCredentials.expiration).toBe("2026-01-01T08:00:00Z");
  });

  test("come at once when those of before are to open nothing any more", async () => {
    const arn = await withRoles(1, { overrides: { taskRoleArn: "a" } });
    const agent = new Agent(instanceArn);
    await turn();
    const before = brought(agent).length;
    sessions.renewCredentials();
    await turn();
    expect(brought(agent).slice(before)).toEqual([[arn, expect.anything()]]);
  });

  test("reach no log, whatever the agent makes of them", async () => {
    const lines: unknown[] = [];
    const log = (...said: unknown[]) => void lines.push(said);
    const logger = { ...silentLogger, debug: log, info: log, warn: log, error: log };
    const credentials = new TaskCredentials(new TemporaryCredentials(Buffer.alloc(32, 7)));
    sessions = new AgentSessions({ store, clock, ids: countingIds(), logger, credentials });
    await withRoles(1);
    const agent = new Agent(instanceArn, { sendCredentials: true });
    await turn();
    const [payload, renewed] = [agent.payloads()[0], agent.got("IAMRoleCredentialsMessage")[0]];
    agent.answer("NackRequest", { messageId: payload?.messageId, reason: "no" });
    agent.answer("IAMRoleCredentialsAckRequest", {});
    agent.connection.send(JSON.stringify({ type: "IAMRoleCredentialsMessage", message: {} }));
    agent.connection.send(JSON.stringify({ type: "PayloadMessage", message: renewed }));
    await turn();
    expect(lines.length).toBeGreaterThan(2);
    const { credentialsId, secretAccessKey, sessionToken } = renewed?.roleCredentials ?? {};
    for (const secret of [credentialsId, secretAccessKey, sessionToken]) {
      expect(secret).toMatch(/./);
      expect(JSON.stringify(lines)).not.toContain(secret);
    }
  });

  test("that are not acknowledged come again, a few times, and not once their task has stopped", async () => {
    const [one, two] = [
      await withRoles(1, { overrides: { taskRoleArn: "a" } }),
      await withRoles(2, { overrides: { taskRoleArn: "a" } }),
    ];
    const agent = new Agent(instanceArn, { sendCredentials: true });
    await turn();
    agent.answer("IAMRoleCredentialsAckRequest", {
      messageId: agent.got("IAMRoleCredentialsMessage")[0]?.messageId,
      credentialsId: "c",
    });
    await turn();
    await beats(agent, 300_000);
    expect(brought(agent).filter(([arn]) => arn === one)).toHaveLength(1);
    expect(brought(agent).filter(([arn]) => arn === two)).toHaveLength(5);
    const again = new Agent(instanceArn, { sendCredentials: true });
    await wish(two, { desiredStatus: "STOPPED", lastStatus: "STOPPED" });
    await turn();
    await beats(again, 120_000);
    expect(brought(again).filter(([arn]) => arn === two)).toHaveLength(1);
  });
});

describe("a manifest", () => {
  const manifests = (agent: Agent) =>
    agent.frames.flatMap((frame) => (frame.type === "TaskManifestMessage" ? [frame.message] : []));

  test("is sent again, with a greater number and as it then is, until it is acknowledged", async () => {
    const agent = new Agent();
    await turn();
    clock.advance(20_000);
    const arn = await place(1);
    clock.advance(20_000);
    await turn();
    const all = manifests(agent);
    expect(all.map(({ tasks }) => tasks.map(({ taskArn }) => taskArn))).toEqual([[], [], [arn]]);
    const [, second, third] = all;
    expect(third?.timeline).toBeGreaterThan(second?.timeline ?? Infinity);
    if (third !== undefined) agent.acknowledge(third);
    await turn();
    clock.advance(60_000);
    await turn();
    expect(manifests(agent)).toHaveLength(3);
  });

  test("of the next connection has a greater number, although nothing was committed in between", async () => {
    const agent = new Agent();
    await until(store, () => connected() === true);
    await turn();
    const numbers = [agent, new Agent(), new Agent()].map(async (each) => {
      await turn();
      return manifests(each)[0]?.timeline ?? NaN;
    });
    const [first = NaN, second = NaN, third = NaN] = await Promise.all(numbers);
    expect(second).toBeGreaterThan(first);
    expect(third).toBeGreaterThan(second);
  });

  test("soon passes the count of an agent that has seen a store far ahead of this one", async () => {
    const agent = new Agent();
    for (let times = 0; times < 20; times++) {
      await turn();
      clock.advance(20_000);
      agent.connection.send(JSON.stringify({ type: "HeartbeatAckRequest", message: { messageId: "h" } }));
    }
    await turn();
    expect(manifests(agent).at(-1)?.timeline).toBeGreaterThan(1_000_000);
  });
});

describe("agentConnected", () => {
  test("is true while there is a socket, and for a moment after", async () => {
    const agent = new Agent();
    await until(store, () => connected() === true);
    agent.connection.breakOff();
    clock.advance(1_900);
    await turn();
    expect(connected()).toBe(true);
    clock.advance(200);
    await until(store, () => connected() === false);
  });

  test("stays true over a reconnection", async () => {
    const agent = new Agent();
    await until(store, () => connected() === true);
    agent.connection.breakOff();
    new Agent();
    clock.advance(60_000);
    await turn();
    expect(connected()).toBe(true);
  });

  test("is true after a reconnection while its loss was being written", async () => {
    const slow = new SlowStore(store);
    sessions = new AgentSessions({ store: slow, clock, ids: countingIds(), logger: silentLogger });
    const agent = new Agent();
    await slow.passNext();
    agent.connection.breakOff();
    clock.advance(2_000);
    new Agent(); // sees `true`, and has nothing to write
    await slow.passNext(); // the loss
    await slow.passNext();
    expect(connected()).toBe(true);
  });

  test("becomes false when an instance is deregistered", async () => {
    new Agent();
    await until(store, () => connected() === true);
    await update(store, "containerInstance", instanceArn, (instance) => ({ ...instance, status: "INACTIVE" as const }));
    clock.advance(2_000);
    await until(store, () => connected() === false);
  });

  test("is left alone by sessions that are closed", async () => {
    const agent = new Agent();
    await until(store, () => connected() === true);
    agent.connection.breakOff();
    sessions.close();
    clock.advance(10_000);
    await turn();
    expect(connected()).toBe(true);
  });

  test("becomes false for an agent that does not come back after the control plane has", async () => {
    await update(store, "containerInstance", instanceArn, (instance) => ({ ...instance, agentConnected: true }));
    new AgentSessions({ store, clock, ids: countingIds(), logger: silentLogger });
    clock.advance(4_000);
    await until(store, () => connected() === false);
  });
});

describe("versions", () => {
  const versions = () => store.snapshot().get("containerInstance", instanceArn)?.value.versionInfo;

  test("are kept as the agent says them in its handshake, and stay when it says none", async () => {
    const said = new URLSearchParams(
      "agentVersion=1.0.0&agentHash=abc&dockerVersion=DockerVersion%3A+20.10.24&seqNum=1",
    );
    const [server] = connectionPair();
    sessions.open(server, instanceArn, versionsOf(said));
    await until(store, () => versions()?.agentHash === "abc");
    expect(versions()).toEqual({
      agentVersion: "1.0.0",
      agentHash: "abc",
      dockerVersion: "DockerVersion: 20.10.24",
    });
    new Agent();
    await turn();
    expect(versions()?.agentHash).toBe("abc");
  });
});

describe("who may connect", () => {
  test("the newest connection of an instance wins", async () => {
    const first = new Agent();
    const second = new Agent();
    await place(1);
    await turn();
    expect(first.closed?.[0]).toBe(4001);
    expect(first.payloads()).toHaveLength(0);
    expect(second.payloads()).toHaveLength(1);
  });

  test("a deregistered instance is hung up on, and refused from then on", async () => {
    const agent = new Agent();
    await turn();
    expect(refusalFor(store.snapshot(), instanceArn)).toBeUndefined();
    await update(store, "containerInstance", instanceArn, (instance) => ({ ...instance, status: "INACTIVE" as const }));
    await turn();
    expect(agent.closed).toEqual([4000, "InactiveInstanceException: Container instance is deregistered."]);
    expect(refusalFor(store.snapshot(), instanceArn)?.name).toBe("InactiveInstanceException");
    expect(refusalFor(store.snapshot(), exampleContainerInstanceArn(7))?.name).toBe("InvalidInstanceException");
  });

  test("an agent names its cluster by name or ARN, or not at all; not another one", () => {
    const of = (cluster?: string) => refusalFor(store.snapshot(), instanceArn, cluster)?.name;
    expect([of(), of(""), of("default"), of("arn:aws:ecs:us-east-1:000000000000:cluster/default")]).toEqual(
      Array.from({ length: 4 }),
    );
    expect(of("other")).toBe("InvalidClusterException");
  });
});
