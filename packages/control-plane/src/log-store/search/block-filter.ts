import { type Block, type BlockEvent, decodeBlock, encodeBlock, messageAt, messagesOf } from "../blocks/block.ts";
import { eventsWith, mayContain } from "../blocks/find-needles.ts";
import type { LogPosition } from "../log-store.ts";
import { type Candidate, sortCandidates } from "./search.ts";
import { admits, type Selection } from "./selection.ts";

/** What is looked for in a block; may be sent to another thread. */
export interface BlockQuery extends Pick<Selection, "from" | "to" | "beyond" | "backwards" | "floors"> {
  readonly needles: readonly string[];
  /** All if absent. */
  readonly streamIds?: readonly number[];
}

/** Events of an encoded block that are asked for, by their place in it; undefined for all of them. */
function chosenOf(block: Block, query: BlockQuery, needles: readonly Buffer[]): readonly number[] | undefined {
  const withNeedles = eventsWith(block, needles);
  const streams = query.streamIds && new Set(query.streamIds);
  const chosen: number[] = [];
  const count = withNeedles?.length ?? block.count;
  for (let index = 0; index < count; index++) {
    const at = withNeedles?.[index] ?? index;
    if (streams !== undefined && !streams.has(block.streamIds[at] ?? -1)) continue;
    if (admits(query, positionAt(block, at))) chosen.push(at);
  }
  return chosen.length === block.count ? undefined : chosen;
}

/**
 * What is asked for of an encoded block, as an encoded block of its own, the same one if it is all of it; nothing if there is none. Texts
 * are looked for before anything is taken apart.
 */
export function filterBlock(bytes: Buffer, query: BlockQuery): Buffer | undefined {
  const needles = query.needles.map((needle) => Buffer.from(needle));
  if (!mayContain(messagesOf(bytes), needles)) return undefined;
  const block = decodeBlock(bytes);
  const chosen = chosenOf(block, query, needles);
  if (chosen === undefined) return bytes;
  return chosen.length === 0 ? undefined : encodeBlock(chosen.map((at) => eventAt(block, at)));
}

/** What a block that has gone through `filterBlock` has for a selection, in its order. */
export function candidatesOf(bytes: Buffer, selection: Selection): readonly Candidate[] {
  const block = decodeBlock(bytes);
  const candidates: Candidate[] = [];
  for (let at = 0; at < block.count; at++) {
    const stream = selection.streams.get(block.streamIds[at] ?? -1);
    if (stream !== undefined) candidates.push(candidateAt(block, at, stream));
  }
  return sortCandidates(candidates, selection);
}

function candidateAt(block: Block, at: number, stream: string): Candidate {
  const position = positionAt(block, at);
  return {
    ...position,
    bytes: (block.ends[at] ?? 0) - (at === 0 ? 0 : (block.ends[at - 1] ?? 0)),
    take: () => ({
      ...position,
      message: messageAt(block, at).toString(),
      stream,
      ingestedAt: block.ingestedAt[at] ?? 0,
    }),
  };
}

const positionAt = (block: Block, at: number): LogPosition => ({
  timestamp: block.timestamps[at] ?? 0,
  sequence: block.sequences[at] ?? 0,
});

const eventAt = (block: Block, at: number): BlockEvent => ({
  ...positionAt(block, at),
  streamId: block.streamIds[at] ?? 0,
  ingestedAt: block.ingestedAt[at] ?? 0,
  message: messageAt(block, at),
});
