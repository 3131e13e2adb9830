import type { StatementSync } from "node:sqlite";
import {
  type FlushedDatabase,
  inTransaction,
  openFlushedDatabase,
  type Schema,
} from "../../platform/sqlite-database.ts";
import type { AwsEvent } from "../aws-event.ts";

// A delivery names its rule and target: what the target is called with stays in the store. Times are epoch milliseconds.
const schema: Schema = {
  migrations: [
    `CREATE TABLE delivery (
       id INTEGER PRIMARY KEY, event TEXT NOT NULL, rule TEXT NOT NULL, target TEXT NOT NULL,
       ingested_at INTEGER NOT NULL, attempts INTEGER NOT NULL, due_at INTEGER NOT NULL
     );
     CREATE TABLE seen (only_one INTEGER PRIMARY KEY CHECK (only_one = 1), revision INTEGER NOT NULL, at INTEGER NOT NULL);`,
  ],
};

/** Up to where changes of the store have become events, and when that was, epoch milliseconds. */
export interface Seen {
  readonly revision: number;
  readonly at: number;
}

/** A delivery as it is kept. */
export interface KeptDelivery {
  readonly id: number;
  /** JSON. */
  readonly event: string;
  readonly ruleArn: string;
  readonly targetId: string;
  /** Epoch milliseconds. */
  readonly ingestedAt: number;
  readonly attempts: number;
  /** When it is to be tried, epoch milliseconds. */
  readonly dueAt: number;
}

/**
 * The file that deliveries wait in. A change of it survives the end of the process at once, and that of the machine after
 * `sync`: as with the store, its log is flushed by us, off the event loop.
 */
export class OutboxDatabase {
  private readonly file: FlushedDatabase;
  private readonly statements = new Map<string, StatementSync>();

  /** @throws DatabaseInUseError @throws DatabaseUnusableError */
  constructor(path: string) {
    this.file = openFlushedDatabase(path, schema);
  }

  /** Methods that write are called within it: all of it, or it throws and nothing of it stays. */
  change(work: () => void): void {
    inTransaction(this.file.database, work);
  }

  sync(): Promise<void> {
    return this.file.flush();
  }

  /** Oldest first. */
  deliveries(): readonly KeptDelivery[] {
    return this.prepared(
      `SELECT id, event, rule AS ruleArn, target AS targetId, ingested_at AS ingestedAt, attempts, due_at AS dueAt
       FROM delivery ORDER BY id`,
    ).all() as unknown as readonly KeptDelivery[];
  }

  seen(): Seen | undefined {
    return this.prepared("SELECT revision, at FROM seen").get() as unknown as Seen | undefined;
  }

  keep({ id, event, ruleArn, targetId, ingestedAt, attempts, dueAt }: KeptDelivery): void {
    const sql = "INSERT INTO delivery VALUES (?, ?, ?, ?, ?, ?, ?)";
    this.prepared(sql).run(id, event, ruleArn, targetId, ingestedAt, attempts, dueAt);
  }

  postpone({ id, attempts, dueAt }: Pick<KeptDelivery, "id" | "attempts" | "dueAt">): void {
    this.prepared("UPDATE delivery SET attempts = ?, due_at = ? WHERE id = ?").run(attempts, dueAt, id);
  }

  remove(id: number): void {
    this.prepared("DELETE FROM delivery WHERE id = ?").run(id);
  }

  keepSeen({ revision, at }: Seen): void {
    this.prepared("INSERT OR REPLACE INTO seen VALUES (1, ?, ?)").run(revision, at);
  }

  close(): void {
    this.file.close();
  }

  private prepared(sql: string): StatementSync {
    const known = this.statements.get(sql) ?? this.file.database.prepare(sql);
    this.statements.set(sql, known);
    return known;
  }
}

/** An event as it was kept. */
export const keptEvent = (text: string): AwsEvent => JSON.parse(text) as AwsEvent;
