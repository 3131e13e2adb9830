import { randomBytes } from "node:crypto";
import { chmodSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import type { KnownTask, TaskProgress } from "../engine/known-task.ts";
import type { AgentFacts, AgentState } from "./agent-state.ts";

const schema = `
  PRAGMA locking_mode = EXCLUSIVE;
  PRAGMA journal_mode = WAL;
  PRAGMA user_version = 1;
  CREATE TABLE IF NOT EXISTS fact (name TEXT PRIMARY KEY, value TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS task (
    position INTEGER PRIMARY KEY AUTOINCREMENT, arn TEXT UNIQUE NOT NULL, payload TEXT NOT NULL, progress TEXT NOT NULL
  );
`;

/** Longest time that a change nobody waits for is kept in memory alone, in milliseconds. */
const laterMs = 50;

/** The file cannot be used; the message says which and why. */
export class AgentStateError extends Error {
  override readonly name = "AgentStateError";
}

/**
 * The agent's state in one SQLite file. What somebody waits for is flushed to disk at the end of the turn of the event loop;
 * the rest is written within 50 ms, so that it outlives the process, though not always a power cut: after that, the runtime
 * is asked anyway. One agent at a time has the file.
 */
export class SqliteState implements AgentState {
  readonly #path: string;
  readonly #database: DatabaseSync;
  readonly #insert: StatementSync;
  readonly #update: StatementSync;
  readonly #delete: StatementSync;
  readonly #putFacts: StatementSync;
  readonly #onFailure: (error: Error) => void;
  #facts: AgentFacts;
  readonly #tasks = new Map<string, KnownTask>();
  /** ARNs of the tasks that the file knows. */
  readonly #stored = new Set<string>();
  readonly #changed = new Set<string>();
  #factsChanged = false;
  #later: NodeJS.Timeout | undefined;
  #flush: Promise<void> | undefined;
  #closed = false;

  /**
   * @param onFailure told when changes could not be written, as with a full disk: from then on nothing is remembered
   * @throws AgentStateError if the file cannot be opened, or another agent has it
   */
  constructor(path: string, onFailure: (error: Error) => void) {
    this.#path = path;
    this.#onFailure = onFailure;
    try {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      this.#database = new DatabaseSync(path);
      this.#database.exec(schema);
      chmodSync(path, 0o600);
      this.#insert = this.#database.prepare("INSERT INTO task (arn, payload, progress) VALUES (?, ?, ?)");
      this.#update = this.#database.prepare("UPDATE task SET progress = ? WHERE arn = ?");
      this.#delete = this.#database.prepare("DELETE FROM task WHERE arn = ?");
      this.#putFacts = this.#database.prepare("INSERT OR REPLACE INTO fact (name, value) VALUES ('agent', ?)");
      this.#facts = this.#readFacts() ?? { agentId: randomBytes(8).toString("hex"), sequenceNumber: -1 };
      this.#readTasks();
      this.#factsChanged = true;
      this.#write(true);
    } catch (error) {
      throw stateError(path, error);
    }
  }

  facts(): AgentFacts {
    return this.#facts;
  }

  setFacts(change: Partial<AgentFacts>): void {
    this.#facts = { ...this.#facts, ...change };
    this.#factsChanged = true;
    this.#writeLater();
  }

  tasks(): readonly KnownTask[] {
    return [...this.#tasks.values()];
  }

  save(task: KnownTask): void {
    this.#tasks.set(task.arn, task);
    this.#changed.add(task.arn);
    this.#writeLater();
  }

  remove(taskArn: string): void {
    this.#tasks.delete(taskArn);
    this.#changed.add(taskArn);
    this.#writeLater();
  }

  durable(): Promise<void> {
    this.#flush ??= new Promise<void>((resolve, reject) => {
      setImmediate(() => {
        this.#flush = undefined;
        try {
          this.#write(true);
          resolve();
        } catch (error) {
          reject(this.#failed(error));
        }
      });
    });
    return this.#flush;
  }

  close(): Promise<void> {
    if (this.#closed) return Promise.resolve();
    try {
      this.#write(true);
      return Promise.resolve();
    } catch (error) {
      return Promise.reject(stateError(this.#path, error));
    } finally {
      this.#closed = true;
      clearTimeout(this.#later);
      this.#database.close();
    }
  }

  #writeLater(): void {
    if (this.#closed) return;
    this.#later ??= setTimeout(() => {
      try {
        this.#write(false);
      } catch (error) {
        this.#failed(error);
      }
    }, laterMs);
  }

  #failed(error: unknown): AgentStateError {
    const failure = stateError(this.#path, error);
    this.#onFailure(failure);
    return failure;
  }

  /** @param flush whether it has to be on the platter, or only out of this process */
  #write(flush: boolean): void {
    clearTimeout(this.#later);
    this.#later = undefined;
    if (this.#closed || (this.#changed.size === 0 && !this.#factsChanged && !flush)) return;
    this.#database.exec(flush ? "PRAGMA synchronous = FULL; BEGIN" : "PRAGMA synchronous = NORMAL; BEGIN");
    try {
      // Also when nothing else is open: only a commit that writes something makes earlier ones durable.
      if (flush || this.#factsChanged) this.#putFacts.run(JSON.stringify(this.#facts));
      for (const arn of this.#changed) this.#writeTask(arn, this.#tasks.get(arn));
      this.#database.exec("COMMIT");
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
      throw error;
    }
    for (const arn of this.#changed) {
      if (this.#tasks.has(arn)) this.#stored.add(arn);
      else this.#stored.delete(arn);
    }
    this.#changed.clear();
    this.#factsChanged = false;
  }

  #writeTask(arn: string, task: KnownTask | undefined): void {
    if (task === undefined) {
      this.#delete.run(arn);
      return;
    }
    const { payload, arn: _, ...progress } = task;
    if (this.#stored.has(arn)) this.#update.run(JSON.stringify(progress), arn);
    else this.#insert.run(arn, JSON.stringify(payload), JSON.stringify(progress));
  }

  #readFacts(): AgentFacts | undefined {
    const row = this.#database.prepare("SELECT value FROM fact WHERE name = 'agent'").get() as
      | { readonly value: string }
      | undefined;
    return row === undefined ? undefined : (JSON.parse(row.value) as AgentFacts);
  }

  #readTasks(): void {
    const rows = this.#database.prepare("SELECT arn, payload, progress FROM task ORDER BY position").all() as {
      readonly arn: string;
      readonly payload: string;
      readonly progress: string;
    }[];
    for (const { arn, payload, progress } of rows) {
      const known = JSON.parse(progress) as TaskProgress;
      this.#tasks.set(arn, { ...known, arn, payload: JSON.parse(payload) as KnownTask["payload"] });
      this.#stored.add(arn);
    }
  }
}

function stateError(path: string, error: unknown): AgentStateError {
  if (error instanceof AgentStateError) return error;
  const text = error instanceof Error ? error.message : String(error);
  const advice = /locked|busy/i.test(text) ? "another agent is using it" : text;
  return new AgentStateError(`The agent's state in ${path} cannot be used: ${advice}`, { cause: error });
}
