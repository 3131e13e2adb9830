import type { BlockEvent } from "../blocks/block.ts";
import type { LogPosition } from "../log-store.ts";
import { comparePositions } from "../position.ts";
import { type Candidate, type Portion, sortCandidates } from "../search/search.ts";
import { admits, type Selection } from "../search/selection.ts";

interface FreshEvent extends BlockEvent {
  readonly message: string;
}
interface Chunk {
  readonly events: FreshEvent[];
  first: LogPosition;
  last: LogPosition;
  bytes: number;
}
const chunkBytes = 256 * 1024;
const chunkEvents = 1_000;

/** Events of a group that are in one journal, held in memory for reading. */
export class FreshEvents {
  readonly #chunks: Chunk[] = [];
  readonly streamIds = new Set<number>();

  append(events: readonly FreshEvent[]): void {
    for (const event of events) {
      this.streamIds.add(event.streamId);
      let chunk = this.#chunks.at(-1);
      if (chunk === undefined || chunk.bytes >= chunkBytes || chunk.events.length >= chunkEvents) {
        chunk = { events: [], first: event, last: event, bytes: 0 };
        this.#chunks.push(chunk);
      }
      chunk.events.push(event);
      chunk.bytes += event.message.length + 16;
      if (comparePositions(event, chunk.first) < 0) chunk.first = event;
      if (comparePositions(event, chunk.last) > 0) chunk.last = event;
    }
  }

  /** Time of the oldest; Infinity if there is none. */
  get oldest(): number {
    return Math.min(...this.#chunks.map(({ first }) => first.timestamp));
  }

  /** What is there now; what is appended later is not in it. */
  portions(selection: Selection): readonly Portion[] {
    return this.#chunks.map(({ events, first, last, bytes }) => {
      const count = events.length;
      return { first, last, bytes, open: () => ({ candidates: candidatesOf(events, count, selection) }) };
    });
  }
}

function candidatesOf(events: readonly FreshEvent[], count: number, selection: Selection): readonly Candidate[] {
  const candidates: Candidate[] = [];
  for (let at = 0; at < count; at++) {
    const event = events[at] as FreshEvent;
    const stream = selection.streams.get(event.streamId);
    if (stream === undefined || !admits(selection, event)) continue;
    const { timestamp, sequence, ingestedAt, message } = event;
    if (!selection.needles.every((needle) => message.includes(needle))) continue;
    candidates.push({
      timestamp,
      sequence,
      get bytes() {
        return Buffer.byteLength(message);
      },
      take: () => ({ timestamp, message, stream, ingestedAt, sequence }),
    });
  }
  return sortCandidates(candidates, selection);
}
