import type { DatabaseSync } from "node:sqlite";
import { type Kind, kinds } from "../model/resources.ts";
import { inTransaction, openFlushedDatabase, type Schema } from "../platform/sqlite-database.ts";
import { CommittingStore, type Durability, type StoreOptions } from "./core/committing-store.ts";
import { plainJson } from "./core/plain-json.ts";
import { applyStep, emptyState, find, type State, type Step, settled, unsettled } from "./core/state.ts";
import type { Stored } from "./store.ts";

/** Of 4 KiB. The more, the fewer pages are moved that were changed again meanwhile, and the longer each move takes. */
const pagesPerCheckpoint = 4000;

const schema: Schema = {
  migrations: [
    `CREATE TABLE revision (latest INTEGER NOT NULL);
     INSERT INTO revision (latest) VALUES (0);
     CREATE TABLE resource (
       position INTEGER PRIMARY KEY, -- grows in the order of first commits
       kind TEXT NOT NULL,
       arn TEXT NOT NULL,
       revision INTEGER NOT NULL,
       value TEXT NOT NULL
     );`,
    // A resource that moves to a new revision as it is need not be written again, and its page need not either.
    `CREATE TABLE moved (
       position INTEGER PRIMARY KEY,
       revision INTEGER NOT NULL
     );`,
  ],
};

export interface SqliteStoreOptions extends StoreOptions {
  /** The file; it is made if it is not there. */
  readonly path: string;
  /** The file may not grow beyond this many pages of 4 KiB; then it is as if the disk were full. */
  readonly maxPages?: number;
}

/**
 * A store in one SQLite file, which it holds in memory as a whole and reads only when it is opened. A flush is one
 * transaction. One process at a time.
 *
 * SQLite writes a transaction to its log and leaves it to us to have the log on disk (`synchronous = NORMAL`): so the wait for the
 * disk is no standstill of the process, and what is committed meanwhile goes together in the next transaction. Before SQLite
 * moves pages from the log to the file it flushes both by itself.
 */
export class SqliteStore extends CommittingStore {
  /** @throws DatabaseInUseError @throws DatabaseUnusableError */
  constructor(options: SqliteStoreOptions) {
    super(openDurability(options), options);
  }
}

function openDurability({ path, maxPages }: SqliteStoreOptions): Durability {
  const file = openFlushedDatabase(path, schema);
  const { database } = file;
  database.exec(`PRAGMA wal_autocheckpoint = ${pagesPerCheckpoint}`);
  if (maxPages !== undefined) database.exec(`PRAGMA max_page_count = ${maxPages}`);
  const initial = load(database);
  const record = recorder(database);
  return {
    initial,
    async flush({ revision, steps }) {
      inTransaction(database, () => record(revision, steps));
      await file.flush();
    },
    close: () => file.close(),
  };
}

function recorder(database: DatabaseSync): (revision: number, steps: readonly Step[]) => void {
  const reach = database.prepare("UPDATE revision SET latest = ?");
  const insert = database.prepare("INSERT INTO resource (position, kind, arn, revision, value) VALUES (?, ?, ?, ?, ?)");
  const change = database.prepare("UPDATE resource SET revision = ?, value = ? WHERE position = ?");
  const move = database.prepare("INSERT OR REPLACE INTO moved (position, revision) VALUES (?, ?)");
  const remove = database.prepare("DELETE FROM resource WHERE position = ?");
  return (revision, steps) => {
    reach.run(revision);
    for (const { kind, arn, position, change: step } of steps) {
      if (step.after === undefined) remove.run(position);
      else if (step.before === undefined) {
        insert.run(position, kind, arn, step.revision, JSON.stringify(step.after.value));
      } else if (step.after.value === step.before.value) move.run(position, step.revision);
      else change.run(step.revision, JSON.stringify(step.after.value), position);
    }
  };
}

/** Reads the whole file. Resources of a kind that this program does not know stay on disk and are not seen. */
function load(database: DatabaseSync): State {
  let state = unsettled(emptyState());
  const known = new Set<string>(kinds);
  database.exec("DELETE FROM moved WHERE position NOT IN (SELECT position FROM resource)");
  const rows = database.prepare(
    `SELECT position, kind, arn, max(resource.revision, coalesce(moved.revision, 0)) AS revision, value
     FROM resource LEFT JOIN moved USING (position) ORDER BY position`,
  );
  for (const row of rows.iterate()) {
    const { position, kind, arn, revision, value } = row as unknown as Row;
    if (!known.has(kind)) continue;
    if (find(state, kind, arn)) throw new Error(`The database holds ${kind} ${arn} twice.`);
    const after = Object.freeze({ kind, arn, revision, value: plainJson(JSON.parse(value)) }) as Stored;
    state = applyStep(state, { kind, arn, position, change: { revision, after } });
  }
  const latest = Number(database.prepare("SELECT latest FROM revision").get()?.["latest"]);
  return { ...settled(state), revision: latest };
}

interface Row {
  readonly position: number;
  readonly kind: Kind;
  readonly arn: string;
  readonly revision: number;
  readonly value: string;
}
