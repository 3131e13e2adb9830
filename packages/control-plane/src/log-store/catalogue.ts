import { type FileHandle, open } from "node:fs/promises";
import type { DatabaseSync } from "node:sqlite";
import { openDatabase, type Schema } from "../platform/sqlite-database.ts";
import type { LogGroup, LogStream } from "./log-store.ts";
import type { Floor } from "./position.ts";
import type { SealedSegment } from "./seal/seal-work.ts";
import type { StreamState } from "./stream-state.ts";

const schema: Schema = {
  migrations: [
    `CREATE TABLE log_group (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE NOT NULL, value TEXT NOT NULL,
       floors TEXT NOT NULL DEFAULT '[]');
     CREATE TABLE log_stream (id INTEGER PRIMARY KEY AUTOINCREMENT, group_id INTEGER NOT NULL, name TEXT NOT NULL,
       value TEXT NOT NULL, deliveries TEXT NOT NULL DEFAULT '{}', UNIQUE (group_id, name));
     CREATE TABLE gone_stream (id INTEGER PRIMARY KEY, group_id INTEGER NOT NULL);
     CREATE TABLE segment (id INTEGER PRIMARY KEY, group_id INTEGER NOT NULL, day INTEGER NOT NULL, bytes INTEGER NOT NULL,
       events INTEGER NOT NULL, first_timestamp INTEGER NOT NULL, first_sequence INTEGER NOT NULL,
       last_timestamp INTEGER NOT NULL, last_sequence INTEGER NOT NULL);
     CREATE TABLE progress (sealed_journal INTEGER NOT NULL, next_sequence INTEGER NOT NULL, next_segment INTEGER NOT NULL);
     INSERT INTO progress VALUES (0, 1, 1);`,
    // Which journal is the last one of which a stream's description has the events.
    "ALTER TABLE log_stream ADD COLUMN saved_journal INTEGER NOT NULL DEFAULT 0",
  ],
};

/** A segment that is part of the store. */
export type Segment = SealedSegment;

export interface KnownStream {
  readonly id: number;
  value: LogStream;
  /** The last delivery of each source, as `append` takes it. */
  readonly deliveries: Map<string, number>;
  /** Number of the last journal of which the stored description has the events; it may not be sealed yet. */
  savedJournal: number;
}
export interface KnownGroup {
  readonly id: number;
  value: LogGroup;
  floors: readonly Floor[];
  readonly streams: Map<string, KnownStream>;
  /** The same streams' names, by number. */
  readonly names: Map<number, string>;
  /** Streams that are no more, while segments may have events of them. */
  readonly goneStreams: Set<number>;
  readonly segments: Map<number, Segment>;
}

export interface Progress {
  /** Number of the last journal whose events are all in segments. */
  readonly sealedJournal: number;
  readonly nextSequence: number;
  readonly nextSegment: number;
}

/**
 * Which groups, streams and segments there are: in memory for reading, in a SQLite file for the next start. Changes are for
 * inside a transaction, and on disk once a `flush` after it has resolved; numbers of groups and streams are never given twice.
 */
export class Catalogue {
  readonly #database: DatabaseSync;
  readonly #log: string;
  #openLog: FileHandle | undefined;
  readonly groups = new Map<string, KnownGroup>();
  readonly byId = new Map<number, KnownGroup>();
  progress: Progress;

  /** @throws DatabaseInUseError @throws DatabaseUnusableError */
  constructor(path: string) {
    this.#database = openDatabase(path, schema);
    this.#database.exec("PRAGMA synchronous = NORMAL"); // see `flush`
    this.#log = `${path}-wal`;
    this.progress = this.#load();
  }

  get database(): DatabaseSync {
    return this.#database;
  }

  addGroup(value: LogGroup): void {
    const { lastInsertRowid } = this.#run("INSERT INTO log_group (name, value) VALUES (?, ?)", value.name, json(value));
    this.#know({ id: Number(lastInsertRowid), value, floors: [] });
  }

  saveGroup(group: KnownGroup): void {
    this.#run(
      "UPDATE log_group SET value = ?, floors = ? WHERE id = ?",
      json(group.value),
      json(group.floors),
      group.id,
    );
  }

  /** With its streams and segments. */
  removeGroup(group: KnownGroup): void {
    for (const table of ["segment", "log_stream", "gone_stream"]) {
      this.#run(`DELETE FROM ${table} WHERE group_id = ?`, group.id);
    }
    this.#run("DELETE FROM log_group WHERE id = ?", group.id);
    this.groups.delete(group.value.name);
    this.byId.delete(group.id);
  }

  addStream(group: KnownGroup, value: LogStream): void {
    const { lastInsertRowid } = this.#run(
      "INSERT INTO log_stream (group_id, name, value) VALUES (?, ?, ?)",
      group.id,
      value.name,
      json(value),
    );
    const id = Number(lastInsertRowid);
    group.streams.set(value.name, { id, value, deliveries: new Map(), savedJournal: 0 });
    group.names.set(id, value.name);
  }

  /** @param state as it was when the journal of this number was complete */
  saveStream(id: number, { value, deliveries }: StreamState, journal: number): void {
    const kept = json(Object.fromEntries(deliveries));
    this.#run(
      "UPDATE log_stream SET value = ?, deliveries = ?, saved_journal = ? WHERE id = ?",
      json(value),
      kept,
      journal,
      id,
    );
  }

  removeStream(group: KnownGroup, stream: KnownStream): void {
    this.#run("DELETE FROM log_stream WHERE id = ?", stream.id);
    this.#run("INSERT INTO gone_stream (id, group_id) VALUES (?, ?)", stream.id, group.id);
    group.streams.delete(stream.value.name);
    group.names.delete(stream.id);
    group.goneStreams.add(stream.id);
  }

  /** No segment has events of these any more. */
  forgetStreams(group: KnownGroup, ids: readonly number[]): void {
    for (const id of ids) {
      this.#run("DELETE FROM gone_stream WHERE id = ?", id);
      group.goneStreams.delete(id);
    }
  }

  addSegment(group: KnownGroup, segment: Segment): void {
    const { id, day, bytes, events, first, last } = segment;
    this.#run(
      "INSERT INTO segment VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
      id,
      group.id,
      day,
      bytes,
      events,
      first.timestamp,
      first.sequence,
      last.timestamp,
      last.sequence,
    );
    group.segments.set(id, segment);
  }

  removeSegment(group: KnownGroup, id: number): void {
    this.#run("DELETE FROM segment WHERE id = ?", id);
    group.segments.delete(id);
  }

  saveProgress(progress: Progress): void {
    const { sealedJournal, nextSequence, nextSegment } = progress;
    this.#run(
      "UPDATE progress SET sealed_journal = ?, next_sequence = ?, next_segment = ?",
      sealedJournal,
      nextSequence,
      nextSegment,
    );
    this.progress = progress;
  }

  /**
   * What was committed is on disk when it resolves. SQLite would wait for the disk within the commit and hold up the event loop; here it
   * only writes its log, in order and with checksums, and the log is flushed by another thread. (Before it moves anything from the log
   * into the file it flushes the log by itself.) Source: SQLite, "Write-Ahead Logging", synchronous = NORMAL.
   */
  async flush(): Promise<void> {
    this.#openLog ??= await open(this.#log, "r+");
    await this.#openLog.datasync();
  }

  async close(): Promise<void> {
    await this.#openLog?.close();
    this.#openLog = undefined;
    if (this.#database.isOpen) this.#database.close();
  }

  #run(sql: string, ...values: readonly (string | number)[]) {
    let statement = this.#statements.get(sql);
    if (statement === undefined) this.#statements.set(sql, (statement = this.#database.prepare(sql)));
    return statement.run(...values);
  }
  readonly #statements = new Map<string, ReturnType<DatabaseSync["prepare"]>>();

  #know({ id, value, floors }: Pick<KnownGroup, "id" | "value" | "floors">): void {
    const collections = { streams: new Map(), names: new Map(), goneStreams: new Set<number>(), segments: new Map() };
    const group: KnownGroup = { id, value, floors, ...collections };
    this.groups.set(value.name, group);
    this.byId.set(id, group);
  }

  #load(): Progress {
    const all = <T>(sql: string) => this.#database.prepare(sql).iterate() as Iterable<unknown> as Iterable<T>;
    for (const { id, value, floors } of all<GroupRow>("SELECT id, value, floors FROM log_group")) {
      this.#know({ id, value: JSON.parse(value) as LogGroup, floors: JSON.parse(floors) as readonly Floor[] });
    }
    for (const { id, group_id, value, deliveries, saved_journal } of all<StreamRow>("SELECT * FROM log_stream")) {
      const stream = JSON.parse(value) as LogStream;
      const known = new Map(Object.entries(JSON.parse(deliveries) as Readonly<Record<string, number>>));
      this.byId.get(group_id)?.streams.set(stream.name, {
        id,
        value: stream,
        deliveries: known,
        savedJournal: saved_journal,
      });
      this.byId.get(group_id)?.names.set(id, stream.name);
    }
    for (const { id, group_id } of all<{ id: number; group_id: number }>("SELECT id, group_id FROM gone_stream")) {
      this.byId.get(group_id)?.goneStreams.add(id);
    }
    for (const row of all<SegmentRow>("SELECT * FROM segment")) {
      this.byId.get(row.group_id)?.segments.set(row.id, segmentOf(row));
    }
    const [row] = all<ProgressRow>("SELECT * FROM progress");
    if (row === undefined) throw new Error("The catalogue of the log store has lost its place.");
    return { sealedJournal: row.sealed_journal, nextSequence: row.next_sequence, nextSegment: row.next_segment };
  }
}

const json = (value: unknown) => JSON.stringify(value);

interface GroupRow {
  readonly id: number;
  readonly value: string;
  readonly floors: string;
}
interface StreamRow {
  readonly id: number;
  readonly group_id: number;
  readonly value: string;
  readonly deliveries: string;
  readonly saved_journal: number;
}
interface SegmentRow {
  readonly id: number;
  readonly group_id: number;
  readonly day: number;
  readonly bytes: number;
  readonly events: number;
  readonly first_timestamp: number;
  readonly first_sequence: number;
  readonly last_timestamp: number;
  readonly last_sequence: number;
}
interface ProgressRow {
  readonly sealed_journal: number;
  readonly next_sequence: number;
  readonly next_segment: number;
}

function segmentOf(row: SegmentRow): Segment {
  return {
    id: row.id,
    groupId: row.group_id,
    day: row.day,
    bytes: row.bytes,
    events: row.events,
    first: { timestamp: row.first_timestamp, sequence: row.first_sequence },
    last: { timestamp: row.last_timestamp, sequence: row.last_sequence },
  };
}
