import * as fc from "fast-check";
import { expect, test } from "vitest";
import { type Demand, HostResources } from "./host-resources.ts";

const supply = { cpu: 10, memoryMiB: 10, ports: ["tcp/22"], gpus: ["g1", "g2"] };
const demand = (cpu: number, memoryMiB = 0, ports: readonly string[] = []): Demand => ({ cpu, memoryMiB, ports });

test("first come, first served: the first that does not fit holds up all behind it", () => {
  const host = new HostResources(supply);
  host.enqueue("a", demand(6));
  host.enqueue("b", demand(6));
  host.enqueue("c", demand(1));
  expect(host.admit()).toEqual(["a"]);
  expect(host.admit()).toEqual([]);
  host.release("b"); // it does not want to any more
  expect(host.admit()).toEqual(["c"]);
  host.release("a");
  host.enqueue("b", demand(6));
  expect(host.admit()).toEqual(["b"]);
});

test.each([
  [demand(11), /11 CPU units/],
  [demand(0, 11), /11 MiB/],
  [demand(0, 0, ["tcp/22"]), /tcp\/22/],
  [demand(0, 0, ["tcp/80", "tcp/80"]), /tcp\/80/],
  [{ ...demand(0), gpus: ["g3"] }, /GPU g3/],
  [{ ...demand(0), gpus: ["g1", "g1"] }, /GPU g1/],
])("what can never be had is said at once: %o", (wanted, text) => {
  const host = new HostResources(supply);
  expect(host.enqueue("a", wanted)).toMatch(text);
  expect(host.admit()).toEqual([]);
});

test("never more than the machine has, whatever comes and goes; and nobody who fits at the head waits", () => {
  const wanted = fc.record({
    cpu: fc.nat(10),
    memoryMiB: fc.nat(10),
    ports: fc.uniqueArray(fc.constantFrom("tcp/80", "tcp/81", "udp/80"), { maxLength: 2 }),
    gpus: fc.uniqueArray(fc.constantFrom("g1", "g2"), { maxLength: 2 }),
  });
  const steps = fc.array(fc.oneof(fc.record({ enqueue: fc.nat(9), wanted }), fc.record({ release: fc.nat(9) })));
  fc.assert(
    fc.property(steps, (list) => {
      const host = new HostResources(supply);
      const running = new Map<string, Demand>();
      const waiting = new Map<string, Demand>();
      for (const step of list) {
        if ("release" in step) {
          host.release(String(step.release));
          running.delete(String(step.release));
          waiting.delete(String(step.release));
        } else if (!running.has(String(step.enqueue))) {
          host.enqueue(String(step.enqueue), step.wanted);
          waiting.set(String(step.enqueue), step.wanted);
        }
        for (const key of host.admit()) {
          running.set(key, waiting.get(key) ?? demand(0));
          waiting.delete(key);
        }
        const taken = [...running.values()];
        const sum = (of: (one: Demand) => number) => taken.reduce((total, one) => total + of(one), 0);
        const ports = taken.flatMap((one) => one.ports);
        expect(sum(({ cpu }) => cpu)).toBeLessThanOrEqual(supply.cpu);
        expect(sum(({ memoryMiB }) => memoryMiB)).toBeLessThanOrEqual(supply.memoryMiB);
        expect(new Set(ports).size).toBe(ports.length);
        expect(host.admit()).toEqual([]);
      }
    }),
  );
});
