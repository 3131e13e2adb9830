import { describe, expect, test } from "vitest";
import { examplePlace, exampleTaskDefinition } from "../../../model/examples.ts";
import { MemoryStore } from "../../../store/memory-store.ts";
import { addRevision } from "./add-revision.ts";

const { revision: _revision, ...unnumbered } = exampleTaskDefinition();

describe("addRevision", () => {
  test("gives those who come at the same time numbers in order, in few commits", async () => {
    const store = new MemoryStore();
    const added = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        addRevision(store, examplePlace, { ...unnumbered, registeredBy: String(index) }),
      ),
    );
    expect(added.map(({ value }) => [value.revision, value.registeredBy])).toEqual(
      Array.from({ length: 50 }, (_, index) => [index + 1, String(index)]),
    );
    expect(store.snapshot().get("taskDefinitionFamily", "family/web")?.value.lastRevision).toBe(50);
    expect(store.snapshot().revision).toBe(2);
  });

  test("families and stores have their own numbers", async () => {
    const [one, two] = [new MemoryStore(), new MemoryStore()];
    const add = (store: MemoryStore, family: string) => addRevision(store, examplePlace, { ...unnumbered, family });
    const added = await Promise.all([add(one, "a"), add(one, "b"), add(two, "a"), add(one, "a")]);
    expect(added.map(({ value }) => value.revision)).toEqual([1, 1, 1, 2]);
  });

  test("all that wait hear of a store that fails", async () => {
    const store = new MemoryStore();
    await store.close();
    const calls = [1, 2, 3].map(() => addRevision(store, examplePlace, unnumbered));
    expect((await Promise.allSettled(calls)).map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
  });
});
