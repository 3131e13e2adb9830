import type { LogPosition } from "./log-store.ts";

/** The order of events: by their times, those of one time by their arrival. */
export const comparePositions = (a: LogPosition, b: LogPosition): number =>
  a.timestamp - b.timestamp || a.sequence - b.sequence;

/** What was there up to `sequence` and is older than `before` (epoch milliseconds) is gone. */
export interface Floor {
  readonly before: number;
  readonly sequence: number;
}

export const isBelow = (floors: readonly Floor[], { timestamp, sequence }: LogPosition): boolean =>
  floors.some((floor) => timestamp < floor.before && sequence <= floor.sequence);

/** Floors with one more, which was set last: those that it covers are left out. */
export const withFloor = (floors: readonly Floor[], last: Floor): readonly Floor[] => [
  ...floors.filter(({ before }) => before > last.before),
  last,
];

/** The first and the last of some positions, of which there is at least one. */
export function boundsOf(positions: readonly LogPosition[]): {
  readonly first: LogPosition;
  readonly last: LogPosition;
} {
  let [first, last] = [positions[0] as LogPosition, positions[0] as LogPosition];
  for (const position of positions) {
    if (comparePositions(position, first) < 0) first = position;
    if (comparePositions(position, last) > 0) last = position;
  }
  return { first: positionOf(first), last: positionOf(last) };
}

export const positionOf = ({ timestamp, sequence }: LogPosition): LogPosition => ({ timestamp, sequence });
