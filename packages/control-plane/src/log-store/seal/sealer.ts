import { Worker } from "node:worker_threads";
import type { SealedSegment, SealWork } from "./seal-work.ts";

/** Carries out what is to be sealed, one thing at a time. */
export interface Sealer {
  seal(work: SealWork): Promise<readonly SealedSegment[]>;
  close(): Promise<void>;
}

export type SealAnswer = { readonly sealed: readonly SealedSegment[] } | { readonly failure: string };

/** In a thread of its own, so that compressing holds nobody up. The thread starts with the first work. */
export class ThreadSealer implements Sealer {
  #worker: Worker | undefined;
  #settle: PromiseWithResolvers<readonly SealedSegment[]> | undefined;

  /** One at a time. Rejects if the work could not be done; it may be tried again. */
  seal(work: SealWork): Promise<readonly SealedSegment[]> {
    this.#worker ??= this.#start();
    this.#settle = Promise.withResolvers();
    this.#worker.postMessage(work);
    return this.#settle.promise;
  }

  async close(): Promise<void> {
    await this.#worker?.terminate();
  }

  #start(): Worker {
    const worker = new Worker(new URL("seal-thread.ts", import.meta.url));
    worker.unref();
    worker.on("message", (answer: SealAnswer) => {
      if ("sealed" in answer) this.#settle?.resolve(answer.sealed);
      else this.#settle?.reject(new Error(answer.failure));
    });
    worker.on("error", (error) => this.#settle?.reject(error));
    worker.on("exit", () => {
      this.#worker = undefined;
      this.#settle?.reject(new Error("The thread that seals log events has ended."));
    });
    return worker;
  }
}
