import type { LogPosition, LogQuery, LogStream, StoredLogEvent } from "../log-store.ts";
import { comparePositions, type Floor, isBelow } from "../position.ts";

/** What of a group a query is about, with the streams by their numbers. */
export interface Selection {
  /** Names of the streams that are looked into. */
  readonly streams: ReadonlyMap<number, string>;
  /** No stream is left out, but for those that are gone. */
  readonly wholeGroup: boolean;
  readonly floors: readonly Floor[];
  readonly backwards: boolean;
  /** Of time, inclusive and exclusive. */
  readonly from: number;
  readonly to: number;
  readonly beyond: LogPosition | undefined;
  readonly needles: readonly string[];
  readonly where: ((event: StoredLogEvent) => boolean) | undefined;
}

/** What of a group there is to choose from. */
export interface SelectFrom {
  readonly streams: ReadonlyMap<string, { readonly id: number; readonly value: LogStream }>;
  /** The same streams' names, by number. */
  readonly names: ReadonlyMap<number, string>;
  readonly floors: readonly Floor[];
}

export function selectionOf(query: LogQuery, { streams, names, floors }: SelectFrom): Selection {
  const chosen = query.streams?.flatMap((name) => streams.get(name) ?? []);
  // Where none of the streams has anything, nothing is opened.
  const [first, last] = chosen === undefined ? [-Infinity, Infinity] : spanOf(chosen.map(({ value }) => value));
  return {
    streams: chosen === undefined ? names : new Map(chosen.map(({ id, value }) => [id, value.name])),
    wholeGroup: chosen === undefined,
    floors,
    backwards: query.backwards ?? false,
    from: Math.max(query.from ?? -Infinity, first),
    to: Math.min(query.to ?? Infinity, last + 1),
    beyond: query.beyond,
    needles: (query.needles ?? []).filter((needle) => needle !== ""),
    where: query.where,
  };
}

/** Times of the first and the last event that any of the streams has. */
function spanOf(streams: readonly LogStream[]): readonly [number, number] {
  let [first, last] = [Infinity, -Infinity];
  for (const { firstEventAt = Infinity, lastEventAt = -Infinity } of streams) {
    first = Math.min(first, firstEventAt);
    last = Math.max(last, lastEventAt);
  }
  return [first, last];
}

/** The order in which the query wants events. */
export const inOrder = ({ backwards }: Selection): ((a: LogPosition, b: LogPosition) => number) =>
  backwards ? (a, b) => comparePositions(b, a) : comparePositions;

/** Whether an event's place is asked for; its stream and text are looked at elsewhere. */
export function admits(
  { from, to, beyond, backwards, floors }: Pick<Selection, "from" | "to" | "beyond" | "backwards" | "floors">,
  position: LogPosition,
): boolean {
  if (position.timestamp < from || position.timestamp >= to) return false;
  if (beyond !== undefined) {
    const order = comparePositions(position, beyond);
    if (backwards ? order >= 0 : order <= 0) return false;
  }
  return floors.length === 0 || !isBelow(floors, position);
}

/** Whether there may be anything that is asked for between two places. */
export function mayHold({ from, to, beyond, backwards }: Selection, first: LogPosition, last: LogPosition): boolean {
  if (last.timestamp < from || first.timestamp >= to) return false;
  if (beyond === undefined) return true;
  return backwards ? comparePositions(first, beyond) < 0 : comparePositions(last, beyond) > 0;
}
