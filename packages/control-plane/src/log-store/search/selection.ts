import type { LogPosition, LogQuery, StoredLogEvent } from "../log-store.ts";
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
  readonly needleBytes: readonly Buffer[];
  readonly where: ((event: StoredLogEvent) => boolean) | undefined;
}

/** @param names of all streams of the group, by number */
export function selectionOf(query: LogQuery, names: ReadonlyMap<number, string>, floors: readonly Floor[]): Selection {
  const chosen = query.streams === undefined ? undefined : new Set(query.streams);
  const needles = (query.needles ?? []).filter((needle) => needle !== "");
  return {
    streams: chosen === undefined ? names : new Map([...names].filter(([, name]) => chosen.has(name))),
    wholeGroup: chosen === undefined,
    floors,
    backwards: query.backwards ?? false,
    from: query.from ?? Number.NEGATIVE_INFINITY,
    to: query.to ?? Number.POSITIVE_INFINITY,
    beyond: query.beyond,
    needles,
    needleBytes: needles.map((needle) => Buffer.from(needle)),
    where: query.where,
  };
}

/** The order in which the query wants events. */
export const inOrder = ({ backwards }: Selection): ((a: LogPosition, b: LogPosition) => number) =>
  backwards ? (a, b) => comparePositions(b, a) : comparePositions;

/** Whether an event's place is asked for; its stream and text are looked at elsewhere. */
export function admits({ from, to, beyond, backwards, floors }: Selection, position: LogPosition): boolean {
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
