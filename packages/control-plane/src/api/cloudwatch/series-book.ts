import { setImmediate as others } from "node:timers/promises";
import { invalidCombination } from "./api-error.ts";
import { type Expression, evaluate, idsIn, type Series } from "./metric-math.ts";
import type { DataQuery, MetricQuery } from "./read-query.ts";

/** Points that expressions of one call refer to, together; some 50 MB. */
const mostReferred = 500_000;

/** The series of queries; those that expressions refer to are found once and kept. Others get their turn between two. */
export class SeriesBook {
  private readonly kept = new Map<string, Series>();
  private readonly referred: ReadonlySet<string>;
  private readonly deps: {
    readonly byId: ReadonlyMap<string, DataQuery>;
    readonly find: (query: MetricQuery) => Series;
  };
  private points = 0;

  constructor(deps: SeriesBook["deps"]) {
    this.deps = deps;
    const queries = [...deps.byId.values()];
    this.referred = new Set(queries.flatMap((query) => ("expression" in query ? idsIn(query.expression) : [])));
  }

  /** @throws CloudWatchError InvalidParameterCombination if expressions refer to too much */
  async of(query: DataQuery): Promise<Series> {
    const known = this.kept.get(query.id);
    if (known !== undefined) return known;
    await others();
    const found = "expression" in query ? await this.evaluate(query.expression) : this.deps.find(query);
    if (this.referred.has(query.id)) this.keep(query.id, found);
    return found;
  }

  private keep(id: string, found: Series): void {
    this.points += found.length;
    if (this.points > mostReferred) {
      throw invalidCombination(
        `The expressions refer to more than ${mostReferred.toLocaleString("en-US")} datapoints. You may reduce them by increasing Period, or decreasing the time range.`,
      );
    }
    this.kept.set(id, found);
  }

  private async evaluate(expression: Expression): Promise<Series> {
    const series = new Map<string, Series>();
    for (const id of idsIn(expression)) {
      const query = this.deps.byId.get(id);
      if (query !== undefined && !series.has(id)) series.set(id, await this.of(query));
    }
    return evaluate(expression, series);
  }
}
