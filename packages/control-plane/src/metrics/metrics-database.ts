import type { DatabaseSync, StatementSync } from "node:sqlite";
import { inTransaction, openDatabase, type Schema } from "../platform/sqlite-database.ts";
import type { MetricIdentity } from "./metric-identity.ts";
import type { MetricPoint } from "./metric-point.ts";
import { Tally } from "./tally.ts";

// Times are seconds since 1970; `resolution` is how many of them a point is of.
const schema: Schema = {
  migrations: [
    `CREATE TABLE metric (
       id INTEGER PRIMARY KEY, namespace TEXT NOT NULL, name TEXT NOT NULL, dimensions TEXT NOT NULL, seen_at INTEGER NOT NULL
     );
     CREATE TABLE point (
       metric INTEGER NOT NULL, at INTEGER NOT NULL, resolution INTEGER NOT NULL, unit TEXT NOT NULL,
       sample_count REAL NOT NULL, sum REAL NOT NULL, minimum REAL NOT NULL, maximum REAL NOT NULL, value_counts BLOB,
       PRIMARY KEY (metric, at, resolution, unit)
     ) WITHOUT ROWID;
     CREATE INDEX point_by_age ON point (resolution, at);`,
  ],
};

/** Seconds. */
export type Resolution = 60 | 300;

/** Where a point is. */
export interface PointKey {
  readonly metric: number;
  /** Seconds since 1970, a multiple of the resolution. */
  readonly at: number;
  readonly resolution: Resolution;
  readonly unit: string;
}
export interface KeptPoint extends PointKey {
  readonly tally: Tally;
}
/** A metric that values came for; `seenAt` is when the last one came, epoch milliseconds. */
export interface KeptMetric extends MetricIdentity {
  readonly id: number;
  readonly seenAt: number;
}

interface MetricRow {
  readonly id: number;
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: string;
  readonly seen_at: number;
}
interface PointRow extends PointKey {
  readonly sample_count: number;
  readonly sum: number;
  readonly minimum: number;
  readonly maximum: number;
  readonly value_counts: Uint8Array | null;
}

/** The file that metrics are kept in. Methods that write are called within `change`. */
export class MetricsDatabase {
  private readonly database: DatabaseSync;
  private readonly statements = new Map<string, StatementSync>();

  /** @throws DatabaseInUseError @throws DatabaseUnusableError */
  constructor(path: string) {
    this.database = openDatabase(path, schema);
  }

  /** All of it, or it throws and nothing of it stays. */
  change(work: () => void): void {
    inTransaction(this.database, work);
  }

  metrics(): readonly KeptMetric[] {
    const rows = this.prepared("SELECT * FROM metric").all() as unknown as readonly MetricRow[];
    return rows.map(({ id, namespace, name, dimensions, seen_at: seenAt }) => ({
      id,
      namespace,
      name,
      dimensions: JSON.parse(dimensions) as Record<string, string>,
      seenAt,
    }));
  }

  keepMetric({ id, namespace, name, dimensions, seenAt }: KeptMetric): void {
    this.prepared(
      "INSERT INTO metric VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at",
    ).run(id, namespace, name, JSON.stringify(dimensions), seenAt);
  }

  /** Only of a metric that has no points. @returns whether it went */
  deleteMetric(id: number): boolean {
    const sql = "DELETE FROM metric WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM point WHERE metric = ?1)";
    return this.prepared(sql).run(id).changes > 0;
  }

  /** Adds to what there is of that time. */
  addToPoint(point: KeptPoint): void {
    const { metric, at, resolution, unit, tally: added } = point;
    const sql = "SELECT * FROM point WHERE metric = ? AND at = ? AND resolution = ? AND unit = ?";
    const known = this.prepared(sql).get(metric, at, resolution, unit) as unknown as PointRow | undefined;
    const tally = known === undefined ? added : keptPoint(known).tally;
    if (known !== undefined) tally.merge(added);
    const { sampleCount, sum, minimum, maximum } = tally;
    this.prepared("INSERT OR REPLACE INTO point VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)").run(
      metric,
      at,
      resolution,
      unit,
      sampleCount,
      sum,
      minimum,
      maximum,
      tally.countsToKeep(),
    );
  }

  /** The points of a metric that begin in `from` (included) to `to` (excluded), epoch milliseconds; the finer ones of a time first. */
  *points(metric: number, { from, to }: { readonly from: number; readonly to: number }): Iterable<MetricPoint> {
    const sql = "SELECT * FROM point WHERE metric = ? AND at >= ? AND at < ? ORDER BY at, resolution";
    const rows = this.prepared(sql).all(metric, Math.floor(from / 1000), Math.ceil(to / 1000));
    for (const row of rows as unknown as readonly PointRow[]) {
      const { at, unit, tally } = keptPoint(row);
      yield { at: at * 1000, unit, tally };
    }
  }

  /** The oldest points of a resolution before a time in seconds, so many at the most. */
  oldest(resolution: Resolution, before: number, most: number): readonly KeptPoint[] {
    const sql = "SELECT * FROM point WHERE resolution = ? AND at < ? ORDER BY at LIMIT ?";
    return (this.prepared(sql).all(resolution, before, most) as unknown as readonly PointRow[]).map(keptPoint);
  }

  deletePoint({ metric, at, resolution, unit }: PointKey): void {
    const sql = "DELETE FROM point WHERE metric = ? AND at = ? AND resolution = ? AND unit = ?";
    this.prepared(sql).run(metric, at, resolution, unit);
  }

  /** What is in use of the file: room that was freed is written again before it grows. */
  usedBytes(): number {
    const number = (pragma: string) => Number(Object.values(this.prepared(`PRAGMA ${pragma}`).get() ?? {})[0]);
    return (number("page_count") - number("freelist_count")) * number("page_size");
  }

  close(): void {
    if (this.database.isOpen) this.database.close();
  }

  private prepared(sql: string): StatementSync {
    const known = this.statements.get(sql) ?? this.database.prepare(sql);
    this.statements.set(sql, known);
    return known;
  }
}

function keptPoint(row: PointRow): KeptPoint {
  const { metric, at, resolution, unit, sample_count: sampleCount, sum, minimum, maximum } = row;
  return { metric, at, resolution, unit, tally: Tally.kept({ sampleCount, sum, minimum, maximum }, row.value_counts) };
}
