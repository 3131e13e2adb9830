import { randomUUID } from "node:crypto";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import type { LogPosition } from "../../runtime/container-runtime.ts";
import { countThatFits } from "./log-batches.ts";
import type { LogDelivery, LogEvent, LogTarget } from "./log-sink.ts";

/** Waiting events of one stream, oldest first. */
export interface Waiting {
  /** Give it to `done` once they are delivered. */
  readonly receipt: Receipt;
  readonly events: readonly LogEvent[];
  /** Stays with these events until they are done with, over a restart too. */
  readonly delivery: LogDelivery;
}
export interface Receipt {
  readonly target: LogTarget;
  readonly rows: readonly number[];
  /** How many events of the last row go with it; the rest stays. All if absent. */
  readonly ofLastRow?: number;
}

export interface Dropped {
  readonly target: LogTarget;
  readonly events: number;
}

/**
 * Log events on disk, between the container's output and the control plane, and how far each container's output was taken. Both
 * are written in one transaction, so that after a crash no line is missing and none comes twice. Methods throw if the disk fails.
 *
 * Not flushed to the device at each write: a machine that loses power loses its last moments, and the engine's own log with them.
 */
export class LogSpool {
  readonly #database: DatabaseSync;
  readonly #maxBytes: number;
  readonly #sql: Statements;
  /** Of batches that this process puts together. A new one each time: a machine that lost power may have forgotten its numbers. */
  readonly #source = randomUUID();
  #batches = 0;
  #bytes: number;

  /**
   * @param path of the file; it is made if missing.
   * @param maxBytes what may wait at most, as the sum of the messages; beyond it the oldest events are given up.
   */
  constructor({ path, maxBytes }: { readonly path: string; readonly maxBytes: number }) {
    this.#database = new DatabaseSync(path);
    this.#database.exec(schema);
    addColumns(this.#database);
    this.#maxBytes = maxBytes;
    this.#sql = statements(this.#database);
    this.#bytes = Number((this.#sql.total.get() as { bytes: number | null }).bytes ?? 0);
  }

  close(): void {
    this.#database.close();
  }

  /** Sum of the messages that wait, in bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  /** How far a container's output was taken; `finished` when it was read to its end for good. */
  progress(containerId: string): { readonly position?: LogPosition; readonly finished: boolean } {
    const row = this.#sql.progress.get(containerId) as { position: string | null; finished: number } | undefined;
    return {
      ...(row?.position ? { position: JSON.parse(row.position) as LogPosition } : {}),
      finished: row?.finished === 1,
    };
  }

  /** Notes that a container of a task is being read, so that `forget` finds it. */
  begin(containerId: string, taskArn: string): void {
    this.#sql.begin.run(containerId, taskArn);
  }

  /** Keeps events and the place that they reach to. @returns what had to be given up for want of room. */
  append(
    containerId: string,
    target: LogTarget,
    taken: { readonly events: readonly LogEvent[]; readonly position: LogPosition },
  ): readonly Dropped[] {
    return this.#transaction(() => {
      this.#sql.setPosition.run(JSON.stringify(taken.position), containerId);
      if (taken.events.length === 0) return [];
      const size = taken.events.reduce((sum, { message }) => sum + Buffer.byteLength(message), 0);
      const events = JSON.stringify(taken.events.map(({ timestamp, message }) => [timestamp, message]));
      const { group, stream, createGroup } = target;
      this.#sql.insert.run(group, stream, createGroup ? 1 : 0, size, taken.events.length, events);
      this.#bytes += size;
      return this.#makeRoom();
    });
  }

  finish(containerId: string): void {
    this.#sql.finish.run(containerId);
  }

  /** Forgets how far the output of a task's containers was taken; their waiting events stay. */
  forget(taskArn: string): void {
    this.#sql.forget.run(taskArn);
  }

  /** Streams that have waiting events, in the order of their oldest. */
  targets(): readonly LogTarget[] {
    return (this.#sql.targets.all() as unknown as Row[]).map(targetOf);
  }

  /** As many of a stream's oldest events as one call may carry, in order of time; the same ones until they are done with. */
  next(target: LogTarget): Waiting | undefined {
    const { source, number, rows } = this.#underWay(target);
    if (rows.length > 0) {
      const ofLastRow = rows.at(-1)?.part ?? undefined;
      const events = rows.flatMap(eventsOf).toSorted((a, b) => a.timestamp - b.timestamp);
      return {
        events: ofLastRow === undefined ? events : events.slice(0, ofLastRow),
        receipt: { target, rows: rows.map(({ id }) => id), ...(ofLastRow === undefined ? {} : { ofLastRow }) },
        delivery: { source, number },
      };
    }
    const batch = this.#compose(target);
    if (batch === undefined) return undefined;
    const delivery = { source: this.#source, number: ++this.#batches };
    const { rows: ids, ofLastRow = null } = batch.receipt;
    this.#transaction(() => {
      for (const id of ids) this.#sql.mark.run(delivery.source, delivery.number, ofLastRow, id);
    });
    return { ...batch, delivery };
  }

  /** The batch that `next` gave last and that is not done with. */
  #underWay({ group, stream }: LogTarget): { source: string; number: number; rows: readonly Row[] } {
    const rows: Row[] = [];
    let [source, number] = ["", 0];
    for (const row of this.#sql.oldest.iterate(group, stream) as unknown as Iterable<Row>) {
      if (row.source === null || row.number === null) break;
      [source, number] = [row.source, row.number];
      rows.push(row);
    }
    return { source, number, rows };
  }

  #compose(target: LogTarget): Omit<Waiting, "delivery"> | undefined {
    const rows: Row[] = [];
    let [events, bytes]: [LogEvent[], number] = [[], 0];
    for (const row of this.#sql.oldest.iterate(target.group, target.stream) as unknown as Iterable<Row>) {
      rows.push(row);
      events.push(...eventsOf(row));
      bytes += row.size;
      if (bytes > 1_000_000 || events.length >= 10_000) break;
    }
    const last = rows.at(-1);
    if (last === undefined) return undefined;
    const inOrder = isSorted(events) ? events : events.toSorted((a, b) => a.timestamp - b.timestamp);
    const fits = countThatFits(inOrder);
    if (fits === events.length) return { events: inOrder, receipt: { target, rows: rows.map(({ id }) => id) } };
    // Too much at once: whole rows that fit, or a part of the first.
    for (let count = rows.length - 1; count > 0; count--) {
      events = rows
        .slice(0, count)
        .flatMap(eventsOf)
        .toSorted((a, b) => a.timestamp - b.timestamp);
      if (countThatFits(events) === events.length) {
        return { events, receipt: { target, rows: rows.slice(0, count).map(({ id }) => id) } };
      }
    }
    events = eventsOf(rows[0] as Row).toSorted((a, b) => a.timestamp - b.timestamp);
    const part = countThatFits(events);
    return { events: events.slice(0, part), receipt: { target, rows: [(rows[0] as Row).id], ofLastRow: part } };
  }

  /** Forgets events that were delivered, or are never to be. */
  done({ rows, ofLastRow }: Receipt): void {
    this.#transaction(() => {
      for (const id of rows) {
        const row = this.#sql.read.get(id) as unknown as Row | undefined;
        if (row === undefined) continue; // given up meanwhile for want of room
        this.#sql.remove.run(id);
        this.#bytes -= row.size;
        const rest =
          ofLastRow === undefined
            ? []
            : eventsOf(row)
                .toSorted((a, b) => a.timestamp - b.timestamp)
                .slice(ofLastRow);
        if (rest.length === 0) continue;
        const size = rest.reduce((sum, { message }) => sum + Buffer.byteLength(message), 0);
        const events = JSON.stringify(rest.map(({ timestamp, message }) => [timestamp, message]));
        this.#sql.reinsert.run(id, row.log_group, row.stream, row.create_group, size, rest.length, events);
        this.#bytes += size;
      }
    });
  }

  #makeRoom(): readonly Dropped[] {
    const dropped: Dropped[] = [];
    while (this.#bytes > this.#maxBytes) {
      const row = this.#sql.oldestOfAll.get() as unknown as Row | undefined;
      if (row === undefined) break;
      this.#sql.remove.run(row.id);
      this.#bytes -= row.size;
      dropped.push({ target: targetOf(row), events: row.count });
    }
    return dropped;
  }

  #transaction<T>(write: () => T): T {
    const before = this.#bytes;
    this.#database.exec("BEGIN IMMEDIATE");
    try {
      const result = write();
      this.#database.exec("COMMIT");
      return result;
    } catch (error) {
      this.#bytes = before;
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
      throw error;
    }
  }
}

/** What files of earlier versions do not have. */
function addColumns(database: DatabaseSync): void {
  const present = database.prepare("SELECT name FROM pragma_table_info('waiting')").all();
  if (present.some(({ name }) => name === "source")) return;
  for (const column of ["source TEXT", "number INTEGER", "part INTEGER"]) {
    database.exec(`ALTER TABLE waiting ADD COLUMN ${column}`);
  }
}

interface Row {
  readonly id: number;
  readonly log_group: string;
  readonly stream: string;
  readonly create_group: number;
  readonly size: number;
  readonly count: number;
  readonly events: string;
  /** Of the batch that it went into, if it did. */
  readonly source: string | null;
  readonly number: number | null;
  /** How many of its events go with that batch, if not all. */
  readonly part: number | null;
}

const schema = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  CREATE TABLE IF NOT EXISTS progress (
    container TEXT PRIMARY KEY, task TEXT NOT NULL, position TEXT, finished INTEGER NOT NULL DEFAULT 0);
  CREATE INDEX IF NOT EXISTS progress_by_task ON progress (task);
  CREATE TABLE IF NOT EXISTS waiting (
    id INTEGER PRIMARY KEY AUTOINCREMENT, log_group TEXT NOT NULL, stream TEXT NOT NULL, create_group INTEGER NOT NULL,
    size INTEGER NOT NULL, count INTEGER NOT NULL, events TEXT NOT NULL);
  CREATE INDEX IF NOT EXISTS waiting_by_stream ON waiting (log_group, stream, id);`;

type Statements = ReturnType<typeof statements>;
function statements(database: DatabaseSync) {
  const prepare = (text: string): StatementSync => database.prepare(text);
  return {
    total: prepare("SELECT SUM(size) AS bytes FROM waiting"),
    progress: prepare("SELECT position, finished FROM progress WHERE container = ?"),
    begin: prepare("INSERT OR IGNORE INTO progress (container, task) VALUES (?, ?)"),
    setPosition: prepare("UPDATE progress SET position = ? WHERE container = ?"),
    finish: prepare("UPDATE progress SET finished = 1 WHERE container = ?"),
    forget: prepare("DELETE FROM progress WHERE task = ?"),
    insert: prepare(
      "INSERT INTO waiting (log_group, stream, create_group, size, count, events) VALUES (?, ?, ?, ?, ?, ?)",
    ),
    reinsert: prepare(
      "INSERT INTO waiting (id, log_group, stream, create_group, size, count, events) VALUES (?, ?, ?, ?, ?, ?, ?)",
    ),
    targets: prepare(
      "SELECT log_group, stream, MAX(create_group) AS create_group FROM waiting GROUP BY log_group, stream ORDER BY MIN(id)",
    ),
    oldest: prepare("SELECT * FROM waiting WHERE log_group = ? AND stream = ? ORDER BY id"),
    oldestOfAll: prepare("SELECT * FROM waiting ORDER BY id LIMIT 1"),
    mark: prepare("UPDATE waiting SET source = ?, number = ?, part = ? WHERE id = ?"),
    read: prepare("SELECT * FROM waiting WHERE id = ?"),
    remove: prepare("DELETE FROM waiting WHERE id = ?"),
  };
}

function targetOf(row: Pick<Row, "log_group" | "stream" | "create_group">): LogTarget {
  return { group: row.log_group, stream: row.stream, createGroup: row.create_group === 1 };
}

function eventsOf(row: Row): LogEvent[] {
  return (JSON.parse(row.events) as [number, string][]).map(([timestamp, message]) => ({ timestamp, message }));
}

function isSorted(events: readonly LogEvent[]): boolean {
  return events.every((event, at) => at === 0 || (events[at - 1] as LogEvent).timestamp <= event.timestamp);
}
