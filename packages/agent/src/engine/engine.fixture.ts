import type { ChannelTask, ChannelTaskDefinitionContainer } from "@hatoba/contract";
import { type ControlPlane, ControlPlaneError, type TaskStateChange } from "../channel/control-plane.ts";
import { ManualClock } from "../platform/clock.ts";
import { silentLogger } from "../platform/logger.ts";
import type { ProgramOf } from "../runtime/memory-program.ts";
import { MemoryRuntime } from "../runtime/memory-runtime.ts";
import type { AgentState } from "../state/agent-state.ts";
import { MemoryState } from "../state/memory-state.ts";
import { defaultEngineSettings, type EngineSettings } from "./engine-context.ts";
import { newKnownTask } from "./new-task.ts";
import { TaskEngine, type TaskEngineDependencies } from "./task-engine.ts";

const clusterArn = "arn:aws:ecs:us-east-1:000000000000:cluster/demo";
export const taskArnOf = (id: number) => `arn:aws:ecs:us-east-1:000000000000:task/demo/${String(id).padStart(32, "0")}`;
export const labels = { "dev.hatoba.agent": "agent-1" };

/** A container as a payload brings it. */
export function containerPayload(
  name: string,
  more: Partial<ChannelTaskDefinitionContainer> = {},
): ChannelTaskDefinitionContainer {
  return {
    name,
    image: name,
    environment: {},
    cpu: 10,
    memory: 16,
    essential: true,
    portMappings: [],
    mountPoints: [],
    volumesFrom: [],
    dockerConfig: { version: "1.18", config: "{}", hostConfig: "{}" },
    containerArn: `arn:aws:ecs:us-east-1:000000000000:container/demo/${name}`,
    overrides: "{}",
    ...more,
  };
}

export function taskPayload(id: number, more: Partial<ChannelTask> = {}): ChannelTask {
  return {
    arn: taskArnOf(id),
    taskClusterArn: clusterArn,
    family: "web",
    version: "1",
    desiredStatus: "RUNNING",
    networkMode: "bridge",
    containers: [containerPayload("app")],
    ...more,
  };
}

export const stopPayload = (id: number): ChannelTask => taskPayload(id, { desiredStatus: "STOPPED", containers: [] });

/** An awsvpc task with an address of its own. */
export function vpcPayload(id: number, more: Partial<ChannelTask> = {}): ChannelTask {
  const face = {
    ec2Id: "eni-0123456789abcdef0",
    macAddress: "0a:00:00:00:00:01",
    attachmentArn: "arn:aws:ecs:us-east-1:000000000000:attachment/demo/1",
    ipv4Addresses: [{ primary: true, privateAddress: `172.31.0.${id + 3}` }],
    subnetGatewayIpv4Address: "172.31.0.1/20",
    privateDnsName: `ip-172-31-0-${id + 3}.ec2.internal`,
  };
  return taskPayload(id, {
    networkMode: "awsvpc",
    elasticNetworkInterfaces: [face],
    hatoba: { vpcCidr: "172.31.0.0/16" },
    ...more,
  });
}

const countingHex = () => {
  let last = 0;
  return (digits: number) => (++last).toString(16).padStart(digits, "0");
};
export const knownTask = (payload: ChannelTask) => newKnownTask(payload, countingHex());

/** The control plane as an engine sees it: takes state changes, or is away. */
class Reports implements Pick<ControlPlane, "submitTaskStateChange"> {
  readonly accepted: TaskStateChange[] = [];
  isAway = false;
  /** Tasks whose changes are refused for good. */
  readonly refused = new Set<string>();

  async submitTaskStateChange(change: TaskStateChange): Promise<void> {
    await Promise.resolve();
    if (this.isAway) throw new ControlPlaneError("NetworkError", "connection refused");
    if (this.refused.has(change.task))
      throw new ControlPlaneError("InvalidParameterException", "no", { statusCode: 400 });
    this.accepted.push(change);
  }

  of(arn: string): readonly TaskStateChange[] {
    return this.accepted.filter(({ task }) => task === arn);
  }
}

/**
 * The state of one process of an agent. When the process dies, nothing of it is written any more, and what nobody waited for
 * may be lost.
 */
class ProcessState extends MemoryState {
  readonly #disk: MemoryState;
  #isDead = false;

  constructor(disk: MemoryState) {
    super(disk.facts().agentId);
    this.#disk = disk;
    copyState(disk, this);
  }

  override durable(): Promise<void> {
    if (!this.#isDead) copyState(this, this.#disk);
    return Promise.resolve();
  }

  die(losesWrites: boolean): void {
    if (!losesWrites) void this.durable();
    this.#isDead = true;
  }
}

function copyState(from: AgentState, to: AgentState): void {
  to.setFacts(from.facts());
  for (const { arn } of to.tasks()) to.remove(arn);
  for (const task of from.tasks()) to.save(task);
}

/** A machine with an engine on it, that can lose its agent and start another. */
export class Machine {
  readonly clock = new ManualClock();
  readonly #disk = new MemoryState("agent-1");
  state = new ProcessState(this.#disk);
  readonly reports = new Reports();
  readonly runtime: MemoryRuntime;
  readonly #more: Partial<TaskEngineDependencies>;
  readonly #settings: Partial<EngineSettings>;
  readonly #hex = countingHex();
  engine: TaskEngine;

  constructor(
    programOf: ProgramOf = () => ({}),
    more: Partial<TaskEngineDependencies> = {},
    settings: Partial<EngineSettings> = {},
  ) {
    this.runtime = new MemoryRuntime({ clock: this.clock, programOf });
    this.#more = more;
    this.#settings = settings;
    this.engine = this.newEngine();
  }

  newEngine(): TaskEngine {
    return new TaskEngine({
      runtime: this.runtime,
      state: this.state,
      controlPlane: this.reports,
      clock: this.clock,
      logger: silentLogger,
      hex: this.#hex,
      hooks: [],
      settings: { region: "us-east-1", labels, ...defaultEngineSettings, ...this.#settings },
      supply: { cpu: 4096, memoryMiB: 4096, ports: [] },
      pauseImage: async () => "pause",
      ...this.#more,
    });
  }

  /** The agent's process dies where it stands, and another one starts. */
  async restartAgent(losesWrites = false): Promise<void> {
    this.state.die(losesWrites);
    await this.engine.close();
    this.state = new ProcessState(this.#disk);
    this.engine = this.newEngine();
    await this.engine.open();
    await settled();
  }

  /** Lets time pass, in steps, so that what follows from one timer happens before the next. */
  async pass(milliseconds: number, step = milliseconds): Promise<void> {
    await settled();
    for (let passed = 0; passed < milliseconds; passed += step) {
      this.clock.advance(Math.min(step, milliseconds - passed));
      await settled();
    }
  }

  task(id: number) {
    return this.engine.tasks().find(({ arn }) => arn === taskArnOf(id));
  }

  statuses(id: number): Readonly<Record<string, string>> {
    return Object.fromEntries((this.task(id)?.containers ?? []).map(({ name, status }) => [name, status]));
  }

  /** The runtime's container of a task's container. */
  container(name: string) {
    return this.runtime.containers.find(({ spec }) => spec.labels["com.amazonaws.ecs.container-name"] === name);
  }
}

export async function openMachine(...args: ConstructorParameters<typeof Machine>): Promise<Machine> {
  const machine = new Machine(...args);
  await machine.engine.open();
  await settled();
  return machine;
}

/** Lets everything happen that needs no time. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 4; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
