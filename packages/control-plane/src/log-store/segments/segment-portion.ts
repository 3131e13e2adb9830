import { type Block, decodeBlock, messageAt, messagesOf } from "../blocks/block.ts";
import { eventsWith, mayContain } from "../blocks/find-needles.ts";
import { type Candidate, type Portion, sortCandidates } from "../search/search.ts";
import { admits, mayHold, type Selection } from "../search/selection.ts";
import { type BlockAbout, SegmentReader } from "./segment-file.ts";

/** Files that are open for one search. */
export class OpenSegments {
  readonly #readers: Promise<SegmentReader>[] = [];

  open(path: string): Promise<SegmentReader> {
    const reader = SegmentReader.open(path);
    this.#readers.push(reader);
    return reader;
  }

  async close(): Promise<void> {
    const readers = await Promise.allSettled(this.#readers);
    await Promise.all(readers.flatMap((reader) => (reader.status === "fulfilled" ? reader.value.close() : [])));
  }
}

/** A whole segment: what leads to those of its blocks that may hold what is asked for. */
export function segmentPortion(
  segment: Pick<Portion, "first" | "last"> & { readonly path: string },
  selection: Selection,
  files: OpenSegments,
): Portion {
  return {
    first: segment.first,
    last: segment.last,
    bytes: 0,
    async open() {
      const reader = await files.open(segment.path);
      const blocks = await reader.blocks();
      return {
        portions: blocks
          .filter(({ first, last, streamIds }) => {
            if (!mayHold(selection, first, last)) return false;
            return selection.wholeGroup || streamIds.some((id) => selection.streams.has(id));
          })
          .map((about) => blockPortion(about, reader, selection)),
      };
    },
  };
}

function blockPortion(about: BlockAbout, reader: SegmentReader, selection: Selection): Portion {
  return {
    first: about.first,
    last: about.last,
    bytes: about.size,
    async open() {
      const bytes = await reader.block(about);
      const { needleBytes } = selection;
      if (!mayContain(messagesOf(bytes), needleBytes)) return { candidates: [] };
      const block = decodeBlock(bytes);
      const chosen = eventsWith(block, needleBytes);
      const candidates: Candidate[] = [];
      for (let index = 0; index < (chosen?.length ?? block.count); index++) {
        const candidate = candidateAt(block, chosen?.[index] ?? index, selection);
        if (candidate !== undefined) candidates.push(candidate);
      }
      return { candidates: sortCandidates(candidates, selection) };
    },
  };
}

function candidateAt(block: Block, at: number, selection: Selection): Candidate | undefined {
  const stream = selection.streams.get(block.streamIds[at] ?? -1);
  const position = { timestamp: block.timestamps[at] ?? 0, sequence: block.sequences[at] ?? 0 };
  if (stream === undefined || !admits(selection, position)) return undefined;
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
