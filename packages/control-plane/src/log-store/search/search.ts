import type { LogPage, LogPosition, StoredLogEvent } from "../log-store.ts";
import { comparePositions } from "../position.ts";
import { Heap } from "./heap.ts";
import { inOrder, type Selection } from "./selection.ts";
import type { Turns } from "./turns.ts";

/** An event that is asked for, as far as can be said without building it. */
export interface Candidate extends LogPosition {
  /** UTF-8 bytes of its message. */
  readonly bytes: number;
  take(): StoredLogEvent;
}

/** Events that are looked through together, or what leads to some. */
export interface Portion {
  readonly first: LogPosition;
  readonly last: LogPosition;
  /** What there is to look through, in bytes. */
  readonly bytes: number;
  /** What the candidates are taken from, or portions that lie within this one. */
  open(): Promise<Opened> | Opened;
}
export type Opened =
  /** Candidates in the order of the query; asked for once, when it is their turn, since to list them takes some time. */
  { readonly candidates: () => readonly Candidate[] } | { readonly portions: readonly Portion[] };

export interface SearchOptions {
  readonly turns: Turns;
  readonly limit: number;
  readonly bytes: number;
  readonly scanBytes: number;
}

interface Waiting {
  readonly near: LogPosition;
  readonly portion: Portion;
  opened?: Promise<Opened> | Opened;
}
interface Cursor {
  readonly candidates: readonly Candidate[];
  at: number;
  now: Candidate;
}

/**
 * Merges portions, which may overlap, into one sequence, opening each only when its first event may be the next. Other work of
 * the process has its turn every few milliseconds.
 */
export async function search(
  portions: readonly Portion[],
  selection: Selection,
  options: SearchOptions,
): Promise<LogPage> {
  const compare = inOrder(selection);
  const near = ({ first, last }: Portion) => (selection.backwards ? last : first);
  const waiting = new Heap<Waiting>((a, b) => compare(a.near, b.near));
  for (const portion of portions) waiting.push({ near: near(portion), portion });
  const cursors = new Heap<Cursor>((a, b) => compare(a.now, b.now));
  const found: StoredLogEvent[] = [];
  const { turns } = options;
  let [scanned, taken, opened] = [0, 0, 0];
  let beyond: LogPosition | undefined;

  for (;;) {
    const next = waiting.first;
    const cursor = cursors.first;
    if (next !== undefined && (cursor === undefined || compare(next.near, cursor.now) <= 0)) {
      const before = justBefore(next.near, selection);
      const isAdvance = opened > 0 && (selection.beyond === undefined || compare(before, selection.beyond) > 0);
      if (scanned >= options.scanBytes && isAdvance) return { events: found, next: before };
      waiting.pop();
      const contents = await open(next);
      if ("portions" in contents) {
        for (const portion of contents.portions) waiting.push({ near: near(portion), portion });
        continue;
      }
      scanned += next.portion.bytes;
      if (++opened > 1) readAhead();
      await turns.pause(); // several searches may have had their answers at the same moment
      const candidates = contents.candidates();
      const [now] = candidates;
      if (now !== undefined) cursors.push({ candidates, at: 0, now });
      await turns.pause();
      continue;
    }
    if (cursor === undefined) return { events: found };
    const candidate = cursor.now;
    const event = candidate.take();
    const isFound = selection.where === undefined || selection.where(event);
    if (isFound) {
      const isTooMuch = found.length > 0 && taken + candidate.bytes > options.bytes;
      if (isTooMuch) return { events: found, ...(beyond === undefined ? {} : { next: beyond }) };
      found.push(event);
      taken += candidate.bytes;
    }
    beyond = { timestamp: candidate.timestamp, sequence: candidate.sequence };
    if (found.length >= options.limit) return { events: found, next: beyond };
    const following = cursor.candidates[++cursor.at];
    if (following === undefined) cursors.pop();
    else {
      cursor.now = following;
      cursors.refresh();
    }
    const pause = selection.where !== undefined || found.length % 64 === 0 ? turns.pause() : undefined;
    if (pause !== undefined) await pause;
  }

  function open(one: Waiting): Promise<Opened> | Opened {
    return one.opened ?? one.portion.open();
  }

  /** Once a search has turned out to need more than one: has the next ones read while this one is looked through. A failure shows when it is their turn. */
  function readAhead(): void {
    if (scanned >= options.scanBytes) return;
    for (const one of waiting.foremost) {
      if (one.opened !== undefined) continue;
      one.opened = one.portion.open();
      if (one.opened instanceof Promise) one.opened.catch(() => undefined);
    }
  }
}

/** The last place before an event, so that going on from there begins with it. */
const justBefore = ({ timestamp, sequence }: LogPosition, { backwards }: Selection): LogPosition => ({
  timestamp,
  sequence: sequence + (backwards ? 1 : -1),
});

/** Sorts candidates as the query wants them. */
export function sortCandidates<T extends Candidate>(candidates: T[], selection: Selection): readonly T[] {
  const compare = inOrder(selection);
  const isSorted = candidates.every((one, at) => at === 0 || comparePositions(candidates[at - 1] as T, one) < 0);
  if (isSorted) return selection.backwards ? candidates.reverse() : candidates;
  return candidates.sort(compare);
}
