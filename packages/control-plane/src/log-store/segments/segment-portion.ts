import { candidatesOf } from "../search/block-filter.ts";
import type { BlockFinder } from "../search/block-finder.ts";
import type { Portion } from "../search/search.ts";
import { mayHold, type Selection } from "../search/selection.ts";
import { type BlockAbout, readBlockList } from "./segment-file.ts";

/** So many segments' lists are kept: each page of a search begins where the one before ended. */
const mostLists = 32;

/** Which blocks segments have, as far as it was asked for lately. */
export class BlockLists {
  readonly #lists = new Map<string, Promise<readonly BlockAbout[]>>();

  get(path: string): Promise<readonly BlockAbout[]> {
    const list = this.#lists.get(path) ?? readBlockList(path);
    this.#lists.delete(path); // to the end: the one that was not asked for longest goes first
    this.#lists.set(path, list);
    list.catch(() => this.#lists.delete(path));
    for (const oldest of this.#lists.keys()) {
      if (this.#lists.size <= mostLists) break;
      this.#lists.delete(oldest);
    }
    return list;
  }
}

/** What segments are read by. */
export interface SegmentAccess {
  readonly lists: BlockLists;
  readonly finder: BlockFinder;
}

/** A whole segment: what leads to those of its blocks that may hold what is asked for. */
export function segmentPortion(
  segment: Pick<Portion, "first" | "last"> & { readonly path: string },
  selection: Selection,
  access: SegmentAccess,
): Portion {
  return {
    first: segment.first,
    last: segment.last,
    bytes: 0,
    async open() {
      const blocks = await access.lists.get(segment.path);
      return {
        portions: blocks
          .filter(({ first, last, streamIds }) => {
            if (!mayHold(selection, first, last)) return false;
            return selection.wholeGroup || streamIds.some((id) => selection.streams.has(id));
          })
          .map((about) => blockPortion(segment.path, about, selection, access.finder)),
      };
    },
  };
}

function blockPortion(path: string, about: BlockAbout, selection: Selection, finder: BlockFinder): Portion {
  const { first, last, offset, length, size } = about;
  return {
    first,
    last,
    bytes: size,
    async open() {
      const { from, to, beyond, backwards, floors, needles } = selection;
      const wanted = about.streamIds.filter((id) => selection.streams.has(id));
      const query = {
        from,
        to,
        beyond,
        backwards,
        floors,
        needles,
        ...(wanted.length === about.streamIds.length ? {} : { streamIds: wanted }),
      };
      const found = await finder.find({ path, block: { offset, length, size }, query });
      return { candidates: () => (found === undefined ? [] : candidatesOf(found, selection)) };
    },
  };
}
