import type { Turns } from "./search/turns.ts";

/** Thrown for every change after one that could not be made durable, or after closing. */
export class LogStoreClosedError extends Error {
  override readonly name = "LogStoreClosedError";
}

/** Weight of one flush, so that nobody waits long for it. */
const mostWeight = 10_000;
/** So many changes of the catalogue are one transaction, so that none holds others up for long. */
const mostTogether = 200;

/** A change that waits for its flush. */
export interface QueuedChange {
  /** How much work it is, in events. */
  readonly weight: number;
  /** Whether it needs a transaction of the catalogue. */
  readonly inCatalogue: boolean;
  readonly run: () => void;
  /** Durable now: to be seen by all. */
  readonly apply: () => void;
  readonly settle: (error?: unknown) => void;
}

/** A batch in pieces that are carried out without a pause: appends each by itself, neighbouring changes of the catalogue together. */
export function* piecesOf(batch: readonly QueuedChange[]): Generator<readonly QueuedChange[]> {
  let piece: QueuedChange[] = [];
  for (const change of batch) {
    const isOfPiece = change.inCatalogue && piece[0]?.inCatalogue === true && piece.length < mostTogether;
    if (!isOfPiece && piece.length > 0) {
      yield piece;
      piece = [];
    }
    piece.push(change);
  }
  if (piece.length > 0) yield piece;
}

/**
 * Changes of one turn of the event loop are flushed together, and those that come while a flush is under way make the next one.
 * After a flush that failed nobody knows what is on disk: then every change rejects, and `onFatal` is told.
 */
export class FlushQueue {
  readonly #flush: (batch: readonly QueuedChange[]) => Promise<void>;
  readonly #onFatal: (error: Error) => void;
  readonly #turns: Turns;
  #waiting: QueuedChange[] = [];
  #running: Promise<void> | undefined;
  #closed: Error | undefined;

  /** @param flush makes a batch durable; it may reject */
  constructor({
    flush,
    onFatal,
    turns,
  }: {
    readonly flush: (batch: readonly QueuedChange[]) => Promise<void>;
    readonly onFatal: (error: Error) => void;
    readonly turns: Turns;
  }) {
    this.#flush = flush;
    this.#onFatal = onFatal;
    this.#turns = turns;
  }

  /** Resolves with what `run` returned once that is durable. */
  add<T>(change: {
    readonly inCatalogue: boolean;
    readonly run: () => T;
    readonly apply?: () => void;
    readonly weight?: number;
  }): Promise<T> {
    if (this.#closed !== undefined) return Promise.reject(this.#closed);
    const done = Promise.withResolvers<T>();
    let result: T | undefined;
    this.#waiting.push({
      inCatalogue: change.inCatalogue,
      weight: change.weight ?? 1,
      run: () => {
        result = change.run();
      },
      apply: () => change.apply?.(),
      settle: (error) => (error === undefined ? done.resolve(result as T) : done.reject(error)),
    });
    this.#running ??= new Promise((resolve) => {
      setImmediate(() => void this.#run().then(resolve));
    });
    return done.promise;
  }

  /** Flushes what waits; what comes later rejects. */
  async close(): Promise<void> {
    this.#closed ??= new LogStoreClosedError("the log store is closed");
    await this.#running;
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#take();
      try {
        await this.#flush(batch);
      } catch (error) {
        this.#fail(error, batch);
        break;
      }
      for (const { apply } of batch) {
        apply();
        await this.#turns.pause();
      }
      for (const { settle } of batch) settle();
    }
    this.#running = undefined;
  }

  #take(): readonly QueuedChange[] {
    let weight = 0;
    // At least one, whatever its weight.
    const end = this.#waiting.findIndex((change, at) => (weight += change.weight) > mostWeight && at > 0);
    return this.#waiting.splice(0, end === -1 ? this.#waiting.length : end);
  }

  #fail(cause: unknown, batch: readonly QueuedChange[]): void {
    const error = cause instanceof Error ? cause : new Error(String(cause));
    this.#closed = new LogStoreClosedError(`the log store cannot write any more: ${error.message}`, { cause });
    const lost = [...batch, ...this.#waiting];
    this.#waiting = [];
    this.#onFatal(error);
    for (const { settle } of lost) settle(error);
  }
}
