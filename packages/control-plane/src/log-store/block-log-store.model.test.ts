import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { silentLogger } from "../platform/logger.ts";
import { BlockLogStore } from "./block-log-store.ts";
import { directSealer } from "./log-store.fixture.ts";
import type { LogPosition, LogQuery, LogStore, StoredLogEvent } from "./log-store.ts";
import { MemoryLogStore } from "./memory-log-store.ts";
import { directFinder } from "./search/block-finder.ts";

// The store against plain lists, while it seals, is closed and opened, and is killed.
const groups = ["g", "h"] as const;
const streams = ["s", "t", "u"] as const;
const at = fc.record({ group: fc.constantFrom(...groups), stream: fc.constantFrom(...streams) });
/** Over three days, so that there are several segments. */
const time = fc.integer({ min: 0, max: 6 }).map((count) => count * 36_000_000);

type Step =
  | {
      readonly do: "append";
      readonly group: string;
      readonly stream: string;
      readonly times: readonly number[];
      readonly delivery: number | undefined;
    }
  | { readonly do: "deleteStream" | "createStream"; readonly group: string; readonly stream: string }
  | { readonly do: "expire"; readonly group: string; readonly before: number }
  | { readonly do: "deleteGroup"; readonly group: string }
  | { readonly do: "seal" | "reopen" }
  | { readonly do: "kill"; readonly afterTurns: number };
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc
      .tuple(at, fc.array(time, { maxLength: 4 }), fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined }))
      .map(([where, times, delivery]) => ({ do: "append" as const, ...where, times, delivery })),
  },
  { weight: 1, arbitrary: at.map((where) => ({ do: "deleteStream" as const, ...where })) },
  { weight: 1, arbitrary: at.map((where) => ({ do: "createStream" as const, ...where })) },
  { weight: 1, arbitrary: fc.tuple(at, time).map(([{ group }, before]) => ({ do: "expire" as const, group, before })) },
  { weight: 1, arbitrary: at.map(({ group }) => ({ do: "deleteGroup" as const, group })) },
  { weight: 3, arbitrary: fc.constantFrom({ do: "seal" as const }, { do: "reopen" as const }) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 9 }).map((afterTurns) => ({ do: "kill" as const, afterTurns })) },
);
const question = fc.record(
  {
    group: fc.constantFrom(...groups),
    streams: fc.array(fc.constantFrom(...streams, "none"), { maxLength: 4 }),
    from: time,
    to: time,
    backwards: fc.boolean(),
    limit: fc.integer({ min: 1, max: 6 }),
    bytes: fc.integer({ min: 1, max: 9 }),
    needles: fc.array(fc.constantFrom("1", "2", "3.", "."), { maxLength: 2 }),
    scanBytes: fc.integer({ min: 1, max: 9 }),
    where: fc.constantFrom(({ message }: StoredLogEvent) => !message.endsWith("1")),
  },
  { requiredKeys: ["group", "limit"] },
) as fc.Arbitrary<LogQuery>;

/** A store in a folder that can be killed: what the folder holds at that moment is what the next one begins with. */
class Killable {
  readonly #root = mkdtempSync(join(tmpdir(), "hatoba-logs-"));
  #lives = 0;
  store = this.#open();

  #open(): BlockLogStore {
    return new BlockLogStore({
      directory: join(this.#root, String(this.#lives)),
      sealer: directSealer,
      finder: directFinder,
      logger: silentLogger,
      onFatal: (error) => {
        throw error;
      },
      journalBytes: 400,
    });
  }

  async reopen(): Promise<void> {
    await this.store.close();
    this.store = this.#open();
  }

  /** In the middle of sealing. */
  async kill(afterTurns: number): Promise<void> {
    const killed = this.store;
    const sealing = killed.seal().catch(() => undefined); // it may find itself closed
    for (let turn = 0; turn < afterTurns; turn++) await new Promise((resolve) => setImmediate(resolve));
    const next = join(this.#root, String(this.#lives + 1));
    cpSync(join(this.#root, String(this.#lives)), next, { recursive: true });
    this.#lives++;
    this.store = this.#open();
    await sealing;
    await killed.close();
  }

  async end(): Promise<void> {
    await this.store.close();
    rmSync(this.#root, { recursive: true });
  }
}

let count = 0;
async function perform(store: LogStore, each: Step): Promise<unknown> {
  switch (each.do) {
    case "append": {
      const events = each.times.map((timestamp, index) => ({ timestamp, message: `${timestamp}.${count + index}` }));
      const delivery = each.delivery === undefined ? undefined : { source: "x", number: each.delivery };
      return store.append(each.group, each.stream, events, count, delivery);
    }
    case "deleteStream":
      return store.deleteStream(each.group, each.stream);
    case "createStream":
      return store.createStream(each.group, each.stream, 1);
    case "expire":
      return store.expire(each.group, each.before);
    case "deleteGroup":
      await store.deleteGroup(each.group);
      return setUp(store, each.group);
    case "seal":
    case "reopen":
    case "kill":
      return undefined;
  }
}

async function setUp(store: LogStore, group: string): Promise<void> {
  await store.createGroup({ name: group, createdAt: 1, tags: {} });
  for (const stream of streams) await store.createStream(group, stream, 1);
}

/** Page by page, each from where the one before ended. */
async function readAll(store: LogStore, query: LogQuery): Promise<readonly StoredLogEvent[]> {
  const seen: StoredLogEvent[] = [];
  for (let beyond: LogPosition | undefined; ; ) {
    const { events: page, next } = await store.read({ ...query, ...(beyond === undefined ? {} : { beyond }) });
    expect(page.length).toBeLessThanOrEqual(query.limit);
    const bytes = page.reduce((sum, { message }) => sum + message.length, 0);
    if (page.length > 1) expect(bytes).toBeLessThanOrEqual(query.bytes ?? Infinity);
    seen.push(...page);
    if (next === undefined) return seen;
    expect(next).not.toEqual(beyond);
    beyond = next;
  }
}
const withoutSequence = (events: readonly StoredLogEvent[]) => events.map((event) => ({ ...event, sequence: 0 }));

test("whatever is put, removed and asked, sealed, closed and killed, the answer is a plain list's", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 25 }),
      fc.array(question, { minLength: 1, maxLength: 6 }),
      async (steps, questions) => {
        const killable = new Killable();
        const model = new MemoryLogStore();
        for (const group of groups) for (const store of [killable.store, model]) await setUp(store, group);
        for (const each of steps) {
          if (each.do === "seal") await killable.store.seal();
          else if (each.do === "reopen") await killable.reopen();
          else if (each.do === "kill") await killable.kill(each.afterTurns);
          else expect(await perform(killable.store, each)).toBe(await perform(model, each));
          count += 10;
        }
        const { store } = killable;
        for (const query of questions) {
          const events = await readAll(store, query);
          expect(withoutSequence(events)).toEqual(withoutSequence(await readAll(model, query)));
          expect(new Set(events.map(({ sequence }) => sequence)).size).toBe(events.length);
        }
        for (const group of groups) expect(store.streams(group)).toEqual(model.streams(group));
        await killable.end();
      },
    ),
    { numRuns: 25 },
  );
});
