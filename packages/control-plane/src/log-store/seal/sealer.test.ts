import { expect, test } from "vitest";
import { LogStoreFixture } from "../log-store.fixture.ts";
import { ThreadSealer } from "./sealer.ts";

test("a thread seals, says what went wrong, and does the next thing", async () => {
  const fixture = new LogStoreFixture({ sealer: new ThreadSealer() });
  await fixture.store.createGroup({ name: "g", createdAt: 1, tags: {} });
  await fixture.store.createStream("g", "s", 1);
  await fixture.store.append("g", "s", [{ timestamp: 1, message: "a" }], 1);
  await fixture.store.seal();
  await fixture.reopen().catch(() => undefined);
  const { events } = await fixture.store.read({ group: "g", limit: 9 });
  expect(events.map(({ message }) => message)).toEqual(["a"]);
  await fixture.end();

  const sealer = new ThreadSealer();
  const work = { keep: [], directory: fixture.directory, nextId: 1 };
  await expect(sealer.seal({ ...work, from: { journal: "/nowhere/1.journal" } })).rejects.toThrow("ENOENT");
  expect(await sealer.seal({ ...work, from: { segments: [] } })).toEqual([]);
  await sealer.close();
});
