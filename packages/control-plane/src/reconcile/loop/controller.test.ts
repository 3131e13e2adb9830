import { afterEach, describe, expect, it, vi } from "vitest";
import { exampleCluster, exampleClusterArn } from "../../model/examples.ts";
import { ManualClock } from "../../platform/clock.ts";
import { silentLogger } from "../../platform/logger.ts";
import { MemoryStore } from "../../store/memory-store.ts";
import { ConflictError } from "../../store/store.ts";
import { Controller } from "./controller.ts";
import type { Next, Reconciler } from "./reconciler.ts";

const turns = async (count = 10) => {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
};

function controlled(
  reconcile: (key: string, pass: number) => Promise<Next>,
  keys: readonly string[] = ["a"],
  more: Partial<Reconciler> = {},
) {
  const passes: string[] = [];
  const reconciler: Reconciler = {
    name: "test",
    allKeys: () => keys,
    keysFor: ({ after }) => (after === undefined ? [] : [after.arn]),
    ...more,
    reconcile(key) {
      passes.push(key);
      return reconcile(key, passes.length);
    },
  };
  const store = new MemoryStore();
  const clock = new ManualClock();
  const controller = new Controller({ reconciler, store, clock, logger: silentLogger });
  controller.start();
  return { controller, store, clock, passes };
}
const settled = () => Promise.resolve<Next>("when-changed");
afterEach(() => vi.useRealTimers());

describe("a controller", () => {
  it("passes over all keys at the start and every few minutes, and over a key that changed", async () => {
    const { controller, store, clock, passes } = controlled(settled, ["a", "b"]);
    await turns();
    expect(passes).toEqual(["a", "b"]);
    await store.commit([{ kind: "cluster", arn: exampleClusterArn, expected: 0, value: exampleCluster() }]);
    await turns();
    expect(passes.slice(2)).toEqual([exampleClusterArn]);
    clock.advance(5 * 60_000);
    await turns();
    expect(passes.slice(3)).toEqual(["a", "b"]);
    await controller.stop();
  });

  it("comes back after the time that a pass asks for", async () => {
    const { controller, clock, passes } = controlled((_key, pass) =>
      Promise.resolve(pass === 1 ? { afterSeconds: 2 } : "when-changed"),
    );
    await turns();
    clock.advance(1999);
    await turns();
    expect(passes).toHaveLength(1);
    clock.advance(1);
    await turns();
    expect(passes).toHaveLength(2);
    await controller.stop();
  });

  it("waits longer after each failure, and not at all after a conflict", async () => {
    const { controller, clock, passes } = controlled((_key, pass) =>
      pass === 1 ? Promise.reject(new ConflictError("outdated")) : Promise.reject(new Error("broken")),
    );
    await turns();
    expect(passes).toHaveLength(2);
    for (const delay of [500, 1000, 2000]) {
      const before = passes.length;
      clock.advance(delay - 1);
      await turns();
      expect(passes).toHaveLength(before);
      clock.advance(1);
      await turns();
      expect(passes).toHaveLength(before + 1);
    }
    await controller.stop();
  });

  it("ends the passes under way, and begins no other", async () => {
    const pass = Promise.withResolvers<Next>();
    const { controller, passes } = controlled(() => pass.promise);
    await turns();
    let stopped = false;
    const stopping = controller.stop().then(() => {
      stopped = true;
    });
    await turns();
    expect(stopped).toBe(false);
    pass.resolve({ afterSeconds: 0 });
    await stopping;
    await turns();
    expect(passes).toHaveLength(1);
  });

  it("lets a heavy key wait in step with what its pass took, and no other", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    const { controller, store, passes } = controlled(
      (key) => {
        if (key === "heavy") vi.advanceTimersByTime(10);
        return Promise.resolve(key === "heavy" ? { afterSeconds: 0 } : "when-changed");
      },
      ["heavy"],
      { isHeavy: (key) => key === "heavy" },
    );
    await turns();
    expect(passes).toEqual(["heavy"]);
    await store.commit([{ kind: "cluster", arn: "light", expected: 0, value: exampleCluster() }]);
    await turns();
    expect(passes).toEqual(["heavy", "light"]);
    vi.advanceTimersByTime(40);
    await turns();
    expect(passes).toEqual(["heavy", "light", "heavy"]);
    await controller.stop();
    vi.advanceTimersByTime(1000);
    await turns();
    expect(passes).toHaveLength(3);
  });

  it("lets other work of the process have its turn among many keys", async () => {
    const keys = Array.from({ length: 5000 }, (_, number) => String(number));
    const { controller, passes } = controlled(settled, keys);
    let turnsTaken = 0;
    while (passes.length < keys.length) {
      turnsTaken += 1;
      await turns(1);
    }
    expect(turnsTaken).toBeGreaterThan(10);
    await controller.stop();
  });
});
