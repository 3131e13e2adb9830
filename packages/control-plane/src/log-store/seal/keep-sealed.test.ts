import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ManualClock } from "../../platform/clock.ts";
import { silentLogger } from "../../platform/logger.ts";
import { LogStoreFixture } from "../log-store.fixture.ts";
import { keepSealed } from "./keep-sealed.ts";

test("an event that nobody adds to is sealed after an hour", async () => {
  const [fixture, clock] = [new LogStoreFixture(), new ManualClock()];
  await fixture.store.createGroup({ name: "g", createdAt: 1, tags: {} });
  await fixture.store.createStream("g", "s", 1);
  await fixture.store.append("g", "s", [{ timestamp: 1, message: "a" }], clock.now());
  const journals = () => readdirSync(join(fixture.directory, "journal"));
  const stop = keepSealed({ logStore: fixture.store, clock, logger: silentLogger });
  clock.advance(3_600_000);
  await stop();
  expect(journals()).toHaveLength(1);
  const again = keepSealed({ logStore: fixture.store, clock, logger: silentLogger });
  clock.advance(600_000);
  await again();
  expect(journals()).toEqual([]);
  expect((await fixture.store.read({ group: "g", limit: 9 })).events).toHaveLength(1);
  await fixture.end();
});
