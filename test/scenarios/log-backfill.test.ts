import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { ControlPlaneError } from "../../packages/agent/src/channel/control-plane.ts";
import { CloudWatchLogSink } from "../../packages/agent/src/hooks/logs/cloudwatch-log-sink.ts";
import { LogShipper } from "../../packages/agent/src/hooks/logs/log-shipper.ts";
import { LogSpool } from "../../packages/agent/src/hooks/logs/log-spool.ts";
import { ManualClock as AgentClock } from "../../packages/agent/src/platform/clock.ts";
import { silentLogger as agentLogger } from "../../packages/agent/src/platform/logger.ts";
import type { LogsContext } from "../../packages/control-plane/src/api/logs/operation.ts";
import { operations } from "../../packages/control-plane/src/api/logs/operations.ts";
import { LogStoreFixture } from "../../packages/control-plane/src/log-store/log-store.fixture.ts";
import { ManualClock } from "../../packages/control-plane/src/platform/clock.ts";
import { defaultSettings } from "../../packages/control-plane/src/settings.ts";

// What an agent has in its spool reaches the control plane's log store once and in order, whatever happens between them.
const now = Date.UTC(2026, 0, 1);
const target = { group: "/app", stream: "web/app/1", createGroup: true };
type Operations = Readonly<Record<string, (input: unknown, context: LogsContext) => Promise<unknown>>>;
const unanswered = () => new ControlPlaneError("NetworkError", "socket hang up");

class Wire {
  readonly #fixture: LogStoreFixture;
  /** One for each call, then all goes well: lost on its way there, lost on its way back, or answered. */
  faults: ("there" | "back" | "none")[] = [];

  constructor(fixture: LogStoreFixture) {
    this.#fixture = fixture;
  }

  async call(name: string, input: Readonly<Record<string, unknown>>): Promise<unknown> {
    const fault = this.faults.shift() ?? "none";
    if (fault === "there") throw unanswered();
    const context = {
      logStore: this.#fixture.store,
      clock: new ManualClock(now),
      settings: defaultSettings,
      caller: { accountId: defaultSettings.accountId, region: defaultSettings.region },
    } as unknown as LogsContext;
    const answer = await (operations as unknown as Operations)[name]?.(input, context).catch((error: Error) => {
      throw new ControlPlaneError(error.name, error.message, { statusCode: 400 });
    });
    if (fault === "back") throw unanswered();
    return answer;
  }
}

/** An agent's process; killed, it hears no answer any more and notes nothing. */
class Agent {
  readonly spool: LogSpool;
  readonly #shipper: LogShipper;
  readonly #clock = new AgentClock();
  #isKilled = false;

  constructor(path: string, wire: Wire) {
    this.spool = new LogSpool({ path, maxBytes: 10_000_000 });
    this.spool.begin("c", "task");
    const sink = new CloudWatchLogSink({
      logger: agentLogger,
      call: async (name, input) => {
        const answer = await wire.call(name, input);
        if (this.#isKilled) throw unanswered();
        return answer;
      },
    });
    this.#shipper = new LogShipper({ spool: this.spool, sink, clock: this.#clock, logger: agentLogger });
    this.#shipper.start();
  }

  write(lines: readonly number[]): void {
    const events = lines.map((line) => ({ timestamp: now + line, message: `line ${line}` }));
    const position = { timestamp: String(lines.at(-1)), linesTaken: 1 };
    if (events.length > 0) this.spool.append("c", target, { events, position });
    this.#shipper.offer(target);
  }

  /** Lets time pass until nothing waits. */
  async settle(): Promise<void> {
    while (this.spool.bytes > 0) {
      this.#clock.advance(1_000);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  async kill(): Promise<void> {
    this.#isKilled = true;
    await this.#shipper.close();
    this.spool.close();
  }
}

const fault = fc.constantFrom("there" as const, "back" as const, "none" as const);
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ write: fc.integer({ min: 0, max: 40 }), turns: fc.integer({ min: 0, max: 4 }) }),
  },
  { weight: 2, arbitrary: fc.record({ faults: fc.array(fault, { maxLength: 4 }) }) },
  { weight: 2, arbitrary: fc.constant("agent killed" as const) },
  { weight: 2, arbitrary: fc.constant("control plane restarted" as const) },
  { weight: 1, arbitrary: fc.constant("sealed" as const) },
);

test("backfill from spools is in order and without a line missing or twice, whatever breaks in between", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 15 }), async (steps) => {
      const fixture = new LogStoreFixture();
      const wire = new Wire(fixture);
      const path = join(fixture.directory, "spool.sqlite");
      let agent = new Agent(path, wire);
      let lines = 0;
      for (const each of steps) {
        if (each === "agent killed") {
          await agent.kill();
          agent = new Agent(path, wire);
        } else if (each === "control plane restarted") {
          wire.faults = Array(20).fill("there");
          await fixture.reopen();
          wire.faults = [];
        } else if (each === "sealed") await fixture.store.seal();
        else if ("faults" in each) wire.faults.push(...each.faults);
        else {
          agent.write(Array.from({ length: each.write }, () => lines++));
          for (let turn = 0; turn < each.turns; turn++) await new Promise((resolve) => setImmediate(resolve));
        }
      }
      await agent.settle();
      const { events } = await fixture.store.read({ group: target.group, limit: 10_000 });
      expect(events.map(({ message }) => message)).toEqual(Array.from({ length: lines }, (_, line) => `line ${line}`));
      await agent.kill();
      await fixture.end();
    }),
    { numRuns: 40 },
  );
});
