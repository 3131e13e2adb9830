import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { WorkQueue } from "./work-queue.ts";

describe("a work queue", () => {
  it("holds a key once, and hands it out again only after its pass", () => {
    const queue = new WorkQueue();
    for (const key of ["a", "b", "a"]) queue.add(key);
    expect([queue.take(), queue.take(), queue.take()]).toEqual(["a", "b", undefined]);
    queue.add("a");
    expect(queue.take()).toBeUndefined();
    queue.done("a");
    expect(queue.take()).toBe("a");
    queue.done("a");
    queue.done("b");
    expect([queue.take(), queue.active, queue.size]).toEqual([undefined, 0, 0]);
  });

  it("never has a key under way twice, and loses no wish", () => {
    const step = fc.oneof(fc.record({ add: fc.constantFrom("a", "b", "c") }), fc.constant("take"), fc.constant("done"));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const queue = new WorkQueue();
        const underWay: string[] = [];
        const wished = new Set<string>();
        for (const next of steps) {
          if (typeof next === "object") {
            queue.add(next.add);
            wished.add(next.add);
          } else if (next === "take") {
            const key = queue.take();
            if (key === undefined) continue;
            expect(underWay).not.toContain(key);
            underWay.push(key);
            wished.delete(key);
          } else queue.done(underWay.shift() ?? "none");
        }
        for (const key of underWay) queue.done(key);
        for (let key = queue.take(); key !== undefined; key = queue.take()) wished.delete(key);
        expect(wished.size).toBe(0);
      }),
    );
  });
});
