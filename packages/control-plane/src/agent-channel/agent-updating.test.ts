import { type ChannelFrame, type ChannelMessages, type Connection, connectionPair } from "@hatoba/contract";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { AgentUpdate } from "../model/container-instance.ts";
import { exampleContainerInstance, exampleContainerInstanceArn } from "../model/examples.ts";
import { ManualClock } from "../platform/clock.ts";
import { countingIds } from "../platform/ids.ts";
import { silentLogger } from "../platform/logger.ts";
import { MemoryStore } from "../store/memory-store.ts";
import { until } from "../store/until.ts";
import { update } from "../store/update.ts";
import { AgentSessions } from "./agent-sessions.ts";
import { nextUpdateStatus, type UpdateEvent } from "./agent-update-steps.ts";

const arn = exampleContainerInstanceArn();
const release = { location: "https://releases.example/agent.tar", sha256: "0".repeat(64) };
let store: MemoryStore;
let clock: ManualClock;
let sessions: AgentSessions;
beforeEach(async () => {
  store = new MemoryStore();
  clock = new ManualClock();
  sessions = new AgentSessions({ store, clock, ids: countingIds(), logger: silentLogger });
  await store.commit([{ kind: "containerInstance", arn, expected: 0, value: exampleContainerInstance() }]);
});
afterEach(() => sessions.close());
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
const status = () => store.snapshot().get("containerInstance", arn)?.value.agentUpdate?.status;
const reach = (wanted: AgentUpdate["status"]) => until(store, () => status() === wanted);
const ask = (of: Partial<AgentUpdate> = {}) =>
  update(store, "containerInstance", arn, (instance) => ({
    ...instance,
    agentUpdate: { status: "PENDING" as const, ...release, ...of },
  }));

class Agent {
  readonly frames: ChannelFrame[] = [];
  private readonly connection: Connection;

  constructor(sendCredentials = false) {
    const [server, connection] = connectionPair();
    this.connection = connection;
    connection.onMessage((text) => this.frames.push(JSON.parse(text) as ChannelFrame));
    sessions.open(server, arn, { sendCredentials });
  }

  got<T extends "StageUpdateMessage" | "PerformUpdateMessage">(type: T): readonly ChannelMessages[T][] {
    return this.frames.flatMap((frame) => (frame.type === type ? [frame.message as ChannelMessages[T]] : []));
  }

  answer(type: "AckRequest" | "NackRequest", messageId = "", reason?: string): void {
    this.connection.send(
      JSON.stringify({ type, message: { messageId, cluster: "c", containerInstance: arn, reason } }),
    );
  }
}

test("an agent fetches the release, changes to it, and is there again", async () => {
  const agent = new Agent();
  await turn();
  await ask();
  await reach("STAGING");
  const [stage] = agent.got("StageUpdateMessage");
  expect(stage).toMatchObject({
    containerInstanceArn: arn,
    updateInfo: { location: release.location, signature: release.sha256 },
  });
  agent.answer("AckRequest", stage?.messageId);
  await reach("UPDATING");
  const [perform] = agent.got("PerformUpdateMessage");
  agent.answer("AckRequest", perform?.messageId);
  await turn();
  expect(status()).toBe("UPDATING");
  new Agent(true);
  await reach("UPDATED");
  expect(agent.got("StageUpdateMessage")).toHaveLength(1);
});

describe("an update fails", () => {
  test("when the agent refuses it", async () => {
    const agent = new Agent();
    await ask();
    await reach("STAGING");
    agent.answer("NackRequest", "another", "New update arrived: x");
    await turn();
    expect(status()).toBe("STAGING");
    agent.answer("NackRequest", agent.got("StageUpdateMessage")[0]?.messageId, "Updates are disabled");
    await reach("FAILED");
    expect(agent.got("PerformUpdateMessage")).toEqual([]);
  });

  test("and another one is said on the same connection", async () => {
    const agent = new Agent();
    await ask();
    await reach("STAGING");
    agent.answer("NackRequest", agent.got("StageUpdateMessage")[0]?.messageId, "no such file");
    await reach("FAILED");
    await turn();
    await ask();
    await reach("STAGING");
    expect(agent.got("StageUpdateMessage")).toHaveLength(2);
  });

  test("when the agent says nothing for ten minutes", async () => {
    const agent = new Agent();
    await ask();
    await reach("STAGING");
    for (let passed = 0; passed < 10; passed++) {
      clock.advance(60_000);
      agent.answer("AckRequest", "heartbeat");
      await turn();
    }
    await reach("FAILED");
  });
});

test("what was under way when a connection ended is said again on the next one", async () => {
  await ask({ status: "STAGING" });
  const agent = new Agent(true);
  await turn();
  expect(agent.got("StageUpdateMessage")).toHaveLength(1);
  await ask({ status: "UPDATING" });
  const next = new Agent();
  await turn();
  expect(next.got("PerformUpdateMessage")).toHaveLength(1);
});

test.each<[AgentUpdate["status"], UpdateEvent, AgentUpdate["status"]]>([
  ["PENDING", "said", "STAGING"],
  ["PENDING", "done", "PENDING"],
  ["STAGING", "said", "STAGING"],
  ["STAGING", "done", "STAGED"],
  ["STAGING", "refused", "FAILED"],
  ["STAGING", "restarted", "STAGING"],
  ["STAGED", "said", "UPDATING"],
  ["UPDATING", "done", "UPDATING"],
  ["UPDATING", "refused", "FAILED"],
  ["UPDATING", "restarted", "UPDATED"],
  ["UPDATED", "refused", "UPDATED"],
  ["FAILED", "done", "FAILED"],
])("%s, %s: %s", (before, event, after) => {
  expect(nextUpdateStatus(before, event)).toBe(after);
});
