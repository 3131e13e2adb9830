import fc from "fast-check";
import { expect, it } from "vitest";
import { exampleContainerInstance, exampleContainerInstanceArn } from "../model/examples.ts";
import { MemoryStore } from "../store/memory-store.ts";
import { type Candidate, candidateOf } from "./candidate.ts";
import { preferenceOf } from "./preference.ts";
import { Ranking } from "./ranking.ts";

const demand = { cpu: 64, memory: 100, ports: [], gpus: 0, networkInterfaces: 0 };
const snapshot = new MemoryStore().snapshot();

interface Machine {
  readonly zone: string;
  readonly size: string | undefined;
  readonly memory: number;
}
const candidates = (machines: readonly Machine[]): readonly Candidate[] =>
  machines.map(({ zone, size, memory }, index) =>
    candidateOf(snapshot, {
      kind: "containerInstance",
      arn: exampleContainerInstanceArn(index + 1),
      revision: 1,
      value: exampleContainerInstance({
        availabilityZone: zone,
        attributes: size === undefined ? [] : [{ name: "size", value: size }],
        registered: { cpu: 4096, memory, reservedPorts: [], gpuIds: [] },
      }),
    }),
  );

const machine = fc.record({
  zone: fc.constantFrom("a", "b", "c"),
  size: fc.constantFrom("small", "large", undefined),
  memory: fc.integer({ min: 1, max: 20 }).map((hundreds) => hundreds * 100),
});
const strategy = fc.constantFrom(
  { type: "spread" as const, field: "attribute:ecs.availability-zone" },
  { type: "spread" as const, field: "attribute:size" },
  { type: "spread" as const, field: "instanceId" },
  { type: "binpack" as const, field: "memory" },
  { type: "random" as const },
);

it("gives the candidate that comparing all of them gives, whatever was placed before", () => {
  fc.assert(
    fc.property(
      fc.array(machine, { maxLength: 30 }),
      fc.array(strategy, { maxLength: 3 }),
      fc.nat(),
      (machines, strategies, seed) => {
        const [ranked, compared] = [candidates(machines), candidates(machines)];
        const preference = preferenceOf(strategies, ranked, seed);
        const ranking = new Ranking(ranked, preference);
        const other = preferenceOf(strategies, compared, seed);
        const open = new Set(compared);
        for (;;) {
          const on = ranking.best();
          const expected = [...open].toSorted((a, b) => other.compare(a, b))[0];
          expect(on?.containerInstanceArn).toBe(expected?.containerInstanceArn);
          if (on === undefined || expected === undefined) return;
          for (const [each, by] of [
            [on, preference],
            [expected, other],
          ] as const) {
            each.take(demand, "web");
            by.placed(each);
          }
          if (on.remaining.memory >= demand.memory) ranking.moved(on);
          else {
            ranking.drop(on);
            open.delete(expected);
          }
        }
      },
    ),
  );
});
