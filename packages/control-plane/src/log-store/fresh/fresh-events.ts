import { type BlockEvent, decodeBlock, encodeBlock, eventsOf } from "../blocks/block.ts";
import type { LogPosition } from "../log-store.ts";
import { comparePositions } from "../position.ts";
import { candidatesOf, filterBlock } from "../search/block-filter.ts";
import { type Candidate, type Portion, sortCandidates } from "../search/search.ts";
import type { Selection } from "../search/selection.ts";

/** Events of one stream, as the journal has them. */
export interface FreshBlock {
  readonly streamId: number;
  readonly first: LogPosition;
  readonly last: LogPosition;
  /** Encoded. */
  readonly block: Buffer;
}
interface Chunk {
  /** Never changed: appended to, or replaced. */
  blocks: Buffer[];
  first: LogPosition;
  last: LogPosition;
  bytes: number;
}
const chunkBytes = 256 * 1024;
const chunkBlocks = 500;
/** Below this a block's own room counts. */
const smallBytes = 4 * 1024;

/** Events of a group that are in one journal, held in memory for reading: as bytes, which cost little to hold. */
export class FreshEvents {
  readonly #chunks: Chunk[] = [];
  readonly streamIds = new Set<number>();

  append({ streamId, first, last, block }: FreshBlock): void {
    this.streamIds.add(streamId);
    let chunk = this.#chunks.at(-1);
    if (chunk === undefined || chunk.bytes >= chunkBytes || chunk.blocks.length >= chunkBlocks) {
      if (chunk !== undefined && chunk.bytes / chunk.blocks.length < smallBytes) chunk.blocks = [asOne(chunk.blocks)];
      chunk = { blocks: [], first, last, bytes: 0 };
      this.#chunks.push(chunk);
    }
    chunk.blocks.push(block);
    chunk.bytes += block.length;
    if (comparePositions(first, chunk.first) < 0) chunk.first = first;
    if (comparePositions(last, chunk.last) > 0) chunk.last = last;
  }

  /** Time of the oldest; Infinity if there is none. */
  get oldest(): number {
    return Math.min(...this.#chunks.map(({ first }) => first.timestamp));
  }

  /** What is there now; what is appended later is not in it. */
  portions(selection: Selection): readonly Portion[] {
    return this.#chunks.map(({ blocks, first, last, bytes }) => {
      const count = blocks.length;
      return { first, last, bytes, open: () => ({ candidates: () => lookThrough(blocks.slice(0, count), selection) }) };
    });
  }
}

function asOne(blocks: readonly Buffer[]): Buffer {
  const events: BlockEvent[] = [];
  for (const block of blocks) for (const event of eventsOf(decodeBlock(block))) events.push(event);
  return encodeBlock(events);
}

function lookThrough(blocks: readonly Buffer[], selection: Selection): readonly Candidate[] {
  const found = blocks.flatMap((block) => {
    const matching = filterBlock(block, selection);
    return matching === undefined ? [] : candidatesOf(matching, selection);
  });
  return blocks.length === 1 ? found : sortCandidates(found, selection);
}
