import fc from "fast-check";
import { expect, test } from "vitest";
import type { LogPosition, LogQuery, StoredLogEvent } from "./log-store.ts";
import { SqliteLogStore } from "./sqlite-log-store.ts";

// The store against the plainest one there could be: a list in the order of arrival.
interface Kept {
  readonly group: string;
  readonly stream: string;
  readonly timestamp: number;
  readonly message: string;
}
const groups = ["g", "h"] as const;
const streams = ["s", "t", "u"] as const;
const at = fc.record({ group: fc.constantFrom(...groups), stream: fc.constantFrom(...streams) });
const time = fc.integer({ min: 0, max: 6 });

type Step =
  | { readonly do: "append"; readonly group: string; readonly stream: string; readonly times: readonly number[] }
  | { readonly do: "deleteStream" | "createStream"; readonly group: string; readonly stream: string }
  | { readonly do: "expire"; readonly group: string; readonly before: number };
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .tuple(at, fc.array(time, { maxLength: 4 }))
      .map(([where, times]) => ({ do: "append" as const, ...where, times })),
  },
  { weight: 1, arbitrary: at.map((where) => ({ do: "deleteStream" as const, ...where })) },
  { weight: 1, arbitrary: at.map((where) => ({ do: "createStream" as const, ...where })) },
  { weight: 1, arbitrary: fc.tuple(at, time).map(([{ group }, before]) => ({ do: "expire" as const, group, before })) },
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

/** What the store should do, on a list. */
class Model {
  kept: readonly Kept[] = [];
  there: ReadonlySet<string> = new Set(groups.flatMap((group) => streams.map((stream) => `${group} ${stream}`)));

  /** @returns whether an append is kept */
  run(each: Step): boolean {
    const isIn = (one: Kept) => one.group === each.group && (each.do === "expire" || one.stream === each.stream);
    const name = each.do === "expire" ? "" : `${each.group} ${each.stream}`;
    switch (each.do) {
      case "expire":
        this.kept = this.kept.filter((one) => !(isIn(one) && one.timestamp < each.before));
        return true;
      case "createStream":
        this.there = new Set([...this.there, name]);
        return true;
      case "deleteStream":
        this.kept = this.kept.filter((one) => !isIn(one));
        this.there = new Set([...this.there].filter((other) => other !== name));
        return true;
      case "append":
        if (!this.there.has(name)) return false;
        this.kept = [...this.kept, ...each.times.map((timestamp, index) => newEvent(each, timestamp, index))];
        return true;
    }
  }

  /** All that a question asks for, without its limits. */
  answer(query: LogQuery): readonly string[] {
    const { group, streams: chosen, from = 0, to = Infinity, backwards = false, needles = [], where } = query;
    const found = this.kept
      .filter((one) => one.group === group && (chosen === undefined || chosen.includes(one.stream)))
      .filter(({ timestamp }) => timestamp >= from && timestamp < to)
      .toSorted((a, b) => a.timestamp - b.timestamp)
      .map(({ message }) => message)
      .filter((message) => needles.every((needle) => message.includes(needle)))
      .filter((message) => where?.({ message } as StoredLogEvent) !== false);
    return backwards ? found.toReversed() : found;
  }
}
let count = 0;
const newEvent = ({ group, stream }: { group: string; stream: string }, timestamp: number, index: number): Kept => ({
  group,
  stream,
  timestamp,
  message: `${timestamp}.${count + index}`,
});

async function perform(store: SqliteLogStore, each: Step): Promise<boolean> {
  switch (each.do) {
    case "append": {
      const events = each.times.map((timestamp, index) => newEvent(each, timestamp, index));
      return store.append(each.group, each.stream, events, 1);
    }
    case "deleteStream":
      await store.deleteStream(each.group, each.stream);
      return true;
    case "createStream":
      await store.createStream(each.group, each.stream, 1);
      return true;
    case "expire":
      store.expire(each.group, each.before, 1_000);
      return true;
  }
}

/** Page by page, each from where the one before ended. */
async function readAll(store: SqliteLogStore, query: LogQuery): Promise<readonly StoredLogEvent[]> {
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

test("whatever is put, removed and asked, the answer is a plain list's", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 25 }),
      fc.array(question, { minLength: 1, maxLength: 6 }),
      async (steps, questions) => {
        const store = new SqliteLogStore(":memory:");
        const model = new Model();
        for (const name of groups) {
          await store.createGroup({ name, createdAt: 1, tags: {} });
          for (const stream of streams) await store.createStream(name, stream, 1);
        }
        for (const each of steps) {
          expect(await perform(store, each)).toBe(model.run(each));
          count += 10;
        }
        for (const query of questions) {
          const events = await readAll(store, query);
          expect(events.map(({ message }) => message)).toEqual(model.answer(query));
          expect(new Set(events.map(({ sequence }) => sequence)).size).toBe(events.length);
        }
        for (const group of groups) {
          const names = [...model.there].flatMap((name) => (name.startsWith(group) ? [name.slice(2)] : []));
          expect(store.streams(group).map(({ name }) => name)).toEqual(names.toSorted((a, b) => a.localeCompare(b)));
        }
        await store.close();
      },
    ),
    { numRuns: 80 },
  );
});
