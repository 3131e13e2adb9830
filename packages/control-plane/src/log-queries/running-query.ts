import { setImmediate as nextTurn } from "node:timers/promises";
import type { LogStore } from "../log-store/log-store.ts";
import type { Clock } from "../platform/clock.ts";
import { mergedEvents } from "./merged-events.ts";
import type { QueryPlan } from "./plan-query.ts";
import { EventRow, type Row } from "./row.ts";
import { QueryFailure, type Stage } from "./stages/stage.ts";
import { textOf } from "./values/value.ts";
import { TookTooLong, withinTime } from "./within-time.ts";

export type QueryStatus = "Scheduled" | "Running" | "Complete" | "Failed" | "Cancelled" | "Timeout";

/** What is looked through. */
export interface QueryRange {
  readonly groups: readonly string[];
  /** Epoch milliseconds; the second is exclusive. */
  readonly from: number;
  readonly to: number;
}

/** One line of a result: its fields that are there, in the order of the columns. */
export type ResultRow = readonly { readonly field: string; readonly value: string }[];

/** Source: CloudWatch Logs user guide, "CloudWatch Logs quotas": a query ends after 60 minutes. */
export const queryLimits = { runMs: 60 * 60 * 1000, resultBytes: 16 * 1024 * 1024 } as const;
/** A query has the thread for so long at a time; if one event takes so much longer, it is given up. */
const slice = { ms: 8, mostMs: 500 } as const;

/** One query under way, or over. Works in slices, so that everything else has its turn. */
export class RunningQuery {
  readonly range: QueryRange;
  readonly plan: QueryPlan;
  readonly statistics = { recordsMatched: 0, recordsScanned: 0, bytesScanned: 0 };
  private readonly deps: QueryDeps;
  private readonly rows: ResultRow[] = [];
  private bytes = 0;
  private current: QueryStatus = "Scheduled";

  constructor(deps: QueryDeps, plan: QueryPlan, range: QueryRange) {
    this.deps = deps;
    this.plan = plan;
    this.range = range;
  }

  get status(): QueryStatus {
    return this.current;
  }

  /** What there is by now. */
  get results(): readonly ResultRow[] {
    return this.rows;
  }

  /** UTF-16 units of all results. */
  get size(): number {
    return this.bytes;
  }

  /** @returns false if it was over */
  stop(): boolean {
    if (this.isOver) return false;
    this.current = "Cancelled";
    return true;
  }

  /** Lets go of the results. */
  forget(): void {
    this.rows.length = 0;
    this.bytes = 0;
  }

  /** Never rejects; a fault of ours is logged by whoever gave `onFault`. */
  async run(): Promise<void> {
    if (this.current !== "Scheduled") return;
    this.current = "Running";
    try {
      await this.scan();
      if (this.current === "Running") this.current = "Complete";
    } catch (error) {
      if (this.current === "Running") this.current = "Failed";
      if (!(error instanceof QueryFailure || error instanceof TookTooLong)) this.deps.onFault(error);
    }
  }

  private get isOver(): boolean {
    return this.current !== "Scheduled" && this.current !== "Running";
  }

  private async scan(): Promise<void> {
    const { clock, logStore } = this.deps;
    const scope = { now: clock.now() };
    const end = clock.now() + queryLimits.runMs;
    const first = this.plan.stages(scope, this.sink(), () => this.statistics.recordsMatched++);
    for await (const events of mergedEvents(logStore, { ...this.range, ...this.plan })) {
      for (let at = 0; at < events.length; ) {
        const start = performance.now();
        withinTime(slice.mostMs, () => {
          for (; at < events.length && performance.now() - start < slice.ms; at++) {
            const source = events[at];
            if (source === undefined || first.isFull) continue;
            this.statistics.recordsScanned++;
            this.statistics.bytesScanned += Buffer.byteLength(source.event.message);
            first.push(new EventRow(source, this.deps.accountId));
          }
        });
        await nextTurn();
        if (this.isOver) return;
      }
      if (first.isFull) break;
      if (clock.now() > end) {
        this.current = "Timeout";
        return;
      }
      await nextTurn();
      if (this.isOver) return;
    }
    withinTime(10 * slice.mostMs, () => first.end());
  }

  private sink(): Stage {
    return {
      push: (row) => this.show(row),
      end: () => undefined,
      isFull: false,
    };
  }

  private show(row: Row): void {
    const { columns, isAggregated } = this.plan;
    const shown: { readonly field: string; readonly value: string }[] = [];
    for (const field of isAggregated ? columns : [...columns, "@ptr"]) {
      const value = row.get(field);
      if (value === undefined) continue;
      const text = textOf(value);
      shown.push({ field, value: text });
      this.bytes += field.length + text.length;
    }
    if (this.bytes > queryLimits.resultBytes) throw new QueryFailure("the result is too large");
    this.rows.push(shown);
  }
}

export interface QueryDeps {
  readonly logStore: Pick<LogStore, "read">;
  readonly clock: Clock;
  readonly accountId: string;
  readonly onFault: (error: unknown) => void;
}
