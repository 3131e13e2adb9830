import { closeSync, fdatasync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { promisify } from "node:util";

/** Another process has the file open; only one may. */
export class DatabaseInUseError extends Error {
  override readonly name = "DatabaseInUseError";
}

/** The file was written by a newer program, or is no database. */
export class DatabaseUnusableError extends Error {
  override readonly name = "DatabaseUnusableError";
}

/** What a database file holds: `migrations[n]` leads from version n to n + 1. Versions are never taken out. */
export interface Schema {
  readonly migrations: readonly string[];
}

/**
 * Opens a database file for this process alone, makes it if there is none, and brings its schema up to date. Every commit
 * is on disk when it returns (WAL with synchronous FULL). The lock is the file system's and ends with the process,
 * however that ends. @throws DatabaseInUseError @throws DatabaseUnusableError
 */
export function openDatabase(path: string, schema: Schema): DatabaseSync {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const database = new DatabaseSync(path);
  try {
    database.exec("PRAGMA locking_mode = EXCLUSIVE"); // before WAL is touched: then no shared memory file is used either
    database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 67108864");
    migrate(database, schema, path);
    return database;
  } catch (error) {
    database.close();
    throw understood(error, path);
  }
}

/** A database whose commits are in its log when they return, and on disk after `flush`. */
export interface FlushedDatabase {
  readonly database: DatabaseSync;
  /** In a thread, so that the wait for the disk is no standstill of the process. */
  flush(): Promise<void>;
  close(): void;
}

const flushToDisk = promisify(fdatasync);

/** The same as `openDatabase`, but the log is flushed by its owner. @throws DatabaseInUseError @throws DatabaseUnusableError */
export function openFlushedDatabase(path: string, schema: Schema): FlushedDatabase {
  const database = openDatabase(path, schema);
  database.exec("PRAGMA synchronous = NORMAL");
  const log = openSync(`${path}-wal`, "r+"); // It stays the same file for as long as the database is open.
  return {
    database,
    flush: () => flushToDisk(log),
    close() {
      closeSync(log);
      database.close();
    },
  };
}

function migrate(database: DatabaseSync, { migrations }: Schema, path: string): void {
  database.exec("BEGIN EXCLUSIVE");
  database.exec("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL)");
  const held = database.prepare("SELECT version FROM schema_version").get()?.["version"];
  const version = typeof held === "number" ? held : 0;
  if (version > migrations.length) {
    throw new DatabaseUnusableError(
      `${path} has schema version ${version}, and this program knows versions up to ${migrations.length}: it was written by a newer one.`,
    );
  }
  for (const migration of migrations.slice(version)) database.exec(migration);
  database.exec("DELETE FROM schema_version");
  database.prepare("INSERT INTO schema_version (version) VALUES (?)").run(migrations.length);
  database.exec("COMMIT");
}

const SQLITE_BUSY = 5;
const SQLITE_CORRUPT = 11;
const SQLITE_NOTADB = 26;

function understood(error: unknown, path: string): unknown {
  const code = error instanceof Error && "errcode" in error ? Number(error.errcode) & 0xff : undefined;
  if (code === SQLITE_BUSY) return new DatabaseInUseError(`${path} is in use by another process.`, { cause: error });
  if (code === SQLITE_CORRUPT || code === SQLITE_NOTADB) {
    return new DatabaseUnusableError(`${path} is damaged or is no database.`, { cause: error });
  }
  return error;
}

/**
 * Runs `work` as one transaction: all of it is on disk when this returns, or nothing of it and it throws. The error names
 * the file and says what the disk said ("database or disk is full").
 */
export function inTransaction(database: DatabaseSync, work: () => void): void {
  try {
    database.exec("BEGIN IMMEDIATE");
    work();
    database.exec("COMMIT");
  } catch (error) {
    if (database.isTransaction) rollBack(database);
    const message = error instanceof Error ? error.message : String(error);
    throw new Error(`${message} (${database.location() ?? "in memory"})`, { cause: error });
  }
}

function rollBack(database: DatabaseSync): void {
  try {
    database.exec("ROLLBACK");
  } catch {
    // What made the transaction fail is what the caller has to hear; SQLite rolls back by itself when the file is opened.
  }
}
