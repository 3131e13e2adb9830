import type { LogStore } from "../log-store/log-store.ts";
import type { Clock } from "../platform/clock.ts";
import type { Logger } from "../platform/logger.ts";
import { parseQuery } from "./language/parse-query.ts";
import { planQuery } from "./plan-query.ts";
import { type QueryRange, RunningQuery } from "./running-query.ts";

/** A query, under way or over, with what was asked. */
export interface KnownQuery {
  readonly id: string;
  readonly queryString: string;
  /** As the caller named them. */
  readonly groups: readonly string[];
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly query: RunningQuery;
}

/** A query as it is asked. */
export interface QueryWish {
  readonly id: string;
  readonly queryString: string;
  /** As the caller named them. */
  readonly groups: readonly string[];
  readonly range: QueryRange;
  /** Rows of the result at the most. */
  readonly limit: number;
}

/** Source: CloudWatch Logs user guide, "CloudWatch Logs quotas": 30 at the same time. Here so many of them work, in turns. */
const most = { underWay: 30, atOnce: 2, known: 1_000, resultBytes: 64 * 1024 * 1024 } as const;
/** AWS keeps results for seven days; here as long as there is room, and the process lives. */
const keptMs = 7 * 24 * 60 * 60 * 1000;

/** Too many queries are under way. */
export class TooManyQueries extends Error {
  override readonly name = "TooManyQueries";
}

/** Runs queries of Logs Insights, and keeps their results for a while, in memory. */
export class QueryRunner {
  private readonly logStore: Pick<LogStore, "read">;
  private readonly known = new Map<string, KnownQuery>();
  private readonly waiting: KnownQuery[] = [];
  private working = 0;

  constructor({ logStore }: { readonly logStore: Pick<LogStore, "read"> }) {
    this.logStore = logStore;
  }

  /**
   * Begins a query. @throws BadQuery for what cannot be read @throws TooManyQueries
   */
  start(
    { id, queryString, groups, range, limit }: QueryWish,
    { clock, logger, accountId }: { readonly clock: Clock; readonly logger: Logger; readonly accountId: string },
  ): void {
    const plan = planQuery(parseQuery(queryString), limit);
    const underWay = [...this.known.values()].filter(({ query }) => isUnderWay(query));
    if (underWay.length >= most.underWay) throw new TooManyQueries(`more than ${most.underWay} queries`);
    const onFault = (error: unknown) => logger.error({ err: error, queryId: id }, "query of logs failed");
    const query = new RunningQuery({ logStore: this.logStore, clock, accountId, onFault }, plan, range);
    const known = { id, queryString, groups, createdAt: clock.now(), query };
    this.known.set(id, known);
    this.waiting.push(known);
    this.makeRoom(clock);
    this.work(clock);
  }

  get(id: string): KnownQuery | undefined {
    return this.known.get(id);
  }

  /** The newest first. */
  list(): readonly KnownQuery[] {
    return [...this.known.values()].reverse();
  }

  private work(clock: Clock): void {
    while (this.working < most.atOnce) {
      const next = this.waiting.shift();
      if (next === undefined) return;
      this.working++;
      void next.query.run().finally(() => {
        this.working--;
        this.makeRoom(clock);
        this.work(clock);
      });
    }
  }

  /** The oldest go: their results first of all those that are over. */
  private makeRoom(clock: Clock): void {
    const now = clock.now();
    let bytes = [...this.known.values()].reduce((sum, { query }) => sum + query.size, 0);
    for (const { id, createdAt, query } of this.known.values()) {
      const isTooMany = this.known.size > most.known || bytes > most.resultBytes || now - createdAt > keptMs;
      if (!isTooMany) return;
      if (isUnderWay(query)) continue;
      bytes -= query.size;
      query.forget();
      this.known.delete(id);
    }
  }
}

const isUnderWay = ({ status }: RunningQuery) => status === "Scheduled" || status === "Running";
