import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { exampleCluster, exampleContainerInstance, exampleService, exampleTask } from "../model/examples.ts";
import { indexes } from "../model/indexes.ts";
import { type Kind, kinds, type Resources } from "../model/resources.ts";
import { type Tally, type TallyName, tallies } from "../model/tallies.ts";
import type { Change, Snapshot, Store, Stored, Write } from "./store.ts";

/** How an implementation is tried: `reopen` closes and opens again what it kept, where there is something to keep. */
export interface StoreUnderTest {
  open(options?: { readonly historyLength?: number }): Promise<Store>;
  /** Absent if nothing outlives the process. */
  readonly reopen?: (store: Store) => Promise<Store>;
}

/** All that comes until the end. */
export async function collect<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

// A plain Map is the model: whatever sequence of commits is tried, the store must hold what the Map holds, refuse what
// is outdated for the Map, and have indexes, tallies, changes and old snapshots that agree with it.

const oneOf = <const T>(...values: readonly T[]) => fc.constantFrom(...values);
const maybe = <const T>(...values: readonly T[]) => fc.option(oneOf(...values), { nil: undefined });
/** Leaves members out where the generator said undefined. */
const defined = <T extends object>(value: T) =>
  Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as never;

const demand = fc.record({
  cpu: oneOf(0, 128, 256),
  memory: oneOf(0, 64),
  ports: fc.subarray(["tcp/80", "udp/53"]),
  gpus: oneOf(0, 1),
  networkInterfaces: oneOf(0, 1),
});
const values: { readonly [K in "cluster" | "task" | "service" | "containerInstance"]: fc.Arbitrary<Resources[K]> } = {
  cluster: fc.record({ status: oneOf("ACTIVE", "INACTIVE") }).map((fields) => exampleCluster(fields)),
  task: fc
    .record({
      clusterArn: oneOf("c1", "c2"),
      lastStatus: oneOf("PROVISIONING", "PENDING", "RUNNING", "STOPPED"),
      desiredStatus: oneOf("RUNNING", "STOPPED"),
      launchType: oneOf("EC2", "FARGATE"),
      containerInstanceArn: maybe("i1", "i2"),
      availabilityZone: maybe("z1", "z2"),
      serviceArn: maybe("s1", "s2"),
      deploymentId: maybe("d1", "d2"),
      startedBy: maybe("x", ""),
      group: oneOf("g1", "g2"),
      demand,
    })
    .map((fields) => exampleTask(defined(fields))),
  service: fc
    .record({
      clusterArn: oneOf("c1", "c2"),
      status: oneOf("ACTIVE", "DRAINING", "INACTIVE"),
      launchType: maybe("FARGATE"),
    })
    .map((fields) => exampleService(defined(fields))),
  containerInstance: fc
    .record({ clusterArn: oneOf("c1", "c2"), capacity: oneOf("EC2", "FARGATE"), status: oneOf("ACTIVE", "INACTIVE") })
    .map((fields) => exampleContainerInstance(fields)),
};

/** A write that is right, deletes, or expects an outdated revision. */
const step = fc.oneof(
  ...(Object.keys(values) as (keyof typeof values)[]).map((kind) =>
    fc.record({
      kind: fc.constant(kind),
      arn: oneOf("1", "2", "3", "4"),
      value: fc.option(values[kind] as fc.Arbitrary<object>, { nil: null, freq: 4 }),
      staleBy: fc.oneof({ weight: 12, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: oneOf(1, -1) }),
    }),
  ),
);
/** Turns of commits of writes; what stands in one turn is committed without waiting. */
const turns = fc.array(
  fc.array(fc.uniqueArray(step, { maxLength: 3, selector: keyOf }), { minLength: 1, maxLength: 4 }),
  {
    maxLength: 8,
  },
);

function keyOf({ kind, arn }: { readonly kind: string; readonly arn: string }): string {
  return `${kind} ${arn}`;
}

type Turns = typeof turns extends fc.Arbitrary<infer T> ? T : never;

/** The model: what is held, in the order of first commits, and the revision. */
class Model {
  readonly held = new Map<string, Stored>();
  revision = 0;

  /** The commit as the store should see it, and whether it should be taken. */
  commit(steps: Turns[number][number]): { writes: readonly Write[]; taken: boolean } {
    const writes = steps.map(({ kind, arn, value, staleBy }) => {
      const expected = (this.held.get(keyOf({ kind, arn }))?.revision ?? 0) + staleBy;
      return { kind, arn, expected, value } as Write;
    });
    const taken = steps.every(({ staleBy }) => staleBy === 0);
    const changing = writes.filter((write) => write.value !== null || this.held.has(keyOf(write)));
    if (!taken || changing.length === 0) return { writes, taken };
    this.revision++;
    for (const { kind, arn, value } of changing) {
      if (value === null) this.held.delete(keyOf({ kind, arn }));
      else this.held.set(keyOf({ kind, arn }), { kind, arn, revision: this.revision, value } as Stored);
    }
    return { writes, taken };
  }
}

/** Runs all turns on both and says what went otherwise in the store than in the model; hands over each turn's snapshot. */
async function play(store: Store, model: Model, all: Turns, afterTurn: (snapshot: Snapshot) => void): Promise<void> {
  for (const turn of all) {
    const commits = turn.map((steps) => {
      const { writes, taken } = model.commit(steps);
      return { taken, done: store.commit(writes) };
    });
    for (const [index, result] of (await Promise.allSettled(commits.map(({ done }) => done))).entries()) {
      expect(result.status, `commit ${index}`).toBe(commits[index]?.taken ? "fulfilled" : "rejected");
      if (result.status === "rejected") expect(result.reason).toMatchObject({ name: "ConflictError" });
    }
    afterTurn(store.snapshot());
  }
}

const everything = (snapshot: Snapshot): readonly Stored[] =>
  kinds.flatMap((kind) => snapshot.list(kind) as readonly Stored[]);
const bySomething = (all: Iterable<Stored>, kind: Kind) => [...all].filter((stored) => stored.kind === kind);

function expectSameAs(snapshot: Snapshot, model: Model): void {
  expect(snapshot.revision).toBe(model.revision);
  for (const kind of kinds) expect(snapshot.list(kind)).toEqual(bySomething(model.held.values(), kind));
  for (const stored of model.held.values()) expect(snapshot.get(stored.kind, stored.arn)).toEqual(stored);
}

function expectIndexesToAgree(snapshot: Snapshot): void {
  for (const kind of kinds) {
    const all = snapshot.list(kind) as readonly Stored[];
    for (const field of indexes[kind] as readonly string[]) {
      const of = ({ value }: Stored) => (value as unknown as Record<string, unknown>)[field];
      for (const wanted of new Set(all.map(of).filter((value) => value !== undefined))) {
        const expected = all.filter((stored) => of(stored) === wanted);
        expect(snapshot.list(kind, { [field]: wanted } as never)).toEqual(expected);
        expect(snapshot.count(kind, { [field]: wanted } as never)).toBe(expected.length);
      }
    }
  }
}

function expectTalliesToAgree(snapshot: Snapshot): void {
  for (const [name, tally] of Object.entries(tallies) as unknown as readonly (readonly [
    TallyName,
    Tally<Kind, unknown>,
  ])[]) {
    const totals = new Map<string, unknown>();
    for (const { value } of snapshot.list(tally.kind)) {
      for (const key of tally.keysOf(value)) totals.set(key, tally.add(totals.get(key) ?? tally.zero, value));
    }
    for (const [key, total] of totals) expect(snapshot.tally(name, key), `${name} ${key}`).toEqual(total);
    for (const key of ["c1", "c2", "i1", "i2", "s1", "d1"].filter((key) => !totals.has(key))) {
      expect(snapshot.tally(name, key), `${name} ${key}`).toEqual(tally.zero);
    }
  }
}

/** What one gets who applies every change to nothing. */
function replay(changes: readonly Change[]): Map<string, Stored> {
  const held = new Map<string, Stored>();
  for (const { before, after } of changes) {
    const key = keyOf((after ?? before) as Stored);
    expect(held.get(key)).toEqual(before);
    if (after) held.set(key, after);
    else held.delete(key);
  }
  return held;
}

/** The same for every sequence of commits. */
export function storeProperties(subject: StoreUnderTest): void {
  const property = (check: (store: Store, model: Model, all: Turns) => Promise<void>) =>
    fc.assert(
      fc.asyncProperty(turns, async (all) => {
        const store = await subject.open();
        try {
          await check(store, new Model(), all);
        } finally {
          await store.close();
        }
      }),
      { numRuns: subject.reopen ? 30 : 150 },
    );

  describe("for any commits", () => {
    test("it holds what a plain map holds, and old snapshots stay as they were", () =>
      property(async (store, model, all) => {
        const old: { snapshot: Snapshot; copy: string }[] = [];
        await play(store, model, all, (snapshot) => {
          expectSameAs(snapshot, model);
          old.push({ snapshot, copy: JSON.stringify(everything(snapshot)) });
        });
        for (const { snapshot, copy } of old) expect(JSON.stringify(everything(snapshot))).toBe(copy);
      }));

    test("indexes and tallies equal what is counted afresh", () =>
      property(async (store, model, all) => {
        await play(store, model, all, (snapshot) => {
          expectIndexesToAgree(snapshot);
          expectTalliesToAgree(snapshot);
        });
      }));

    test("watchers and listeners see every change once and in order", () =>
      property(async (store, model, all) => {
        const heard: Change[] = [];
        store.onChange((change) => void heard.push(change));
        const stop = new AbortController();
        const watched = collect(store.watch(0, stop.signal));
        await play(store, model, all, () => undefined);
        expect(Object.fromEntries(replay(heard))).toEqual(Object.fromEntries(model.held));
        expect(heard.map(({ revision }) => revision)).toEqual(
          heard.map(({ revision }) => revision).toSorted((a, b) => a - b),
        );
        await store.close();
        expect(await watched).toEqual(heard);
      }));

    const { reopen } = subject;
    if (reopen) {
      test("all of it is there again after closing and opening", () =>
        property(async (store, model, all) => {
          await play(store, model, all, () => undefined);
          const before = JSON.stringify(everything(store.snapshot()));
          const again = await reopen(store);
          expectSameAs(again.snapshot(), model);
          expect(JSON.stringify(everything(again.snapshot()))).toBe(before);
          expectIndexesToAgree(again.snapshot());
          expectTalliesToAgree(again.snapshot());
          expect(await again.commit([{ kind: "cluster", arn: "new", expected: 0, value: exampleCluster() }])).toBe(
            model.revision + 1,
          );
          await again.close();
        }));
    }
  });
}
