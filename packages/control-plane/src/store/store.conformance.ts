import { describe, expect, test } from "vitest";
import {
  exampleCluster,
  exampleClusterArn,
  exampleContainerInstanceArn,
  exampleRunningTask,
  exampleService,
  exampleServiceArn,
  exampleTask,
  exampleTaskArn,
} from "../model/examples.ts";
import type { Task } from "../model/task.ts";
import type { Change, Write } from "./store.ts";
import { collect, type StoreUnderTest, storeProperties } from "./store-properties.conformance.ts";
import { update } from "./update.ts";

const newTask = (number: number, value: Task = exampleTask()): Write => ({
  kind: "task",
  arn: exampleTaskArn(number),
  expected: 0,
  value,
});
const newCluster = (name: string): Write => ({
  kind: "cluster",
  arn: name,
  expected: 0,
  value: exampleCluster({ clusterName: name }),
});
const arnsOf = (found: readonly { readonly arn: string }[]) => found.map(({ arn }) => arn);

/** What every implementation of the store promises. */
export function storeConformance(name: string, subject: StoreUnderTest): void {
  describe(name, () => {
    describe("commit", () => {
      test("makes a resource visible under a new revision", async () => {
        const store = await subject.open();
        const revision = await store.commit([newCluster("a")]);
        expect(revision).toBe(1);
        expect(store.snapshot().revision).toBe(1);
        expect(store.snapshot().get("cluster", "a")).toEqual({
          kind: "cluster",
          arn: "a",
          revision: 1,
          value: exampleCluster({ clusterName: "a" }),
        });
        await store.close();
      });

      test("takes all writes or none", async () => {
        const store = await subject.open();
        await store.commit([newCluster("a")]);
        const both = store.commit([newCluster("b"), newCluster("a")]);
        await expect(both).rejects.toMatchObject({ name: "ConflictError" });
        expect(arnsOf(store.snapshot().list("cluster"))).toEqual(["a"]);
        expect(store.snapshot().revision).toBe(1);
        await store.close();
      });

      test("gives one revision to everything in it", async () => {
        const store = await subject.open();
        await store.commit([newCluster("a"), newTask(1), newTask(2)]);
        expect(
          store
            .snapshot()
            .list("task")
            .map(({ revision }) => revision),
        ).toEqual([1, 1]);
        await store.close();
      });

      test("moves what is written as it is to a new revision, for good", async () => {
        let store = await subject.open();
        await store.commit([newCluster("a"), newTask(1)]);
        const { value } = store.snapshot().get("cluster", "a") ?? {};
        const asItIs: Write = { kind: "cluster", arn: "a", expected: 1, value: value ?? null };
        const heard: Change[] = [];
        store.onChange((change) => void heard.push(change));
        const both = [store.commit([asItIs]), store.commit([asItIs])];
        expect(await both[0]).toBe(2);
        await expect(both[1]).rejects.toMatchObject({ name: "ConflictError" });
        expect(store.snapshot().get("cluster", "a")).toEqual({ kind: "cluster", arn: "a", revision: 2, value });
        expect(arnsOf(store.snapshot().list("cluster", { status: "ACTIVE" }))).toEqual(["a"]);
        expect(heard).toMatchObject([{ before: { revision: 1 }, after: { revision: 2 } }]);
        if (subject.reopen === undefined) return await store.close();
        store = await subject.reopen(store);
        expect(store.snapshot().get("cluster", "a")).toEqual({ kind: "cluster", arn: "a", revision: 2, value });
        await store.commit([{ ...asItIs, expected: 2, value: exampleCluster({ clusterName: "b" }) }]);
        store = await subject.reopen(store);
        expect(store.snapshot().get("cluster", "a")).toMatchObject({ revision: 3, value: { clusterName: "b" } });
        await store.close();
      });

      test("does nothing for no writes, and for the deletion of what is not there", async () => {
        const store = await subject.open();
        await store.commit([newCluster("a")]);
        expect(await store.commit([])).toBe(1);
        expect(await store.commit([{ kind: "cluster", arn: "b", expected: 0, value: null }])).toBe(1);
        expect(store.snapshot().revision).toBe(1);
        await store.close();
      });

      test("shows nothing before it is durable", async () => {
        const store = await subject.open();
        const before = store.snapshot();
        const committed = store.commit([newCluster("a")]);
        expect(store.snapshot()).toBe(before);
        await committed;
        expect(store.snapshot().count("cluster")).toBe(1);
        await store.close();
      });

      test("is seen at once by who goes by what is accepted, and does not conflict with what that one writes", async () => {
        const store = await subject.open();
        const first = store.commit([newCluster("a")]);
        expect(store.snapshot().get("cluster", "a")).toBeUndefined();
        const { revision = 0 } = store.accepted().get("cluster", "a") ?? {};
        const second = store.commit([{ kind: "cluster", arn: "a", expected: revision, value: null }, newCluster("b")]);
        expect(await Promise.all([first, second])).toEqual([1, 2]);
        expect(arnsOf(store.snapshot().list("cluster"))).toEqual(["b"]);
        expect(store.accepted().revision).toBe(2);
        await store.close();
      });

      test("refuses the second of two commits of one turn that expect the same, once the first is visible", async () => {
        const store = await subject.open();
        await store.commit([newCluster("a")]);
        const write = (status: "ACTIVE" | "INACTIVE") =>
          store.commit([{ kind: "cluster", arn: "a", expected: 1, value: exampleCluster({ status }) }]);
        const [first, second] = [write("INACTIVE"), write("ACTIVE")];
        await expect(second).rejects.toMatchObject({ name: "ConflictError" });
        expect(store.snapshot().get("cluster", "a")?.value.status).toBe("INACTIVE");
        expect(await first).toBe(2);
        await store.close();
      });

      test("refuses two writes of one resource", async () => {
        const store = await subject.open();
        await expect(store.commit([newCluster("a"), newCluster("a")])).rejects.toThrow(TypeError);
        expect(store.snapshot().count("cluster")).toBe(0);
        await store.close();
      });

      test("never uses a revision again, not even after a deletion", async () => {
        const store = await subject.open();
        await store.commit([newCluster("a")]);
        expect(await store.commit([{ kind: "cluster", arn: "a", expected: 1, value: null }])).toBe(2);
        expect(await store.commit([newCluster("a")])).toBe(3);
        await store.close();
      });

      test("keeps plain JSON only: leaves out undefined members and refuses dates", async () => {
        const store = await subject.open();
        const value = { ...exampleCluster(), configuration: undefined } as never;
        await store.commit([{ kind: "cluster", arn: "a", expected: 0, value }]);
        expect(Object.hasOwn(store.snapshot().get("cluster", "a")?.value ?? {}, "configuration")).toBe(false);
        const dated = exampleCluster({ createdAt: new Date(0) as never });
        await expect(store.commit([{ kind: "cluster", arn: "b", expected: 0, value: dated }])).rejects.toThrow(
          "b.createdAt is not plain JSON",
        );
        await store.close();
      });

      test("freezes what it holds", async () => {
        const store = await subject.open();
        const tags = [{ key: "a", value: "b" }];
        await store.commit([{ kind: "cluster", arn: "a", expected: 0, value: exampleCluster({ tags }) }]);
        expect(() => tags.push({ key: "c", value: "d" })).toThrow(TypeError);
        await store.close();
      });

      test("is refused after the store is closed", async () => {
        const store = await subject.open();
        const last = store.commit([newCluster("a")]);
        await store.close();
        expect(await last).toBe(1);
        await expect(store.commit([newCluster("b")])).rejects.toMatchObject({ name: "StoreClosedError" });
        await store.close();
      });
    });

    describe("snapshot", () => {
      test("lists by field in the order of first commits", async () => {
        const store = await subject.open();
        await store.commit([newTask(3), newTask(1, exampleRunningTask()), newTask(2, exampleRunningTask())]);
        await update(store, "task", exampleTaskArn(1), (task) => ({ ...task, connectivityAt: 1 }));
        const snapshot = store.snapshot();
        expect(arnsOf(snapshot.list("task"))).toEqual([3, 1, 2].map(exampleTaskArn));
        expect(arnsOf(snapshot.list("task", { serviceArn: exampleServiceArn }))).toEqual([1, 2].map(exampleTaskArn));
        expect(arnsOf(snapshot.list("task", { lastStatus: "PROVISIONING", family: "web" }))).toEqual([
          exampleTaskArn(3),
        ]);
        expect(snapshot.list("task", { family: "other", lastStatus: "RUNNING" })).toEqual([]);
        expect(snapshot.count("task")).toBe(3);
        expect(snapshot.count("task", { lastStatus: "RUNNING" })).toBe(2);
        expect(snapshot.count("task", { lastStatus: "RUNNING", availabilityZone: "us-east-1b" })).toBe(0);
        await store.close();
      });

      test("lists by fields that have no index, and by fields that are no plain value", async () => {
        const store = await subject.open();
        await store.commit([newTask(1), newTask(2, exampleTask({ tags: [{ key: "a", value: "b" }] }))]);
        const tagged = store.snapshot().list("task", { tags: [{ key: "a", value: "b" }] });
        expect(arnsOf(tagged)).toEqual([exampleTaskArn(2)]);
        expect(store.snapshot().count("task", { enableExecuteCommand: false })).toBe(2);
        await store.close();
      });

      test("stays as it was", async () => {
        const store = await subject.open();
        await store.commit([newTask(1, exampleRunningTask())]);
        const before = store.snapshot();
        await update(store, "task", exampleTaskArn(1), (task) => ({ ...task, lastStatus: "STOPPED" }));
        expect(before.get("task", exampleTaskArn(1))?.value.lastStatus).toBe("RUNNING");
        expect(before.tally("serviceTasks", exampleServiceArn).running).toBe(1);
        expect(before.count("task", { lastStatus: "RUNNING" })).toBe(1);
        expect(store.snapshot().count("task", { lastStatus: "RUNNING" })).toBe(0);
        await store.close();
      });

      test("tallies what a container instance has given out until a task is STOPPED", async () => {
        const store = await subject.open();
        const usage = () => store.snapshot().tally("instanceUsage", exampleContainerInstanceArn());
        const demand = { cpu: 256, memory: 512, ports: ["tcp/80"], gpus: 1, networkInterfaces: 1 };
        await store.commit([newTask(1, exampleRunningTask({ demand })), newTask(2, exampleRunningTask({ demand }))]);
        expect(usage()).toEqual({ cpu: 512, memory: 1024, ports: { "tcp/80": 2 }, gpus: 2, networkInterfaces: 2 });
        await update(store, "task", exampleTaskArn(1), (task) => ({ ...task, lastStatus: "STOPPED" }));
        expect(usage()).toEqual({ cpu: 256, memory: 512, ports: { "tcp/80": 1 }, gpus: 1, networkInterfaces: 1 });
        const rest = store.snapshot().get("task", exampleTaskArn(2));
        await store.commit([{ kind: "task", arn: exampleTaskArn(2), expected: rest?.revision ?? 0, value: null }]);
        expect(usage()).toEqual({ cpu: 0, memory: 0, ports: {}, gpus: 0, networkInterfaces: 0 });
        await store.close();
      });

      test("tallies services by status", async () => {
        const store = await subject.open();
        await store.commit([{ kind: "service", arn: exampleServiceArn, expected: 0, value: exampleService() }]);
        expect(store.snapshot().tally("clusterServices", exampleClusterArn)).toEqual({ active: 1, draining: 0 });
        await update(store, "service", exampleServiceArn, (service) => ({ ...service, status: "DRAINING" }));
        expect(store.snapshot().tally("clusterServices", exampleClusterArn)).toEqual({ active: 0, draining: 1 });
        await store.close();
      });
    });

    describe("watch", () => {
      test("begins after a revision, goes on with what comes, and ends with its signal", async () => {
        const store = await subject.open();
        await store.commit([newCluster("a")]);
        await store.commit([newCluster("b")]);
        const enough = new AbortController();
        const seen: string[] = [];
        const later = store.commit([newCluster("c"), newCluster("d")]);
        for await (const { after } of store.watch(1, enough.signal)) {
          seen.push(after?.arn ?? "");
          if (seen.length === 3) enough.abort();
        }
        expect(seen).toEqual(["b", "c", "d"]);
        await later;
        await store.close();
      });

      test("ends when it waits and is aborted, and when the store is closed", async () => {
        const store = await subject.open();
        const stop = new AbortController();
        const aborted = collect(store.watch(0, stop.signal));
        const closed = collect(store.watch(0, new AbortController().signal));
        await store.commit([newCluster("a")]);
        stop.abort();
        await store.close();
        expect(await aborted).toEqual(await closed);
        expect(await closed).toHaveLength(1);
      });

      test("says so when the start is too long ago, and skips nothing for who is under way", async () => {
        const store = await subject.open({ historyLength: 2 });
        const stop = new AbortController();
        const all = store.watch(0, stop.signal)[Symbol.asyncIterator]();
        for (const name of ["a", "b", "c", "d"]) await store.commit([newCluster(name)]);
        expect(() => store.watch(1, stop.signal)).toThrow(expect.objectContaining({ name: "RevisionTooOldError" }));
        const recent = store.watch(2, stop.signal)[Symbol.asyncIterator]();
        expect((await recent.next()).value?.after?.arn).toBe("c");
        const names: (string | undefined)[] = [];
        for (let count = 0; count < 4; count++) names.push((await all.next()).value?.after?.arn);
        expect(names).toEqual(["a", "b", "c", "d"]);
        await store.close();
      });
    });

    describe("onChange", () => {
      test("is called in order, when the change is in the snapshot, before the commit resolves", async () => {
        const store = await subject.open();
        const seen: string[] = [];
        const stop = store.onChange(({ revision, before, after }: Change) => {
          const current = store.snapshot().get("cluster", "a")?.value.status;
          seen.push(`${revision}:${before?.revision ?? "new"}→${after?.revision ?? "gone"}:${current}`);
        });
        await store.commit([newCluster("a")]).then(() => seen.push("resolved"));
        await update(store, "cluster", "a", (cluster) => ({ ...cluster, status: "INACTIVE" }));
        await store.commit([{ kind: "cluster", arn: "a", expected: 2, value: null }]);
        stop();
        await store.commit([newCluster("a")]);
        expect(seen).toEqual(["1:new→1:ACTIVE", "resolved", "2:1→2:INACTIVE", "3:2→gone:undefined"]);
        await store.close();
      });
    });

    describe("update", () => {
      test("wins against others by trying again", async () => {
        const store = await subject.open();
        await store.commit([newCluster("a")]);
        const tag = (key: string) =>
          update(store, "cluster", "a", (cluster) => ({ ...cluster, tags: [...cluster.tags, { key, value: "" }] }));
        await Promise.all(["a", "b", "c", "d"].map(tag));
        expect(
          store
            .snapshot()
            .get("cluster", "a")
            ?.value.tags.map(({ key }) => key),
        ).toHaveLength(4);
        await store.close();
      });

      test("commits nothing for the same object, and says when there is nothing", async () => {
        const store = await subject.open();
        await store.commit([newCluster("a")]);
        await update(store, "cluster", "a", (cluster) => cluster);
        expect(store.snapshot().revision).toBe(1);
        await expect(update(store, "cluster", "b", (cluster) => cluster)).rejects.toMatchObject({
          name: "NotFoundError",
        });
        await store.close();
      });
    });

    storeProperties(subject);
  });
}
