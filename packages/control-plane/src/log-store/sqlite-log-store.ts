import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import { setImmediate as nextTurn } from "node:timers/promises";
import { inTransaction, openDatabase, type Schema } from "../platform/sqlite-database.ts";
import type {
  AppendedEvents,
  LogGroup,
  LogPage,
  LogQuery,
  LogStore,
  LogStream,
  NewLogEvent,
  StoredLogEvent,
} from "./log-store.ts";

const schema: Schema = {
  migrations: [
    `CREATE TABLE log_group (id INTEGER PRIMARY KEY, name TEXT UNIQUE NOT NULL, value TEXT NOT NULL);
     CREATE TABLE log_stream (id INTEGER PRIMARY KEY, group_id INTEGER NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL,
       UNIQUE (group_id, name));
     CREATE TABLE event (
       sequence INTEGER PRIMARY KEY AUTOINCREMENT,
       group_id INTEGER NOT NULL,
       stream_id INTEGER NOT NULL,
       timestamp INTEGER NOT NULL,
       ingested_at INTEGER NOT NULL,
       message TEXT NOT NULL
     );
     CREATE INDEX event_by_stream ON event (stream_id, timestamp, sequence);
     CREATE INDEX event_by_group ON event (group_id, timestamp, sequence);`,
  ],
};

/** What is read at a time; in between others have their turn. */
const step = { limit: 1_000, bytes: 1024 * 1024 } as const;

interface KnownStream {
  readonly id: number;
  readonly value: LogStream;
}
interface KnownGroup {
  readonly id: number;
  value: LogGroup;
  readonly streams: Map<string, KnownStream>;
}

/**
 * Logs in one SQLite file of their own, so that a flood of them does not stand in the way of the store. Groups and streams
 * are held in memory, events are read from the file.
 */
export class SqliteLogStore implements LogStore {
  readonly #database: DatabaseSync;
  readonly #groups = new Map<string, KnownGroup>();
  readonly #insert;
  readonly #keepStream;
  readonly #listeners = new Set<(appended: AppendedEvents) => void>();
  #appended: AppendedEvents[] = [];
  #pending: { readonly run: () => void; readonly resolve: () => void; readonly reject: (error: unknown) => void }[] =
    [];
  #flush: Promise<void> | undefined;
  #closing = false;

  /** @throws DatabaseInUseError @throws DatabaseUnusableError */
  constructor(path: string) {
    this.#database = openDatabase(path, schema);
    this.#insert = this.#database.prepare(
      "INSERT INTO event (group_id, stream_id, timestamp, ingested_at, message) VALUES (?, ?, ?, ?, ?)",
    );
    this.#keepStream = this.#database.prepare("UPDATE log_stream SET value = ? WHERE id = ?");
    this.#load();
  }

  groups(): readonly LogGroup[] {
    return [...this.#groups.values()].map(({ value }) => value).toSorted(byName);
  }

  group(name: string): LogGroup | undefined {
    return this.#groups.get(name)?.value;
  }

  createGroup(group: LogGroup): Promise<boolean> {
    return this.#commit(() => {
      if (this.#groups.has(group.name)) return false;
      const { lastInsertRowid } = this.#database
        .prepare("INSERT INTO log_group (name, value) VALUES (?, ?)")
        .run(group.name, JSON.stringify(group));
      this.#groups.set(group.name, { id: Number(lastInsertRowid), value: group, streams: new Map() });
      return true;
    });
  }

  updateGroup(name: string, change: (group: LogGroup) => LogGroup): Promise<boolean> {
    return this.#commit(() => {
      const known = this.#groups.get(name);
      if (known === undefined) return false;
      known.value = change(known.value);
      this.#database.prepare("UPDATE log_group SET value = ? WHERE id = ?").run(JSON.stringify(known.value), known.id);
      return true;
    });
  }

  deleteGroup(name: string): Promise<void> {
    return this.#commit(() => {
      const known = this.#groups.get(name);
      if (known === undefined) return;
      for (const table of ["event", "log_stream"]) {
        this.#database.prepare(`DELETE FROM ${table} WHERE group_id = ?`).run(known.id);
      }
      this.#database.prepare("DELETE FROM log_group WHERE id = ?").run(known.id);
      this.#groups.delete(name);
    });
  }

  streams(group: string): readonly LogStream[] {
    return [...(this.#groups.get(group)?.streams.values() ?? [])].map(({ value }) => value).toSorted(byName);
  }

  stream(group: string, name: string): LogStream | undefined {
    return this.#groups.get(group)?.streams.get(name)?.value;
  }

  createStream(group: string, name: string, createdAt: number): Promise<boolean> {
    return this.#commit(() => {
      const known = this.#groups.get(group);
      if (known === undefined || known.streams.has(name)) return false;
      const value: LogStream = { group, name, createdAt, storedBytes: 0 };
      const { lastInsertRowid } = this.#database
        .prepare("INSERT INTO log_stream (group_id, name, value) VALUES (?, ?, ?)")
        .run(known.id, name, JSON.stringify(value));
      known.streams.set(name, { id: Number(lastInsertRowid), value });
      return true;
    });
  }

  deleteStream(group: string, name: string): Promise<void> {
    return this.#commit(() => {
      const known = this.#groups.get(group)?.streams.get(name);
      if (known === undefined) return;
      this.#database.prepare("DELETE FROM event WHERE stream_id = ?").run(known.id);
      this.#database.prepare("DELETE FROM log_stream WHERE id = ?").run(known.id);
      this.#groups.get(group)?.streams.delete(name);
    });
  }

  append(group: string, stream: string, events: readonly NewLogEvent[], ingestedAt: number): Promise<boolean> {
    return this.#commit(() => {
      const known = this.#groups.get(group);
      const target = known?.streams.get(stream);
      if (known === undefined || target === undefined) return false;
      if (events.length === 0) return true;
      const stored = events.map(({ timestamp, message }) => {
        const { lastInsertRowid } = this.#insert.run(known.id, target.id, timestamp, ingestedAt, message);
        return { timestamp, message, stream, ingestedAt, sequence: Number(lastInsertRowid) };
      });
      this.#appended.push({ group, stream, events: stored });
      const value = withEvents(target.value, events, ingestedAt);
      this.#keepStream.run(JSON.stringify(value), target.id);
      known.streams.set(stream, { id: target.id, value });
      return true;
    });
  }

  async read({ where, needles = [], scanBytes = 64 * 1024 * 1024, ...query }: LogQuery): Promise<LogPage> {
    const found: StoredLogEvent[] = [];
    let [taken, looked] = [0, 0];
    let { beyond } = query;
    const goOn = () => ({ events: found, ...(beyond === undefined ? {} : { next: beyond }) });
    for (;;) {
      const events = this.#read({ ...query, ...(beyond === undefined ? {} : { beyond }), ...step });
      if (events.length === 0) return { events: found };
      for (const event of events) {
        const size = Buffer.byteLength(event.message);
        looked += size;
        if (needles.every((needle) => event.message.includes(needle)) && where?.(event) !== false) {
          if (found.length > 0 && taken + size > (query.bytes ?? Infinity)) return goOn();
          found.push(event);
          taken += size;
        }
        beyond = { timestamp: event.timestamp, sequence: event.sequence };
        if (found.length >= query.limit || looked >= scanBytes) return goOn();
      }
      await nextTurn();
    }
  }

  watch(listener: (appended: AppendedEvents) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #read({
    group,
    streams,
    from,
    to,
    beyond,
    backwards = false,
    limit,
    bytes = Infinity,
  }: LogQuery): readonly StoredLogEvent[] {
    const known = this.#groups.get(group);
    if (known === undefined) return [];
    const chosen = streams?.flatMap((name) => known.streams.get(name) ?? []);
    if (chosen?.length === 0) return [];
    const conditions: string[] = [];
    const values: SQLInputValue[] = [];
    const where = (condition: string, ...more: SQLInputValue[]) => {
      conditions.push(condition);
      values.push(...more);
    };
    if (chosen === undefined) where("group_id = ?", known.id);
    else if (chosen.length === 1) where("stream_id = ?", chosen[0]?.id ?? 0);
    // As one value: a statement takes so many values and no more.
    else where("stream_id IN (SELECT value FROM json_each(?))", JSON.stringify(chosen.map(({ id }) => id)));
    if (from !== undefined) where("timestamp >= ?", from);
    if (to !== undefined) where("timestamp < ?", to);
    if (beyond !== undefined) {
      where(`(timestamp, sequence) ${backwards ? "<" : ">"} (?, ?)`, beyond.timestamp, beyond.sequence);
    }
    const direction = backwards ? "DESC" : "ASC";
    const rows = this.#database
      .prepare(
        `SELECT sequence, stream_id, timestamp, ingested_at, message FROM event WHERE ${conditions.join(" AND ")}
         ORDER BY timestamp ${direction}, sequence ${direction} LIMIT ?`,
      )
      .iterate(...values, limit) as Iterable<unknown> as Iterable<EventRow>;
    const names = new Map([...known.streams.values()].map(({ id, value }) => [id, value.name]));
    const found: StoredLogEvent[] = [];
    let taken = 0;
    for (const { sequence, stream_id, timestamp, ingested_at, message } of rows) {
      taken += Buffer.byteLength(message);
      if (taken > bytes && found.length > 0) break;
      found.push({ sequence, stream: names.get(stream_id) ?? "", timestamp, ingestedAt: ingested_at, message });
    }
    return found;
  }

  expire(group: string, before: number, limit: number): number {
    const known = this.#groups.get(group);
    if (known === undefined) return 0;
    const { changes } = this.#database
      .prepare(
        "DELETE FROM event WHERE sequence IN (SELECT sequence FROM event WHERE group_id = ? AND timestamp < ? LIMIT ?)",
      )
      .run(known.id, before, limit);
    return Number(changes);
  }

  async close(): Promise<void> {
    this.#closing = true;
    await this.#flush;
    if (this.#database.isOpen) this.#database.close();
  }

  /** Changes of one turn go into one transaction. Should it fail, memory is read anew, so that it says what the file says. */
  #commit<T>(change: () => T): Promise<T> {
    if (this.#closing) return Promise.reject(new Error("the log store is closed"));
    const done = Promise.withResolvers<T>();
    let result: T | undefined;
    this.#pending.push({
      run: () => {
        result = change();
      },
      resolve: () => done.resolve(result as T),
      reject: done.reject,
    });
    this.#flush ??= new Promise((resolve) => {
      setImmediate(() => {
        this.#flush = undefined;
        this.#write();
        resolve();
      });
    });
    return done.promise;
  }

  #write(): void {
    const batch = this.#pending;
    this.#pending = [];
    try {
      inTransaction(this.#database, () => {
        for (const { run } of batch) run();
      });
    } catch (error) {
      this.#appended = [];
      this.#load();
      for (const { reject } of batch) reject(error);
      return;
    }
    const appended = this.#appended;
    this.#appended = [];
    for (const each of appended) for (const listener of this.#listeners) listener(each);
    for (const { resolve } of batch) resolve();
  }

  #load(): void {
    this.#groups.clear();
    const groups = this.#database.prepare("SELECT id, value FROM log_group").all() as { id: number; value: string }[];
    const byId = new Map<number, KnownGroup>();
    for (const { id, value } of groups) {
      const group: KnownGroup = { id, value: JSON.parse(value) as LogGroup, streams: new Map() };
      byId.set(id, group);
      this.#groups.set(group.value.name, group);
    }
    const streams = this.#database
      .prepare("SELECT id, group_id, value FROM log_stream")
      .all() as unknown as StreamRow[];
    for (const { id, group_id, value } of streams) {
      const stream = JSON.parse(value) as LogStream;
      byId.get(group_id)?.streams.set(stream.name, { id, value: stream });
    }
  }
}

interface EventRow {
  readonly sequence: number;
  readonly stream_id: number;
  readonly timestamp: number;
  readonly ingested_at: number;
  readonly message: string;
}
interface StreamRow {
  readonly id: number;
  readonly group_id: number;
  readonly value: string;
}

const byName = (a: { readonly name: string }, b: { readonly name: string }) =>
  a.name < b.name ? -1 : a.name > b.name ? 1 : 0;

function withEvents(stream: LogStream, events: readonly NewLogEvent[], ingestedAt: number): LogStream {
  const first = Math.min(stream.firstEventAt ?? Infinity, ...events.map(({ timestamp }) => timestamp));
  const last = Math.max(stream.lastEventAt ?? 0, ...events.map(({ timestamp }) => timestamp));
  const bytes = events.reduce((sum, { message }) => sum + Buffer.byteLength(message), 0);
  return {
    ...stream,
    firstEventAt: first,
    lastEventAt: last,
    lastIngestionAt: ingestedAt,
    storedBytes: stream.storedBytes + bytes,
  };
}
