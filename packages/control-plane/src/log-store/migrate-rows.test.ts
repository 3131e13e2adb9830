import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test } from "vitest";
import { silentLogger } from "../platform/logger.ts";
import { BlockLogStore } from "./block-log-store.ts";
import { directSealer } from "./log-store.fixture.ts";
import { migrateRows } from "./migrate-rows.ts";
import { directFinder } from "./search/block-finder.ts";

let folder: string;
const open = (directory: string) =>
  new BlockLogStore({
    directory,
    sealer: directSealer,
    finder: directFinder,
    logger: silentLogger,
    onFatal: () => undefined,
  });
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hatoba-logs-"));
  const database = new DatabaseSync(join(folder, "logs.db"));
  // As version 1 made it.
  database.exec(`
    CREATE TABLE schema_version (version INTEGER NOT NULL);
    INSERT INTO schema_version VALUES (1);
    CREATE TABLE log_group (id INTEGER PRIMARY KEY, name TEXT UNIQUE NOT NULL, value TEXT NOT NULL);
    CREATE TABLE log_stream (id INTEGER PRIMARY KEY, group_id INTEGER NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL,
      UNIQUE (group_id, name));
    CREATE TABLE event (sequence INTEGER PRIMARY KEY AUTOINCREMENT, group_id INTEGER NOT NULL, stream_id INTEGER NOT NULL,
      timestamp INTEGER NOT NULL, ingested_at INTEGER NOT NULL, message TEXT NOT NULL);
    INSERT INTO log_group VALUES (4, 'g', '{"name":"g","createdAt":1,"tags":{"a":"b"},"retentionDays":3}');
    INSERT INTO log_stream VALUES (7, 4, 's', '{"group":"g","name":"s","createdAt":2,"storedBytes":99}');
    INSERT INTO log_stream VALUES (8, 4, 't', '{"group":"g","name":"t","createdAt":2,"storedBytes":99}');
    INSERT INTO event (group_id, stream_id, timestamp, ingested_at, message) VALUES
      (4, 7, 5, 9, 'b'), (4, 7, 5, 9, 'c'), (4, 8, 5, 10, 'd'), (4, 7, 1, 11, 'a');`);
  database.close();
});
afterEach(() => rmSync(folder, { recursive: true }));

test.each([false, true])(
  "rows of an earlier version are carried over, each once (a first attempt was cut short: %s)",
  async (isSecond) => {
    const [file, directory] = [join(folder, "logs.db"), join(folder, "logs")];
    if (isSecond) mkdirSync(join(folder, "logs.migrating/journal"), { recursive: true });
    for (let time = 0; time < 2; time++) await migrateRows({ file, directory, open, onBegin: () => undefined });
    expect(existsSync(file)).toBe(false);
    const store = open(directory);
    expect(store.groups()).toEqual([{ name: "g", createdAt: 1, tags: { a: "b" }, retentionDays: 3 }]);
    const { events } = await store.read({ group: "g", limit: 9 });
    expect(events.map(({ stream, ingestedAt, message }) => [stream, ingestedAt, message])).toEqual([
      ["s", 11, "a"],
      ["s", 9, "b"],
      ["s", 9, "c"],
      ["t", 10, "d"],
    ]);
    await store.close();
  },
);
