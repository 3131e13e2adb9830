import { type Connection, connectionPair } from "@hatoba/contract";
import { attributesOf } from "../../packages/agent/src/attributes.ts";
import { backOffs } from "../../packages/agent/src/channel/back-off.ts";
import type { TaskStateChange } from "../../packages/agent/src/channel/control-plane.ts";
import { registerInput, submitInput } from "../../packages/agent/src/channel/ecs-api.ts";
import { stayConnected } from "../../packages/agent/src/channel/stay-connected.ts";
import { serveWork } from "../../packages/agent/src/channel/work-session.ts";
import { defaultEngineSettings } from "../../packages/agent/src/engine/engine-context.ts";
import { TaskEngine } from "../../packages/agent/src/engine/task-engine.ts";
import type { ProgramOf } from "../../packages/agent/src/runtime/memory-program.ts";
import { MemoryRuntime } from "../../packages/agent/src/runtime/memory-runtime.ts";
import { MemoryState } from "../../packages/agent/src/state/memory-state.ts";
import { AgentSessions } from "../../packages/control-plane/src/agent-channel/agent-sessions.ts";
import { ensureDefaultNetwork } from "../../packages/control-plane/src/api/ec2/default-network.ts";
import type { Input, Operation, OperationName, Output } from "../../packages/control-plane/src/api/ecs/operation.ts";
import { operations } from "../../packages/control-plane/src/api/ecs/operations.ts";
import type { OperationContext } from "../../packages/control-plane/src/api/operation-context.ts";
import { type Clock, ManualClock } from "../../packages/control-plane/src/platform/clock.ts";
import { type IdSource, randomIds } from "../../packages/control-plane/src/platform/ids.ts";
import { silentLogger } from "../../packages/control-plane/src/platform/logger.ts";
import { startLoops } from "../../packages/control-plane/src/reconcile/start-loops.ts";
import { defaultSettings, type Settings } from "../../packages/control-plane/src/settings.ts";
import { MemoryStore } from "../../packages/control-plane/src/store/memory-store.ts";
import type { Store } from "../../packages/control-plane/src/store/store.ts";

export interface WholeHouseOptions {
  /** A memory store if left out. */
  readonly store?: Store;
  /** One that stands still if left out. */
  readonly clock?: Clock;
  readonly settings?: Partial<Settings>;
  /** What containers do; they run until they are stopped if left out. */
  readonly programOf?: ProgramOf;
  /** Where every id comes from; chance if left out. */
  readonly ids?: IdSource;
  /** 0…1, for what spreads timers; always 0.5 if left out. */
  readonly random?: () => number;
  readonly faults?: HouseFaults;
}

/** What may go wrong between the agents and the control plane. */
export interface HouseFaults {
  /** Both ends of each new connection as the control plane and the agent get them. */
  readonly connection?: (end: ReturnType<typeof connectionPair>[number]) => Connection;
  /**
   * What becomes of a call of an agent: it is answered, or the agent sees it fail although it was done, or before it was.
   */
  readonly call?: () => "answered" | "answer lost" | "call lost";
}

/**
 * Control plane and agents in one process: the real operations, store, loops, agent sessions and engines, with a memory runtime
 * under each agent and connections without sockets between them.
 */
export class WholeHouse {
  readonly store: Store;
  readonly clock: Clock;
  readonly settings: Settings;
  readonly agents: SimulatedAgent[] = [];
  readonly context: OperationContext;
  readonly ids: IdSource;
  readonly random: () => number;
  readonly faults: HouseFaults;
  sessions: AgentSessions;
  private loops: { stop(): Promise<void> };
  private readonly programOf: ProgramOf | undefined;

  constructor(options: WholeHouseOptions = {}) {
    this.store = options.store ?? new MemoryStore();
    this.clock = options.clock ?? new ManualClock();
    this.settings = { ...defaultSettings, ...options.settings };
    this.programOf = options.programOf;
    this.ids = options.ids ?? randomIds;
    this.random = options.random ?? (() => 0.5);
    this.faults = options.faults ?? {};
    const { store, clock, settings } = this;
    this.context = {
      store,
      clock,
      settings,
      ids: this.ids,
      logger: silentLogger,
      caller: {
        ...settings,
        arn: `arn:aws:iam::${settings.accountId}:root`,
        userId: settings.accountId,
        accessKeyId: "AKIA",
      },
      endpoint: "http://127.0.0.1:4577",
      requestId: "request",
    };
    this.loops = startLoops(this.context);
    this.sessions = new AgentSessions(this.context);
  }

  /** Calls an ECS operation as the front door would. */
  call<N extends OperationName>(name: N, input: Input<N>): Promise<Output<N>> {
    const operation = operations[name] as Operation<N> | { readonly notBuilt: string };
    if (typeof operation !== "function") throw new Error(operation.notBuilt);
    return operation(input, this.context);
  }

  /** The cluster `default`, the default network, and so many machines. */
  async open(machines: number, agent: SimulatedAgentOptions = {}): Promise<void> {
    await ensureDefaultNetwork(this);
    await this.call("CreateCluster", {});
    for (let count = 0; count < machines; count++) await this.addAgent(agent);
  }

  async addAgent(options: SimulatedAgentOptions = {}): Promise<SimulatedAgent> {
    const agent = new SimulatedAgent(this, {
      ...(this.programOf === undefined ? {} : { programOf: this.programOf }),
      ...options,
    });
    this.agents.push(agent);
    await agent.start();
    return agent;
  }

  /** As if its process had been killed and started again on the same disk: loops and sessions are new, connections cut. */
  async restartControlPlane(): Promise<void> {
    this.sessions.close();
    await this.loops.stop();
    this.loops = startLoops(this.context);
    this.sessions = new AgentSessions(this.context);
    for (const agent of this.agents) agent.connect();
  }

  async close(): Promise<void> {
    for (const agent of this.agents) await agent.kill();
    this.sessions.close();
    await this.loops.stop();
    await this.store.close();
  }
}

export interface SimulatedAgentOptions {
  readonly programOf?: ProgramOf;
  readonly cpus?: number;
  readonly memoryMiB?: number;
  readonly capacity?: "EC2" | "FARGATE";
  readonly zone?: string;
  /** As `WINDOWS_SERVER_2022_CORE`; Linux if left out. */
  readonly osFamily?: string;
}

/** One machine: its runtime and its agent's disk outlive its agent. */
export class SimulatedAgent {
  readonly runtime: MemoryRuntime;
  state: MemoryState;
  engine: TaskEngine;
  containerInstanceArn = "";
  private readonly house: WholeHouse;
  private readonly options: SimulatedAgentOptions;
  private online = new AbortController();

  constructor(house: WholeHouse, options: SimulatedAgentOptions) {
    this.house = house;
    this.options = options;
    const id = `m${house.agents.length + 1}-`;
    this.runtime = new MemoryRuntime({
      clock: house.clock,
      idPrefix: id,
      ...(options.programOf === undefined ? {} : { programOf: options.programOf }),
      facts: {
        cpus: options.cpus ?? 4,
        memoryMiB: options.memoryMiB ?? 16_384,
        ...(options.osFamily === undefined ? {} : { windows: { osFamily: options.osFamily } }),
      },
    });
    this.state = new MemoryState(id);
    this.engine = this.newEngine();
  }

  /** Registers, adopts what is there, and connects. */
  async start(): Promise<void> {
    this.engine = this.newEngine();
    const facts = await this.runtime.describe();
    const { capacity = "EC2", zone } = this.options;
    const known = this.state.facts().containerInstanceArn;
    const registration = registerInput("default", {
      clientToken: this.state.facts().agentId,
      attributes: attributesOf(facts, { capacity, ...(zone === undefined ? {} : { zone }) }),
      cpu: facts.cpus * 1024,
      memoryMiB: facts.memoryMiB,
      reservedTcpPorts: [],
      reservedUdpPorts: [],
      ...(known === undefined ? {} : { containerInstanceArn: known }),
    });
    const { containerInstance } = await this.house.call("RegisterContainerInstance", registration);
    this.containerInstanceArn = containerInstance?.containerInstanceArn ?? "";
    this.state.setFacts({ containerInstanceArn: this.containerInstanceArn });
    await this.engine.open();
    this.connect();
  }

  /** Connects anew, and again whenever the connection ends. */
  connect(): void {
    this.disconnect();
    this.online = new AbortController();
    const { signal } = this.online;
    const { clock, random, faults } = this.house;
    const logger = silentLogger;
    const { engine } = this;
    void stayConnected({
      what: "work",
      open: async () => {
        const [server, agent] = connectionPair();
        signal.addEventListener("abort", () => agent.close(1000, ""), { once: true });
        this.house.sessions.open(faults.connection?.(server) ?? server, this.containerInstanceArn);
        return faults.connection?.(agent) ?? agent;
      },
      serve: (connection) => serveWork(connection, { handler: engine, clock, logger, random }),
      backOff: backOffs.connect,
      clock,
      logger,
      random,
      signal,
    });
  }

  /** Cuts the connection and leaves it so. */
  disconnect(): void {
    this.online.abort();
  }

  /** Its process ends at this moment; containers and its disk stay. */
  async kill(): Promise<void> {
    this.disconnect();
    this.state = this.state.copy();
    await this.engine.close();
  }

  private newEngine(): TaskEngine {
    const { cpus = 4, memoryMiB = 16_384 } = this.options;
    return new TaskEngine({
      runtime: this.runtime,
      state: this.state,
      controlPlane: { submitTaskStateChange: (change, signal) => this.submit(change, signal) },
      clock: this.house.clock,
      logger: silentLogger,
      hex: (digits) => this.house.ids.hex(digits),
      hooks: [],
      settings: {
        ...defaultEngineSettings,
        region: "us-east-1",
        labels: { "dev.hatoba.agent": this.state.facts().agentId },
      },
      supply: { cpu: cpus * 1024, memoryMiB, ports: [] },
      pauseImage: async () => "hatoba/pause:1",
    });
  }

  /** What the wire would make of it: epoch seconds become dates. */
  private async submit(change: TaskStateChange, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    const fate = this.house.faults.call?.() ?? "answered";
    if (fate === "call lost") throw new Error("the control plane did not answer");
    const { pullStartedAt, pullStoppedAt, executionStoppedAt, ...rest } = submitInput("default", change) as Record<
      string,
      number
    > &
      Input<"SubmitTaskStateChange">;
    const date = (name: string, seconds: unknown) =>
      typeof seconds === "number" ? { [name]: new Date(seconds * 1000) } : {};
    await this.house.call("SubmitTaskStateChange", {
      ...rest,
      ...date("pullStartedAt", pullStartedAt),
      ...date("pullStoppedAt", pullStoppedAt),
      ...date("executionStoppedAt", executionStoppedAt),
    } satisfies Parameters<Operation<"SubmitTaskStateChange">>[0]);
    if (fate === "answer lost") throw new Error("the control plane did not answer");
  }
}
