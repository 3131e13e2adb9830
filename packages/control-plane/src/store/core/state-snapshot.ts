import { isDeepStrictEqual } from "node:util";
import type { Set as PersistentSet } from "immutable";
import type { Kind, Resources } from "../../model/resources.ts";
import { type TallyName, type TallyValue, tallies } from "../../model/tallies.ts";
import type { Snapshot, Stored } from "../store.ts";
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
    const held = this.state.kinds[kind];
    const conditions = Object.entries(where);
    const { positions, left } = narrow(held, conditions);
    const rows = Array.from(positions === undefined ? held.rows.keys() : positions)
      .toSorted((a, b) => a - b)
      .map((position) => held.rows.get(position) as Stored<K>);
    return left.length === 0 ? rows : rows.filter(({ value }) => left.every((condition) => holds(value, condition)));
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

const nowhere: Iterable<number> & { readonly size: number } = new Set<number>();

/** The smallest index that `conditions` name, and the conditions it leaves to be checked. */
function narrow(
  { indexes }: KindState,
  conditions: readonly Condition[],
): { positions?: Iterable<number> & { readonly size: number }; left: readonly Condition[] } {
  let best: { condition: Condition; positions: PersistentSet<number> } | undefined;
  for (const condition of conditions) {
    const [field, wanted] = condition;
    const index = indexes[field];
    if (index === undefined || !isIndexKey(wanted)) continue;
    const positions = index.get(wanted);
    if (positions === undefined) return { positions: nowhere, left: [] };
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
