import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import { inTransaction, openDatabase, type Schema } from "../platform/sqlite-database.ts";

// Keys are bytes: in their order listings come, and any sign may be in them.
const schema: Schema = {
  migrations: [
    `CREATE TABLE bucket (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
     CREATE TABLE object (
       id INTEGER PRIMARY KEY, bucket TEXT NOT NULL, key BLOB NOT NULL, size INTEGER NOT NULL, value TEXT NOT NULL,
       UNIQUE (bucket, key)
     );
     CREATE TABLE piece (
       object INTEGER NOT NULL, number INTEGER NOT NULL, file TEXT NOT NULL UNIQUE, size INTEGER NOT NULL,
       PRIMARY KEY (object, number)
     ) WITHOUT ROWID;
     CREATE TABLE upload (id TEXT PRIMARY KEY, bucket TEXT NOT NULL, key BLOB NOT NULL, value TEXT NOT NULL) WITHOUT ROWID;
     CREATE INDEX upload_by_key ON upload (bucket, key, id);
     CREATE TABLE part (
       upload TEXT NOT NULL, number INTEGER NOT NULL, file TEXT NOT NULL UNIQUE, value TEXT NOT NULL,
       PRIMARY KEY (upload, number)
     ) WITHOUT ROWID;`,
  ],
};

interface Pending {
  readonly run: () => void;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Writing stands still so that others may read between; changes of one turn of the event loop share one flush. */
export class ObjectDatabase {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, ReturnType<DatabaseSync["prepare"]>>();
  #pending: Pending[] = [];
  #flush: Promise<void> | undefined;
  #closing = false;

  /** @throws DatabaseInUseError @throws DatabaseUnusableError */
  constructor(path: string) {
    this.#database = openDatabase(path, schema);
  }

  row<T>(sql: string, ...values: SQLInputValue[]): T | undefined {
    return this.#prepared(sql).get(...values) as T | undefined;
  }

  rows<T>(sql: string, ...values: SQLInputValue[]): readonly T[] {
    return this.#prepared(sql).all(...values) as unknown as readonly T[];
  }

  /** Row by row; nothing else is read meanwhile. */
  each<T>(sql: string, ...values: SQLInputValue[]): Iterable<T> {
    return this.#database.prepare(sql).iterate(...values) as Iterable<unknown> as Iterable<T>;
  }

  /** Only within a change. @returns the id of a row that was inserted, and how many changed */
  run(sql: string, ...values: SQLInputValue[]): { readonly id: number; readonly changes: number } {
    const { lastInsertRowid, changes } = this.#prepared(sql).run(...values);
    return { id: Number(lastInsertRowid), changes: Number(changes) };
  }

  /**
   * Makes a change: on disk when it resolves. What `change` throws rejects, and nothing of that change stays; the others of
   * the same turn are not touched by it.
   */
  commit<T>(change: () => T): Promise<T> {
    if (this.#closing) return Promise.reject(new Error("the object store is closed"));
    const done = Promise.withResolvers<T>();
    let outcome: { readonly result: T } | { readonly error: unknown } | undefined;
    this.#pending.push({
      run: () => {
        try {
          this.#database.exec("SAVEPOINT change");
          outcome = { result: change() };
        } catch (error) {
          this.#database.exec("ROLLBACK TO change");
          outcome = { error };
        }
        this.#database.exec("RELEASE change");
      },
      resolve: () => {
        if (outcome !== undefined && "result" in outcome) done.resolve(outcome.result);
        else done.reject(outcome?.error);
      },
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

  async close(): Promise<void> {
    this.#closing = true;
    await this.#flush;
    if (this.#database.isOpen) this.#database.close();
  }

  #write(): void {
    const batch = this.#pending;
    this.#pending = [];
    try {
      inTransaction(this.#database, () => {
        for (const { run } of batch) run();
      });
    } catch (error) {
      for (const { reject } of batch) reject(error);
      return;
    }
    for (const { resolve } of batch) resolve();
  }

  #prepared(sql: string) {
    const known = this.#statements.get(sql) ?? this.#database.prepare(sql);
    this.#statements.set(sql, known);
    return known;
  }
}
