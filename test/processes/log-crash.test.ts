import { expect, test } from "vitest";
import { crashLogStore } from "./log-crash.ts";

// bench/logs-crash.ts does the same a hundred times.
test("a log store that is killed loses nothing acknowledged and has nothing twice", async () => {
  const { findings, acknowledgedEvents } = await crashLogStore(8);
  expect(findings).toEqual([]);
  expect(acknowledgedEvents).toBeGreaterThan(500);
}, 120_000);
