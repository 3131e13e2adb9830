import { expect, test } from "vitest";
import { exampleCluster } from "../model/examples.ts";
import { MemoryStore } from "./memory-store.ts";
import type { Snapshot } from "./store.ts";
import { until } from "./until.ts";

const clusters = (count: number) => (snapshot: Snapshot) => snapshot.count("cluster") >= count;
const add = (store: MemoryStore, arn: string) =>
  store.commit([{ kind: "cluster", arn, expected: 0, value: exampleCluster() }]);

test("resolves at once if it holds, else with the commit that makes it hold", async () => {
  const store = new MemoryStore();
  expect((await until(store, clusters(0))).revision).toBe(0);
  const two = until(store, clusters(2));
  await add(store, "a");
  await add(store, "b");
  await add(store, "c");
  expect((await two).revision).toBe(2);
});

test("rejects with the reason of its signal, and with what the condition throws", async () => {
  const store = new MemoryStore();
  const stop = new AbortController();
  const never = until(store, clusters(9), stop.signal);
  stop.abort(new Error("enough"));
  await expect(never).rejects.toThrow("enough");
  await expect(until(store, clusters(9), stop.signal)).rejects.toThrow("enough");
  const broken = until(store, (snapshot) => {
    if (clusters(1)(snapshot)) throw new Error("wrong");
    return false;
  });
  await add(store, "a");
  await expect(broken).rejects.toThrow("wrong");
});
