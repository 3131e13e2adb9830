import { Worker } from "node:worker_threads";
import { type BlockPlace, readBlockSync } from "../segments/segment-file.ts";
import { type BlockQuery, filterBlock } from "./block-filter.ts";

/** What is to be looked for, and where. */
export interface FindWork {
  /** Of a segment. */
  readonly path: string;
  readonly block: BlockPlace;
  readonly query: BlockQuery;
}

/** Looks into blocks of segments. */
export interface BlockFinder {
  /** What is asked for of a block, as `filterBlock` has it. Rejects if the file is damaged or not there. */
  find(work: FindWork): Promise<Buffer | undefined>;
  close(): Promise<void>;
}

export interface FindRequest extends FindWork {
  readonly number: number;
}
export type FindAnswer = { readonly number: number } & (
  | { readonly found: Uint8Array | undefined }
  | { readonly failure: string }
);

/** Looks where it is called. */
export const directFinder: BlockFinder = {
  find: async ({ path, block, query }) => filterBlock(readBlockSync(path, block), query),
  close: async () => undefined,
};

/**
 * In a thread of its own, which starts with the first search: reading, decompressing and looking for texts hold nobody up, and only what
 * was found comes back.
 */
export class ThreadFinder implements BlockFinder {
  #worker: Worker | undefined;
  #numbers = 0;
  readonly #waiting = new Map<number, PromiseWithResolvers<Buffer | undefined>>();

  find(work: FindWork): Promise<Buffer | undefined> {
    this.#worker ??= this.#start();
    const number = ++this.#numbers;
    const settle = Promise.withResolvers<Buffer | undefined>();
    this.#waiting.set(number, settle);
    this.#worker.postMessage({ ...work, number } satisfies FindRequest);
    return settle.promise;
  }

  async close(): Promise<void> {
    await this.#worker?.terminate();
  }

  #start(): Worker {
    const worker = new Worker(new URL("find-thread.ts", import.meta.url));
    worker.unref();
    worker.on("message", (answer: FindAnswer) => {
      const settle = this.#waiting.get(answer.number);
      this.#waiting.delete(answer.number);
      if ("failure" in answer) settle?.reject(new Error(answer.failure));
      else settle?.resolve(answer.found && Buffer.from(answer.found.buffer));
    });
    worker.on("error", (error) => this.#fail(error));
    worker.on("exit", () => {
      this.#worker = undefined;
      this.#fail(new Error("The thread that looks into log events has ended."));
    });
    return worker;
  }

  #fail(error: Error): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
