import { Map as PersistentMap } from "immutable";
import { indexes } from "../../model/indexes.ts";
import { type Kind, kinds } from "../../model/resources.ts";
import { type Tally, type TallyName, tallies } from "../../model/tallies.ts";
import type { Change, Stored, Write } from "../store.ts";
import { PositionMap } from "./position-map.ts";
import { PositionSet } from "./position-set.ts";

/** What an index is looked up by; fields with other values are not indexed. */
export type IndexKey = string | number | boolean;

/**
 * The resources of one kind. Each has a position, a number that grows in the order of first commits; indexes are sets of
 * positions, so that a change of a resource touches only the indexes of the fields that changed.
 */
export interface KindState {
  readonly positions: PersistentMap<string, number>;
  /**
   * Where each resource was last: one map for all states, which is faster than theirs and only a hint, as a state may be older. Whoever
   * follows it looks whether the resource is there.
   */
  readonly hints: Map<string, number>;
  readonly rows: PositionMap<Stored>;
  readonly indexes: Readonly<Record<string, PersistentMap<IndexKey, PositionSet>>>;
}

/** A running total, and over how many resources: with none it is forgotten. */
interface Tallied {
  readonly members: number;
  readonly total: unknown;
}

/** Everything the store holds at one revision. Persistent: a later state shares with it all that did not change. */
export interface State {
  readonly revision: number;
  readonly nextPosition: number;
  readonly kinds: Readonly<Record<Kind, KindState>>;
  readonly tallies: Readonly<Record<TallyName, PersistentMap<string, Tallied>>>;
}

/** A change together with the position of the resource, which is what a disk needs to know. */
export interface Step {
  readonly kind: Kind;
  readonly arn: string;
  readonly position: number;
  readonly change: Change;
}

const emptyKind = (kind: Kind): KindState => ({
  positions: PersistentMap(),
  hints: new Map(),
  rows: PositionMap.empty,
  indexes: Object.fromEntries(indexes[kind].map((field) => [field, PersistentMap()])),
});

/** Nothing, for a store that begins. */
export const emptyState = (): State => ({
  revision: 0,
  nextPosition: 1,
  kinds: Object.fromEntries(kinds.map((kind) => [kind, emptyKind(kind)])) as unknown as State["kinds"],
  tallies: Object.fromEntries(
    Object.keys(tallies).map((name) => [name, PersistentMap()]),
  ) as unknown as State["tallies"],
});

/** The resource of that name, if it is there. */
export function find(state: State, kind: Kind, arn: string): Stored | undefined {
  const { rows } = state.kinds[kind];
  const position = positionOf(state.kinds[kind], arn);
  return position === undefined ? undefined : rows.get(position);
}

function positionOf({ positions, hints, rows }: KindState, arn: string): number | undefined {
  const hint = hints.get(arn);
  return hint !== undefined && rows.get(hint)?.arn === arn ? hint : positions.get(arn);
}

/** The state after `writes`, which are taken to expect the right revisions, and what they changed. */
export function apply(state: State, writes: readonly Write[], revision: number): { state: State; steps: Step[] } {
  let next = state;
  const steps: Step[] = [];
  for (const { kind, arn, value } of writes) {
    const position = positionOf(next.kinds[kind], arn);
    const before = position === undefined ? undefined : next.kinds[kind].rows.get(position);
    if (before === undefined && value === null) continue;
    const after = value === null ? undefined : (Object.freeze({ kind, arn, revision, value }) as Stored);
    const step = { kind, arn, position: position ?? next.nextPosition, change: changeOf(revision, before, after) };
    steps.push(step);
    next = applyStep(next, step);
  }
  return { state: steps.length === 0 ? state : { ...next, revision }, steps };
}

const changeOf = (revision: number, before: Stored | undefined, after: Stored | undefined): Change =>
  Object.freeze({ revision, ...(before && { before }), ...(after && { after }) });

/** Takes one step; the state's revision stays as it is. */
export function applyStep(state: State, { kind, arn, position, change: { before, after } }: Step): State {
  if (after !== undefined && before?.value === after.value) return moved(state, kind, position, after);
  return {
    ...state,
    nextPosition: Math.max(state.nextPosition, position + 1),
    kinds: { ...state.kinds, [kind]: stepKind(state.kinds[kind], kind, arn, position, before, after) },
    tallies: stepTallies(state.tallies, kind, before, after),
  };
}

/** The same value at another revision: no index and no total sees a difference. */
function moved(state: State, kind: Kind, position: number, after: Stored): State {
  const held = state.kinds[kind];
  return { ...state, kinds: { ...state.kinds, [kind]: { ...held, rows: held.rows.set(position, after) } } };
}

function stepKind(
  { positions, hints, rows, indexes: held }: KindState,
  kind: Kind,
  arn: string,
  position: number,
  before: Stored | undefined,
  after: Stored | undefined,
): KindState {
  if (after === undefined) hints.delete(arn);
  else hints.set(arn, position);
  return {
    hints,
    positions:
      after === undefined ? positions.delete(arn) : before === undefined ? positions.set(arn, position) : positions,
    rows: after === undefined ? rows.delete(position) : rows.set(position, after),
    indexes: stepIndexes(held, indexes[kind], position, before?.value, after?.value),
  };
}

function stepIndexes(
  held: KindState["indexes"],
  fields: readonly string[],
  position: number,
  before: object | undefined,
  after: object | undefined,
): KindState["indexes"] {
  let next = held;
  for (const field of fields) {
    const from = indexKey(before, field);
    const to = indexKey(after, field);
    const index = held[field];
    if (from === to || index === undefined) continue;
    const left = from === undefined ? index : without(index, from, position);
    const joined = to === undefined ? left : left.set(to, (left.get(to) ?? PositionSet.empty).add(position));
    next = { ...next, [field]: joined };
  }
  return next;
}

function without(index: PersistentMap<IndexKey, PositionSet>, key: IndexKey, position: number): typeof index {
  const rest = index.get(key)?.delete(position);
  return rest === undefined || rest.size === 0 ? index.delete(key) : index.set(key, rest);
}

/** A field's value as an index knows it; undefined if it is absent or none that is indexed. */
function indexKey(value: object | undefined, field: string): IndexKey | undefined {
  const key: unknown = value && (value as Record<string, unknown>)[field];
  return isIndexKey(key) ? key : undefined;
}

export const isIndexKey = (key: unknown): key is IndexKey =>
  typeof key === "string" || typeof key === "number" || typeof key === "boolean";

const talliesByKind = Map.groupBy(
  Object.entries(tallies) as unknown as readonly (readonly [TallyName, Tally<Kind, unknown>])[],
  ([, tally]) => tally.kind,
);

function stepTallies(
  held: State["tallies"],
  kind: Kind,
  before: Stored | undefined,
  after: Stored | undefined,
): State["tallies"] {
  const counting = talliesByKind.get(kind);
  if (counting === undefined) return held;
  const next = { ...held };
  for (const [name, tally] of counting) {
    const left = before === undefined ? [] : tally.keysOf(before.value);
    const joined = after === undefined ? [] : tally.keysOf(after.value);
    const stays = before !== undefined && after !== undefined && tally.isSame(before.value, after.value);
    for (const key of left) {
      const isJoined = joined.includes(key);
      if (stays && isJoined) continue;
      next[name] = tallied(next[name], key, tally, before, isJoined ? after : undefined);
    }
    for (const key of joined) {
      if (!left.includes(key)) next[name] = tallied(next[name], key, tally, undefined, after);
    }
  }
  return next;
}

function tallied(
  held: PersistentMap<string, Tallied>,
  key: string,
  tally: Tally<Kind, unknown>,
  left: Stored | undefined,
  joined: Stored | undefined,
): PersistentMap<string, Tallied> {
  const { members, total } = held.get(key) ?? { members: 0, total: tally.zero };
  const remaining = members - (left ? 1 : 0) + (joined ? 1 : 0);
  if (remaining === 0) return held.delete(key);
  const reduced = left ? tally.subtract(total, left.value) : total;
  return held.set(key, { members: remaining, total: joined ? tally.add(reduced, joined.value) : reduced });
}

/**
 * A state whose maps `applyStep` changes in place, which is faster for many steps at once. It and everything made from
 * it is only for whoever builds a state; `settled` gives the one for others.
 */
export const unsettled = (state: State): State => mapMaps(state, (map) => map.asMutable());
export const settled = (state: State): State => mapMaps(state, (map) => map.asImmutable());

function mapMaps(state: State, change: <K, V>(map: PersistentMap<K, V>) => PersistentMap<K, V>): State {
  const kind = ({ positions, hints, rows, indexes: held }: KindState): KindState => ({
    positions: change(positions),
    hints,
    rows,
    indexes: mapValues(held, change),
  });
  return { ...state, kinds: mapValues(state.kinds, kind), tallies: mapValues(state.tallies, change) };
}

const mapValues = <K extends string, V>(held: Readonly<Record<K, V>>, change: (value: V) => V): Record<K, V> =>
  Object.fromEntries(Object.entries<V>(held).map(([key, value]) => [key, change(value)])) as Record<K, V>;
