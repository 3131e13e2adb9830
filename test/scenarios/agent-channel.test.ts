import { type ChannelTask, type Connection, connectionPair, type ManifestEntry } from "@hatoba/contract";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { AssignmentHandler, Comparison } from "../../packages/agent/src/channel/assignment-handler.ts";
import { serveWork } from "../../packages/agent/src/channel/work-session.ts";
import { AgentSessions } from "../../packages/control-plane/src/agent-channel/agent-sessions.ts";
import {
  exampleContainerInstance,
  exampleContainerInstanceArn,
  exampleTask,
  exampleTaskArn,
  exampleTaskDefinition,
} from "../../packages/control-plane/src/model/examples.ts";
import type { Task } from "../../packages/control-plane/src/model/task.ts";
import { ManualClock } from "../../packages/control-plane/src/platform/clock.ts";
import { countingIds } from "../../packages/control-plane/src/platform/ids.ts";
import { silentLogger } from "../../packages/control-plane/src/platform/logger.ts";
import { MemoryStore } from "../../packages/control-plane/src/store/memory-store.ts";
import { update } from "../../packages/control-plane/src/store/update.ts";

const instanceArn = exampleContainerInstanceArn();
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** An engine that does nothing but keep what it is told, as its disk would. */
class Notebook implements AssignmentHandler {
  readonly tasks = new Map<string, "RUNNING" | "STOPPED">();
  /** What it was told to stop although somebody wanted it just then. */
  readonly wronglyStopped: string[] = [];
  diskFull = false;
  private counter = -1;
  private readonly isWanted: (taskArn: string) => boolean;

  constructor(isWanted: (taskArn: string) => boolean) {
    this.isWanted = isWanted;
  }

  async assign(tasks: readonly ChannelTask[], seqNum: number): Promise<void> {
    await turn();
    if (this.diskFull) throw new Error("disk full");
    this.counter = Math.max(this.counter, seqNum);
    for (const { arn, desiredStatus } of tasks) {
      if (this.tasks.get(arn) !== "STOPPED") this.tasks.set(arn, desiredStatus);
    }
  }

  async compare(listed: readonly ManifestEntry[], timeline: number): Promise<Comparison> {
    if (timeline <= this.counter) return { outdated: true };
    this.counter = timeline;
    const wanted = listed.flatMap(({ taskArn, desiredStatus }) => (desiredStatus === "RUNNING" ? [taskArn] : []));
    const stopCandidates = [...this.tasks].flatMap(([taskArn, status]) =>
      status === "RUNNING" && !wanted.includes(taskArn) ? [{ taskArn }] : [],
    );
    return { outdated: false, stopCandidates };
  }

  async stop(taskArns: readonly string[]): Promise<void> {
    for (const arn of taskArns) {
      if (this.isWanted(arn)) this.wronglyStopped.push(arn);
      this.tasks.set(arn, "STOPPED");
    }
  }

  running(): readonly string[] {
    return [...this.tasks].flatMap(([arn, status]) => (status === "RUNNING" ? [arn] : [])).toSorted(byName);
  }
}
const byName = (a: string, b: string) => (a < b ? -1 : 1);

/** A connection on which messages are lost and come twice, as `fates` has it. */
function unreliable(connection: Connection, fates: () => "arrives" | "is lost" | "comes twice"): Connection {
  return {
    send(text) {
      // The exchange on what to stop is made once for each connection; losing a part of it takes the connection with it.
      const fate = text.includes("TaskStopVerification") ? "arrives" : fates();
      if (fate !== "is lost") connection.send(text);
      if (fate === "comes twice") connection.send(text);
    },
    get bufferedBytes() {
      return connection.bufferedBytes;
    },
    onMessage: (listener) => connection.onMessage(listener),
    onClose: (listener) => connection.onClose(listener),
    close: (code, reason) => connection.close(code, reason),
  };
}

/** A control plane's sessions and one agent, and all that may go wrong between them. */
class Line {
  readonly store = new MemoryStore();
  readonly clock = new ManualClock();
  readonly notebook = new Notebook((arn) => this.wanted().includes(arn));
  private sessions = this.newSessions();
  private ends: readonly { breakOff(): void }[] = [];
  private placed = 0;
  /** From now on everything arrives. */
  healed = false;
  connected = false;

  async open(): Promise<void> {
    await this.store.commit([
      { kind: "containerInstance", arn: instanceArn, expected: 0, value: exampleContainerInstance() },
      { kind: "taskDefinition", arn: exampleTask().taskDefinitionArn, expected: 0, value: exampleTaskDefinition() },
    ]);
  }

  connect(fates: () => "arrives" | "is lost" | "comes twice"): void {
    this.cut();
    const [server, agent] = connectionPair();
    this.ends = [server];
    this.connected = true;
    const fate = () => (this.healed ? "arrives" : fates());
    const { notebook: handler, clock } = this;
    void serveWork(unreliable(agent, fate), { handler, clock, logger: silentLogger, random: () => 0 }).then(() => {
      if (this.ends[0] !== server) return;
      this.connected = false;
      if (this.healed) this.connect(fates); // as an agent does
    });
    this.sessions.open(unreliable(server, fate), instanceArn);
  }

  cut(): void {
    for (const end of this.ends) end.breakOff();
  }

  restartControlPlane(): void {
    this.sessions.close();
    this.sessions = this.newSessions();
  }

  async place(): Promise<void> {
    const value = exampleTask({ containerInstanceArn: instanceArn, lastStatus: "PENDING" });
    await this.store.commit([{ kind: "task", arn: exampleTaskArn(++this.placed), expected: 0, value }]);
  }

  async change(number: number, members: Partial<Task>): Promise<void> {
    if (this.placed === 0) return;
    const arn = exampleTaskArn((number % this.placed) + 1);
    await update(this.store, "task", arn, (task) => ({ ...task, ...members }));
  }

  /** Tasks that should run on the instance. */
  wanted(): readonly string[] {
    return this.store
      .snapshot()
      .list("task", { containerInstanceArn: instanceArn })
      .flatMap(({ arn, value }) => (value.desiredStatus === "RUNNING" && value.lastStatus !== "STOPPED" ? [arn] : []))
      .toSorted(byName);
  }

  async pass(milliseconds: number): Promise<void> {
    for (let left = milliseconds; left > 0; left -= 5_000) {
      this.clock.advance(Math.min(left, 5_000));
      for (let turns = 0; turns < 4; turns++) await turn();
    }
  }

  close(): void {
    this.healed = false;
    this.cut();
    this.sessions.close();
  }

  private newSessions(): AgentSessions {
    const { store, clock } = this;
    return new AgentSessions({ store, clock, ids: countingIds(), logger: silentLogger });
  }
}

const event = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ do: "place" as const }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("stop" as const), task: fc.nat(9) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("count as lost" as const), task: fc.nat(9) }) },
  { weight: 2, arbitrary: fc.constant({ do: "connect" as const }) },
  { weight: 2, arbitrary: fc.constant({ do: "cut" as const }) },
  { weight: 1, arbitrary: fc.constant({ do: "restart the control plane" as const }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("fill the disk" as const), full: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("wait" as const), turns: fc.nat(6) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("pass" as const), seconds: fc.nat(90) }) },
);
const fate = fc.constantFrom("arrives", "arrives", "arrives", "is lost", "comes twice" as const);

test("whatever is lost, comes twice or breaks: the agent ends up with exactly the tasks that are wanted", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(event, { maxLength: 30 }),
      fc.infiniteStream(fate),
      fc.boolean(),
      async (events, fates, reconnects) => {
        const line = new Line();
        await line.open();
        const next = () => fates.next().value;
        line.connect(next);
        for (const happening of events) {
          if (happening.do === "place") await line.place();
          else if (happening.do === "stop") await line.change(happening.task, { desiredStatus: "STOPPED" });
          else if (happening.do === "count as lost")
            await line.change(happening.task, {
              desiredStatus: "STOPPED",
              lastStatus: "STOPPED",
              stopCode: "TerminationNotice",
            });
          else if (happening.do === "connect") line.connect(next);
          else if (happening.do === "cut") line.cut();
          else if (happening.do === "restart the control plane") line.restartControlPlane();
          else if (happening.do === "fill the disk") line.notebook.diskFull = happening.full;
          else if (happening.do === "pass") await line.pass(happening.seconds * 1_000);
          else for (let turns = 0; turns < happening.turns; turns++) await turn();
        }
        line.notebook.diskFull = false;
        line.healed = true;
        await turn();
        if (reconnects || !line.connected) line.connect(next);
        await line.pass(120_000);
        line.close();
        expect(line.notebook.running()).toEqual(line.wanted());
        expect(line.notebook.wronglyStopped).toEqual([]);
      },
    ),
    { numRuns: 200 },
  );
});
