import { isDeepStrictEqual } from "node:util";
import type { Kind, Resources } from "../../model/resources.ts";
import { type TallyName, type TallyValue, tallies } from "../../model/tallies.ts";
import type { Page, PageWish, Snapshot, Stored } from "../store.ts";
import { PositionSet } from "./position-set.ts";
import { find, isIndexKey, type KindState, type State } from "./state.ts";

/** A state as readers see it. */
export class StateSnapshot implements Snapshot {
  private readonly state: State;

  constructor(state: State) {
    this.state = state;
  }

  get revision(): number {
    return this.state.revision;
  }

  get<K extends Kind>(kind: K, arn: string): Stored<K> | undefined {
    return find(this.state, kind, arn) as Stored<K> | undefined;
  }

  list<K extends Kind>(kind: K, where: Partial<Resources[K]> = {}): readonly Stored<K>[] {
    const { rows } = this.state.kinds[kind];
    const { positions, left } = narrow(this.state.kinds[kind], Object.entries(where));
    if (positions === undefined && left.length === 0) return rows.values() as Stored<K>[];
    const found: Stored<K>[] = [];
    const take = (row: Stored<K>) => {
      if (left.every((condition) => holds(row.value, condition))) found.push(row);
      return true;
    };
    if (positions === undefined) rows.forEach((row) => take(row as Stored<K>));
    else positions.forEach((position) => take(rows.get(position) as Stored<K>));
    return found;
  }

  page<K extends Kind>(
    kind: K,
    where: Partial<Resources[K]>,
    { most, after = 0, accepts = () => true }: PageWish<Resources[K]>,
  ): Page<K> {
    const { rows } = this.state.kinds[kind];
    const { positions, left } = narrow(this.state.kinds[kind], Object.entries(where));
    const found: Stored<K>[] = [];
    let last = after;
    let isMore = false;
    const take = (row: Stored<K>, position: number) => {
      if (!accepts(row.value) || !left.every((condition) => holds(row.value, condition))) return true;
      isMore = found.length >= most;
      if (isMore) return false;
      found.push(row);
      last = position;
      return true;
    };
    if (positions === undefined) rows.forEach((row, position) => take(row as Stored<K>, position), after + 1);
    else positions.forEach((position) => take(rows.get(position) as Stored<K>, position), after + 1);
    return isMore ? { rows: found, next: last } : { rows: found };
  }

  count<K extends Kind>(kind: K, where: Partial<Resources[K]> = {}): number {
    const held = this.state.kinds[kind];
    const { positions, left } = narrow(held, Object.entries(where));
    return left.length > 0 ? this.list(kind, where).length : (positions ?? held.rows).size;
  }

  tally<N extends TallyName>(name: N, key: string): TallyValue<N> {
    return (this.state.tallies[name].get(key)?.total ?? tallies[name].zero) as TallyValue<N>;
  }
}

type Condition = readonly [field: string, wanted: unknown];

/** The smallest index that `conditions` name, and the conditions it leaves to be checked. */
function narrow(
  { indexes }: KindState,
  conditions: readonly Condition[],
): { positions?: PositionSet; left: readonly Condition[] } {
  let best: { condition: Condition; positions: PositionSet } | undefined;
  for (const condition of conditions) {
    const [field, wanted] = condition;
    const index = indexes[field];
    if (index === undefined || !isIndexKey(wanted)) continue;
    const positions = index.get(wanted);
    if (positions === undefined) return { positions: PositionSet.empty, left: [] };
    if (best === undefined || positions.size < best.positions.size) best = { condition, positions };
  }
  if (best === undefined) return { left: conditions };
  const { condition, positions } = best;
  return { positions, left: conditions.filter((other) => other !== condition) };
}

function holds(value: object, [field, wanted]: Condition): boolean {
  const actual: unknown = (value as Record<string, unknown>)[field];
  return actual === wanted || (typeof wanted === "object" && isDeepStrictEqual(actual, wanted));
}
