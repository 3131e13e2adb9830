import { describe, expect, test } from "vitest";
import { exampleCluster } from "../../model/examples.ts";
import type { StoreFailedError, Write } from "../store.ts";
import { CommittingStore, type Durability } from "./committing-store.ts";
import { emptyState } from "./state.ts";

const cluster = (arn: string, expected = 0): Write => ({ kind: "cluster", arn, expected, value: exampleCluster() });

/** A disk whose flushes the test lets end one by one. */
class SlowDisk implements Durability {
  readonly initial = emptyState();
  readonly batches: (readonly string[])[] = [];
  closed = 0;
  private under: PromiseWithResolvers<void> | undefined;
  private begun = Promise.withResolvers<void>();

  flush({ steps }: { readonly steps: readonly { readonly arn: string }[] }): Promise<void> {
    this.batches.push(steps.map(({ arn }) => arn));
    this.under = Promise.withResolvers();
    this.begun.resolve();
    return this.under.promise;
  }

  /** Waits until a flush has begun and ends it. */
  async end(error?: Error): Promise<void> {
    await this.begun.promise;
    this.begun = Promise.withResolvers();
    if (error) this.under?.reject(error);
    else this.under?.resolve();
  }

  close(): void {
    this.closed++;
  }
}

describe("group commit", () => {
  test("flushes the commits of one turn together, and gathers the next batch meanwhile", async () => {
    const disk = new SlowDisk();
    const store = new CommittingStore(disk);
    const first = [store.commit([cluster("a")]), store.commit([cluster("b"), cluster("c")])];
    const ended = disk.end();
    await new Promise(setImmediate);
    const second = [store.commit([cluster("d")]), store.commit([cluster("e")])];
    await ended;
    expect(await Promise.all(first)).toEqual([1, 2]);
    expect(store.snapshot().revision).toBe(2);
    await disk.end();
    expect(await Promise.all(second)).toEqual([3, 4]);
    expect(disk.batches).toEqual([
      ["a", "b", "c"],
      ["d", "e"],
    ]);
  });

  test("close waits for what is under way and what has gathered", async () => {
    const disk = new SlowDisk();
    const store = new CommittingStore(disk);
    const first = store.commit([cluster("a")]);
    await new Promise(setImmediate);
    const second = store.commit([cluster("b")]);
    const closed = Promise.all([store.close(), store.close()]);
    await disk.end();
    await disk.end();
    await closed;
    expect(await Promise.all([first, second])).toEqual([1, 2]);
    expect(disk.closed).toBe(1);
  });
});

describe("a flush that fails", () => {
  test("rejects what it held, what gathered meanwhile and what comes later, ends watchers, and is reported once", async () => {
    const disk = new SlowDisk();
    const reports: StoreFailedError[] = [];
    const store = new CommittingStore(disk, { onFatal: (error) => void reports.push(error) });
    const kept = store.commit([cluster("a")]);
    await disk.end();
    await kept;
    const watcher = store.watch(1, new AbortController().signal)[Symbol.asyncIterator]().next();
    const lost = [store.commit([cluster("b")]), store.commit([cluster("c")])];
    await new Promise(setImmediate);
    const gathered = [store.commit([cluster("d")]), store.commit([cluster("d")])];
    const outcome = Promise.allSettled([...lost, ...gathered, watcher]);
    await disk.end(new Error("no space left on device"));
    for (const result of await outcome) {
      expect(result).toMatchObject({ status: "rejected", reason: { name: "StoreFailedError" } });
    }
    await expect(store.commit([cluster("e")])).rejects.toThrow("cannot be written any more: no space left on device");
    expect(store.snapshot().list("cluster")).toHaveLength(1);
    expect(reports).toHaveLength(1);
    expect(disk.batches).toEqual([["a"], ["b", "c"]]);
    await store.close();
    expect(disk.closed).toBe(1);
  });
});
