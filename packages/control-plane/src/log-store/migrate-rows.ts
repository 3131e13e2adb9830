import { existsSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { openDatabase } from "../platform/sqlite-database.ts";
import type { LogGroup, LogStore, LogStream, NewLogEvent } from "./log-store.ts";

/** Events that are carried over at a time. */
const batch = { events: 2_000, bytes: 1024 * 1024 } as const;

/**
 * Carries over what an earlier version kept in one SQLite file, an event a row. Until all of it is in the new folder the file
 * counts, and an attempt that was cut short begins anew; afterwards the file is gone.
 * @param open opens a store in a folder
 * @throws DatabaseInUseError @throws DatabaseUnusableError
 */
export async function migrateRows({
  file,
  directory,
  open,
  onBegin,
}: {
  readonly file: string;
  readonly directory: string;
  readonly open: (directory: string) => LogStore;
  readonly onBegin: () => void;
}): Promise<void> {
  if (!existsSync(file)) return;
  if (!existsSync(directory)) {
    onBegin();
    const begun = join(dirname(directory), "logs.migrating");
    rmSync(begun, { recursive: true, force: true });
    const store = open(begun);
    await copyAll(file, store);
    await store.close();
    renameSync(begun, directory);
  }
  for (const end of ["", "-wal", "-shm"]) rmSync(`${file}${end}`, { force: true });
}

async function copyAll(file: string, store: LogStore): Promise<void> {
  const database = openDatabase(file, { migrations: [""] });
  try {
    const groups = database.prepare("SELECT id, value FROM log_group").all() as unknown as readonly Row[];
    for (const { value } of groups) await store.createGroup(JSON.parse(value) as LogGroup);
    const streams = new Map<number, LogStream>();
    for (const { id, value } of database
      .prepare("SELECT id, value FROM log_stream")
      .all() as unknown as readonly Row[]) {
      const stream = JSON.parse(value) as LogStream;
      streams.set(id, stream);
      await store.createStream(stream.group, stream.name, stream.createdAt);
    }
    // In the order of arrival, which settles the order of events of one time.
    const rows = database.prepare("SELECT stream_id, timestamp, ingested_at, message FROM event ORDER BY sequence");
    let waiting: NewLogEvent[] = [];
    let [bytes, streamId, ingestedAt] = [0, 0, 0];
    const flush = async () => {
      const stream = streams.get(streamId);
      if (stream !== undefined && waiting.length > 0)
        await store.append(stream.group, stream.name, waiting, ingestedAt);
      waiting = [];
      bytes = 0;
    };
    for (const row of rows.iterate() as Iterable<unknown> as Iterable<EventRow>) {
      const isOther = row.stream_id !== streamId || row.ingested_at !== ingestedAt;
      if (isOther || waiting.length >= batch.events || bytes >= batch.bytes) await flush();
      [streamId, ingestedAt] = [row.stream_id, row.ingested_at];
      waiting.push({ timestamp: row.timestamp, message: row.message });
      bytes += row.message.length;
    }
    await flush();
  } finally {
    database.close();
  }
}

interface Row {
  readonly id: number;
  readonly value: string;
}
interface EventRow {
  readonly stream_id: number;
  readonly timestamp: number;
  readonly ingested_at: number;
  readonly message: string;
}
