import { parentPort } from "node:worker_threads";
import { readBlockSync } from "../segments/segment-file.ts";
import { filterBlock } from "./block-filter.ts";
import type { FindAnswer, FindRequest } from "./block-finder.ts";
import { RecentBlocks } from "./recent-blocks.ts";

// The thread behind ThreadFinder: what is to be looked for comes in as a message, what was found goes out as one. The next page of a
// search begins within the blocks in which the one before ended, so the last ones are kept.
const recent = new RecentBlocks();

parentPort?.on("message", ({ number, path, block, query }: FindRequest) => {
  try {
    const bytes = recent.get(`${path} ${block.offset}`, () => readBlockSync(path, block));
    const found = filterBlock(bytes, query);
    // A copy with memory of its own, which can change hands; of what is small a Buffer has only a part.
    const own = found && new Uint8Array(found);
    parentPort?.postMessage({ number, found: own } satisfies FindAnswer, own === undefined ? [] : [own.buffer]);
  } catch (error) {
    const failure = error instanceof Error ? error.message : String(error);
    parentPort?.postMessage({ number, failure } satisfies FindAnswer);
  }
});
