import { decodeLinkFrame, encodeLinkFrame, type LinkFrame } from "../../packages/contract/src/index.ts";
import type { Operation } from "../../packages/control-plane/src/api/ecs/operation.ts";
import { executeCommand } from "../../packages/control-plane/src/api/ecs/operations/execute-command.ts";
import type { OperationContext } from "../../packages/control-plane/src/api/operation-context.ts";
import type { LogStore } from "../../packages/control-plane/src/log-store/log-store.ts";
import { MemoryLogStore } from "../../packages/control-plane/src/log-store/memory-log-store.ts";
import {
  exampleCluster,
  exampleClusterArn,
  exampleContainer,
  exampleContainerInstance,
  exampleContainerInstanceArn,
  exampleTask,
  exampleTaskArn,
  exampleTaskDefinition,
  exampleTaskDefinitionArn,
} from "../../packages/control-plane/src/model/examples.ts";
import type { Session } from "../../packages/control-plane/src/model/session.ts";
import type { Task } from "../../packages/control-plane/src/model/task.ts";
import { ManualClock } from "../../packages/control-plane/src/platform/clock.ts";
import { randomIds } from "../../packages/control-plane/src/platform/ids.ts";
import { silentLogger } from "../../packages/control-plane/src/platform/logger.ts";
import { SessionRegistry, type SessionWish } from "../../packages/control-plane/src/sessions/session-registry.ts";
import { defaultSettings, type SessionSettings } from "../../packages/control-plane/src/settings.ts";
import { MemoryStore } from "../../packages/control-plane/src/store/memory-store.ts";
import { BytePipe, type Fate, type PipeEnd } from "./byte-pipe.ts";
import { type ClientHabits, DataChannelClient } from "./data-channel-client.ts";

export const runtimeId = "a".repeat(64);

export interface SessionHouseOptions {
  readonly settings?: Partial<SessionSettings>;
  /** What the agent does with a session that it is asked for; it opens a link and starts if left out. */
  readonly agent?: (link: AgentLink) => void;
  readonly agentConnected?: boolean;
  /** What becomes of messages between client and control plane. */
  readonly fate?: () => Fate;
}

/** The agent's end of a link, in the hands of a test. */
export class AgentLink {
  readonly wish: SessionWish;
  readonly frames: LinkFrame[] = [];
  readonly end: PipeEnd;
  isClosed = false;

  constructor(wish: SessionWish, end: PipeEnd) {
    this.wish = wish;
    this.end = end;
    end.onBytes((bytes) => {
      const frame = decodeLinkFrame(bytes.slice());
      if (frame !== undefined) this.frames.push(frame);
    });
    end.onClose(() => {
      this.isClosed = true;
    });
  }

  send(...frames: readonly LinkFrame[]): void {
    for (const frame of frames) this.end.send(encodeLinkFrame(frame));
  }

  output(text: string | Uint8Array): void {
    this.send({ kind: "output", bytes: typeof text === "string" ? Buffer.from(text) : text });
  }

  /** All that was typed and has come through. */
  get input(): string {
    return Buffer.concat(this.frames.flatMap((frame) => (frame.kind === "input" ? [frame.bytes] : []))).toString(
      "latin1",
    );
  }

  get credit(): number {
    return this.frames.reduce((sum, frame) => sum + (frame.kind === "credit" ? frame.bytes : 0), 0);
  }
}

/** A control plane with a running task, its sessions, and an agent that is a test's own; nothing moves by itself. */
export class SessionHouse {
  readonly clock = new ManualClock();
  readonly store = new MemoryStore();
  readonly logStore: LogStore = new MemoryLogStore();
  readonly settings: typeof defaultSettings;
  readonly links: AgentLink[] = [];
  readonly taskArn = exampleTaskArn();
  registry: SessionRegistry;
  private readonly options: SessionHouseOptions;
  private readonly pipes = new Set<BytePipe>();

  constructor(options: SessionHouseOptions = {}) {
    this.options = options;
    this.settings = { ...defaultSettings, sessions: { ...defaultSettings.sessions, ...options.settings } };
    this.registry = this.newRegistry();
  }

  async open(task: Partial<Task> = {}): Promise<this> {
    const managedAgents = [{ name: "ExecuteCommandAgent" as const, lastStatus: "RUNNING" as const }];
    const container = exampleContainer({ lastStatus: "RUNNING", runtimeId, managedAgents });
    const running = exampleTask({
      lastStatus: "RUNNING",
      containerInstanceArn: exampleContainerInstanceArn(),
      enableExecuteCommand: true,
      containers: [container],
      ...task,
    });
    const instance = exampleContainerInstance({ agentConnected: true });
    await this.store.commit([
      { kind: "cluster", arn: exampleClusterArn, expected: 0, value: exampleCluster() },
      { kind: "taskDefinition", arn: exampleTaskDefinitionArn, expected: 0, value: exampleTaskDefinition() },
      { kind: "task", arn: this.taskArn, expected: 0, value: running },
      { kind: "containerInstance", arn: exampleContainerInstanceArn(), expected: 0, value: instance },
    ]);
    return this;
  }

  get context(): OperationContext {
    const { store, clock, settings } = this;
    const caller = { ...settings, arn: "arn:aws:iam::000000000000:root", userId: "0", accessKeyId: "AKIA" };
    const endpoint = "http://127.0.0.1:4577";
    return { store, clock, settings, ids: randomIds, logger: silentLogger, caller, endpoint, requestId: "request" };
  }

  /** Opens a session and gives the way in. */
  async execute(input: Partial<Parameters<Operation<"ExecuteCommand">>[0]> = {}) {
    const { session } = await executeCommand(
      { command: "/bin/sh", interactive: true, task: this.taskArn, ...input },
      this.context,
    );
    const { sessionId = "", tokenValue = "", streamUrl = "" } = session ?? {};
    return { sessionId, tokenValue, streamUrl };
  }

  /** A client's connection to a session. */
  connect(
    sessionId: string,
    address = "127.0.0.1",
  ): { readonly pipe: BytePipe; readonly client: PipeEnd; readonly server: PipeEnd } {
    const pipe = new BytePipe(this.options.fate);
    this.pipes.add(pipe);
    const [server, client] = pipe.ends;
    this.registry.acceptClient(sessionId, server, address);
    return { pipe, server, client };
  }

  /** A session with a client in it, as far as it gets. */
  async session(habits: ClientHabits = {}, input: Parameters<SessionHouse["execute"]>[0] = {}) {
    const access = await this.execute(input);
    const client = new DataChannelClient(this.clock, habits);
    const connection = this.connect(access.sessionId);
    client.connect(connection.client, access.tokenValue);
    await this.settle();
    return { ...access, ...connection, client, link: this.links.at(-1) };
  }

  record(sessionId: string): Session | undefined {
    return this.store.snapshot().get("session", sessionId)?.value;
  }

  /** Lets everything happen that needs no time. */
  async settle(): Promise<void> {
    for (let quiet = 0; quiet < 3; ) {
      await new Promise((resolve) => setImmediate(resolve));
      const moved = [...this.pipes].map((pipe) => pipe.deliver()).some(Boolean);
      quiet = moved ? 0 : quiet + 1;
    }
  }

  /** Lets time pass, in steps of 100 ms. */
  async pass(milliseconds: number): Promise<void> {
    for (let left = milliseconds; left > 0; left -= 100) {
      this.clock.advance(Math.min(100, left));
      await this.settle();
    }
  }

  async restart(): Promise<void> {
    await this.registry.close();
    await this.settle();
    await this.crash();
  }

  /** As if the process had been killed and started again on the same disk. */
  async crash(): Promise<void> {
    for (const pipe of this.pipes) pipe.vanish();
    this.registry = this.newRegistry();
    await this.settle();
  }

  async close(): Promise<void> {
    await this.registry.close();
    await this.store.close();
    await this.logStore.close();
  }

  private newRegistry(): SessionRegistry {
    const { store, logStore, clock, settings } = this;
    return new SessionRegistry({
      store,
      logStore,
      clock,
      settings,
      ids: randomIds,
      logger: silentLogger,
      askAgent: (_instance, wish) => this.answerAgent(wish),
    });
  }

  private answerAgent(wish: SessionWish): boolean {
    const { agent = (link) => link.send({ kind: "started" }), agentConnected = true } = this.options;
    if (!agentConnected) return false;
    const pipe = new BytePipe();
    this.pipes.add(pipe);
    const [server, end] = pipe.ends;
    const link = new AgentLink(wish, end);
    this.links.push(link);
    queueMicrotask(() => {
      this.registry.acceptLink({ ...wish, containerInstanceArn: exampleContainerInstanceArn() }, server);
      agent(link);
    });
    return true;
  }
}
