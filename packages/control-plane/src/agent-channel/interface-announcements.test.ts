import { type ChannelFrame, type ChannelMessages, type Connection, connectionPair } from "@hatoba/contract";
import { afterEach, beforeEach, expect, test } from "vitest";
import { exampleContext, given } from "../api/ecs/example-context.ts";
import { submitTaskStateChange } from "../api/ecs/operations/submit-task-state-change.ts";
import {
  exampleContainerInstance,
  exampleContainerInstanceArn,
  exampleNetworkInterface,
  exampleSubnet,
  exampleTask,
  exampleTaskArn,
  exampleTaskDefinition,
} from "../model/examples.ts";
import type { ManualClock } from "../platform/clock.ts";
import { update } from "../store/update.ts";
import { AgentSessions } from "./agent-sessions.ts";

const instanceArn = exampleContainerInstanceArn();
const taskArn = exampleTaskArn(1);
const { attachmentId } = exampleNetworkInterface();
const attachmentArn = `arn:aws:ecs:us-east-1:000000000000:attachment/default/${attachmentId}`;
let context: ReturnType<typeof exampleContext>;
let sessions: AgentSessions;

beforeEach(async () => {
  context = exampleContext();
  sessions = new AgentSessions(context);
  const attributes = [{ name: "ecs.capability.task-eni" }];
  const attachment = { id: attachmentId, type: "ElasticNetworkInterface", status: "PRECREATED", details: [] } as const;
  const task = exampleTask({ containerInstanceArn: instanceArn, lastStatus: "PENDING", attachments: [attachment] });
  const subnet = exampleSubnet();
  const { vpcId } = subnet;
  await given(
    context,
    { kind: "containerInstance", arn: instanceArn, value: exampleContainerInstance({ attributes }) },
    { kind: "taskDefinition", arn: task.taskDefinitionArn, value: exampleTaskDefinition() },
    { kind: "vpc", arn: vpcId, value: { vpcId, cidrBlock: "172.31.0.0/16", isDefault: true, tags: [] } },
    { kind: "subnet", arn: subnet.subnetId, value: subnet },
    { kind: "networkInterface", arn: "n", value: exampleNetworkInterface({ taskArn }) },
    { kind: "task", arn: taskArn, value: task },
  );
});
afterEach(() => sessions.close());
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
const task = () => context.store.snapshot().get("task", taskArn)?.value;

class Agent {
  readonly frames: ChannelFrame[] = [];
  readonly connection: Connection;

  constructor(agentHash = "a8b3e7d3") {
    const [server, connection] = connectionPair();
    this.connection = connection;
    connection.onMessage((text) => this.frames.push(JSON.parse(text) as ChannelFrame));
    sessions.open(server, instanceArn, { agentHash });
  }

  got<T extends ChannelFrame["type"]>(type: T): readonly ChannelMessages[T][] {
    return this.frames.flatMap((frame) => (frame.type === type ? [frame.message as ChannelMessages[T]] : []));
  }

  async pass(milliseconds: number): Promise<void> {
    for (let passed = 0; passed < milliseconds; passed += 10_000) {
      (context.clock as ManualClock).advance(10_000);
      this.connection.send(JSON.stringify({ type: "HeartbeatAckRequest", message: { messageId: "h" } }));
      await turn();
    }
  }
}

test("the interface is announced first, and the payload follows when the agent has seen it", async () => {
  const agent = new Agent();
  await turn();
  const [announced] = agent.got("AttachTaskNetworkInterfacesMessage");
  expect(announced).toMatchObject({ taskArn, containerInstanceArn: instanceArn, waitTimeoutMs: 300_000 });
  expect(announced?.elasticNetworkInterfaces).toMatchObject([
    { ec2Id: "eni-00000000000000001", attachmentArn, subnetGatewayIpv4Address: "172.31.0.1/20" },
  ]);
  expect(agent.got("PayloadMessage")).toEqual([]);
  // The variant of the report that carries nothing else. Source: agent protocol, 2.5.
  await submitTaskStateChange(
    { cluster: "default", task: taskArn, attachments: [{ attachmentArn, status: "ATTACHED" }] },
    context,
  );
  await turn();
  expect(task()).toMatchObject({ lastStatus: "PENDING", attachments: [{ status: "ATTACHED" }] });
  expect(agent.got("PayloadMessage").map(({ tasks }) => tasks.map(({ arn }) => arn))).toEqual([[taskArn]]);
});

test("an announcement is repeated until it is acknowledged", async () => {
  const agent = new Agent();
  await agent.pass(20_000);
  const [, second] = agent.got("AttachTaskNetworkInterfacesMessage");
  agent.connection.send(JSON.stringify({ type: "AckRequest", message: { messageId: second?.messageId } }));
  await agent.pass(60_000);
  expect(agent.got("AttachTaskNetworkInterfacesMessage")).toHaveLength(2);
});

test("a task whose interface is not there in time is to stop, and says why", async () => {
  const agent = new Agent();
  await agent.pass(310_000);
  expect(task()).toMatchObject({
    desiredStatus: "STOPPED",
    stopCode: "TaskFailedToStart",
    stoppedReason: "Timeout waiting for network interface provisioning to complete.",
  });
  expect(agent.got("AttachTaskNetworkInterfacesMessage")).toHaveLength(5);
  expect(agent.got("PayloadMessage")[0]?.tasks).toMatchObject([{ arn: taskArn, desiredStatus: "STOPPED" }]);
});

test("a task that is to stop before is told so at once", async () => {
  const agent = new Agent();
  await update(context.store, "task", taskArn, (value) => ({ ...value, desiredStatus: "STOPPED" as const }));
  await turn();
  expect(agent.got("PayloadMessage")[0]?.tasks).toMatchObject([{ arn: taskArn, desiredStatus: "STOPPED" }]);
});

test("our own agent gets it all in the payload", async () => {
  const agent = new Agent("hatoba");
  await turn();
  expect(agent.got("AttachTaskNetworkInterfacesMessage")).toEqual([]);
  expect(agent.got("PayloadMessage")[0]?.tasks[0]?.elasticNetworkInterfaces).toHaveLength(1);
});
