import fc from "fast-check";
import { afterEach, describe, expect, it, test } from "vitest";
import { exampleContainerInstanceArn } from "../../model/examples.ts";
import { SimulatedCluster } from "../simulated-cluster.ts";
import { planMoves } from "./rebalance.ts";

test.each([
  [{}, []],
  [{ a: 5 }, []],
  [{ a: 2, b: 1 }, []],
  [{ a: 2, b: 0 }, ["b"]],
  [{ a: 3, b: 1, c: 0 }, ["c"]],
  [{ a: 6, b: 0, c: 0 }, ["b", "c", "b", "c"]],
])("of %j, tasks are started in %j", (counts, moves) => {
  expect(planMoves(new Map(Object.entries(counts)), 100)).toEqual(moves);
});

test("one at a time or many at once, it ends even, and never does more than it may", () => {
  const counts = fc.dictionary(fc.constantFrom("a", "b", "c", "d"), fc.nat(20), { minKeys: 1 });
  fc.assert(
    fc.property(counts, fc.integer({ min: 1, max: 8 }), (given, most) => {
      const zones = new Map(Object.entries(given));
      for (let round = 0; ; round++) {
        expect(round).toBeLessThan(100);
        const moves = planMoves(zones, most);
        expect(moves.length).toBeLessThanOrEqual(most);
        if (moves.length === 0) break;
        for (const zone of moves) zones.set(zone, (zones.get(zone) ?? 0) + 1);
        for (const _ of moves) {
          const [fullest, count] = [...zones].reduce((best, zone) => (zone[1] > best[1] ? zone : best));
          zones.set(fullest, count - 1);
        }
      }
      const left = [...zones.values()];
      expect(Math.max(...left) - Math.min(...left)).toBeLessThanOrEqual(1);
    }),
  );
});

describe("a service that was left in one zone", () => {
  let cluster: SimulatedCluster;
  afterEach(() => cluster.stop());
  const zones = () => cluster.running().map(({ value }) => value.availabilityZone?.at(-1) ?? "");

  const byName = (a: string, b: string) => a.localeCompare(b);

  async function begin(desiredCount: number, maximumPercent = 200): Promise<void> {
    cluster = new SimulatedCluster();
    await cluster.create(1, { availabilityZone: "us-east-1a" });
    cluster.start();
    await cluster.createService({
      desiredCount,
      availabilityZoneRebalancing: "ENABLED",
      deploymentConfiguration: { minimumHealthyPercent: 100, maximumPercent },
    });
    await cluster.converge();
    expect(new Set(zones())).toEqual(new Set(["a"]));
    await cluster.addInstance(2, { availabilityZone: "us-east-1b" });
    await cluster.addInstance(3, { availabilityZone: "us-east-1c" });
  }
  /** The loop looks at every service every few minutes. */
  async function look(): Promise<void> {
    cluster.clock.advance(5 * 60_000);
    await cluster.settle();
  }

  it("starts tasks in the empty zones, and gives up as many when those run", async () => {
    await begin(6);
    const least: number[] = [];
    cluster.store.onChange(() => least.push(cluster.running().length));
    await look();
    expect(cluster.tasks()).toHaveLength(10);
    expect(zones()).toHaveLength(6);
    await cluster.converge();
    expect(zones().toSorted(byName)).toEqual(["a", "a", "b", "b", "c", "c"]);
    expect(Math.min(...least)).toBeGreaterThanOrEqual(6);
    expect(cluster.events()).toEqual(
      expect.arrayContaining([
        expect.stringContaining("is not AZ balanced with 6 tasks in us-east-1a, 0 tasks in us-east-1b, 0 tasks in"),
        "(service web) is AZ balanced with 2 tasks in us-east-1a, 2 tasks in us-east-1b, 2 tasks in us-east-1c.",
      ]),
    );
    const { revision } = cluster.store.snapshot();
    await look();
    expect(cluster.store.snapshot().revision).toBe(revision);
  });

  it("keeps to its ceiling", async () => {
    await begin(4, 125);
    for (let round = 0; round < 3; round++) {
      await look();
      expect(cluster.tasks().filter(({ value }) => value.desiredStatus === "RUNNING").length).toBeLessThanOrEqual(5);
      await cluster.converge();
    }
    expect(zones().toSorted(byName)).toEqual(["a", "a", "b", "c"]);
  });

  it("waits for room in the empty zone without giving up anything", async () => {
    await begin(4);
    for (const number of [2, 3]) {
      const arn = exampleContainerInstanceArn(number);
      const stored = cluster.store.snapshot().get("containerInstance", arn);
      if (stored === undefined) throw new Error("it is not there");
      const registered = { ...stored.value.registered, cpu: 10 };
      await cluster.store.commit([
        { kind: "containerInstance", arn, expected: stored.revision, value: { ...stored.value, registered } },
      ]);
    }
    await look();
    expect(zones()).toEqual(["a", "a", "a", "a"]);
    expect(cluster.events()[0]).toContain("was unable to place a task");
  });
});
