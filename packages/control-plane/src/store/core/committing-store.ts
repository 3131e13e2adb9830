import {
  type Change,
  ConflictError,
  type Snapshot,
  type Store,
  StoreClosedError,
  StoreFailedError,
  type Write,
} from "../store.ts";
import { ChangeFeed } from "./change-feed.ts";
import { plainJson } from "./plain-json.ts";
import { apply, emptyState, find, type State, type Step } from "./state.ts";
import { StateSnapshot } from "./state-snapshot.ts";

/** What of a store its owner may set. */
export interface StoreOptions {
  /** Told once, when a flush has failed; the process is expected to stop. */
  readonly onFatal?: (error: StoreFailedError) => void;
  /** How many changes are kept for watchers that start in the past. */
  readonly historyLength?: number;
}

/** Where commits go to stay. A batch is all commits of one turn; `steps` is in order and never empty. */
export interface Durability {
  readonly initial: State;
  /** Makes the batch durable, all of it or none. What it throws ends the store. */
  flush(batch: { readonly revision: number; readonly steps: readonly Step[] }): void | Promise<void>;
  close(): void;
}

interface Batch {
  state: State;
  readonly steps: Step[];
  /** Settles when the batch is visible, or with the error that kept it from being so. */
  readonly done: PromiseWithResolvers<void>;
}

const defaultHistoryLength = 10_000;

/** Keeps nothing beyond the process. */
export const nowhere = (): Durability => ({ initial: emptyState(), flush: () => undefined, close: () => undefined });

/**
 * The store's mechanism without its disk. Commits are checked against everything accepted so far and gathered until the
 * end of the turn, then flushed as one batch; while a flush is under way the next batch gathers. Readers see a batch
 * only once it is durable.
 */
export class CommittingStore implements Store {
  private readonly durability: Durability;
  private readonly onFatal: (error: StoreFailedError) => void;
  private readonly feed: ChangeFeed;
  private readonly listeners = new Set<(change: Change) => void>();
  /** What readers see: all that is durable. */
  private visible: StateSnapshot;
  /** What the next commit is checked against: all that is accepted. */
  private head: State;
  /** The head as readers see it, made when it is asked for. */
  private latest: StateSnapshot;
  private gathering: Batch | undefined;
  private flushing: Batch | undefined;
  private running: Promise<void> = Promise.resolve();
  /** Why nothing is accepted any more. */
  private stopped: Error | undefined;
  private closing: Promise<void> | undefined;

  constructor(durability: Durability, { onFatal, historyLength }: StoreOptions = {}) {
    this.durability = durability;
    this.onFatal = onFatal ?? (() => undefined);
    this.head = durability.initial;
    this.visible = new StateSnapshot(this.head);
    this.latest = this.visible;
    this.feed = new ChangeFeed(this.head.revision, historyLength ?? defaultHistoryLength);
  }

  snapshot(): Snapshot {
    return this.visible;
  }

  accepted(): Snapshot {
    if (this.latest.revision !== this.head.revision) this.latest = new StateSnapshot(this.head);
    return this.latest;
  }

  async commit(writes: readonly Write[]): Promise<number> {
    if (this.stopped) throw this.stopped;
    const clean = writes.map((write) => ({ ...write, value: plainJson(write.value, write.arn) }) as Write);
    requireDistinct(clean);
    const conflict = findConflict(this.head, clean);
    if (conflict !== undefined) {
      await (this.gathering ?? this.flushing)?.done.promise; // or the next try would look at the same old snapshot
      throw conflict;
    }
    const { state, steps } = apply(this.head, clean, this.head.revision + 1);
    if (steps.length === 0) return this.visible.revision;
    const batch = this.gather();
    this.head = state;
    batch.state = state;
    for (const step of steps) batch.steps.push(step);
    await batch.done.promise;
    return state.revision;
  }

  watch(since: number, signal: AbortSignal): AsyncIterable<Change> {
    return this.feed.watch(since, signal);
  }

  onChange(listener: (change: Change) => void): () => void {
    const own = (change: Change) => listener(change); // the same function given twice is two listeners
    this.listeners.add(own);
    return () => void this.listeners.delete(own);
  }

  close(): Promise<void> {
    this.closing ??= this.finish();
    return this.closing;
  }

  private async finish(): Promise<void> {
    this.stopped ??= new StoreClosedError("The store is closed.");
    await this.running;
    this.feed.finish();
    this.durability.close();
  }

  /** The batch that this turn's commits join. */
  private gather(): Batch {
    if (this.gathering === undefined) {
      this.gathering = { state: this.head, steps: [], done: Promise.withResolvers() };
      this.gathering.done.promise.catch(() => undefined); // every commit in it hears of a failure by itself
      if (this.flushing === undefined) this.running = this.flushAll();
    }
    return this.gathering;
  }

  private async flushAll(): Promise<void> {
    await endOfTurn();
    while (this.gathering !== undefined) {
      const batch = this.gathering;
      this.gathering = undefined;
      this.flushing = batch;
      try {
        await this.durability.flush({ revision: batch.state.revision, steps: batch.steps });
      } catch (error) {
        this.fail(error);
        return;
      }
      this.flushing = undefined;
      this.publish(batch);
    }
  }

  private publish({ state, steps, done }: Batch): void {
    this.visible = new StateSnapshot(state);
    this.feed.publish(steps.map(({ change }) => change));
    for (const { change } of steps) {
      for (const listener of this.listeners) callSafely(listener, change);
    }
    done.resolve();
  }

  private fail(cause: unknown): void {
    const message = cause instanceof Error ? cause.message : String(cause);
    const error = new StoreFailedError(`The store cannot be written any more: ${message}`, { cause });
    this.stopped = error;
    for (const batch of [this.flushing, this.gathering]) batch?.done.reject(error);
    this.flushing = undefined;
    this.gathering = undefined;
    this.feed.finish(error);
    this.onFatal(error);
  }
}

const endOfTurn = () => new Promise<void>((resolve) => void setImmediate(resolve));

/** A listener's fault is not the store's: it ends up as an uncaught exception, and the other listeners are still called. */
function callSafely(listener: (change: Change) => void, change: Change): void {
  try {
    listener(change);
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}

function requireDistinct(writes: readonly Write[]): void {
  if (writes.length < 2 || new Set(writes.map(({ arn }) => arn)).size === writes.length) return;
  if (new Set(writes.map(({ kind, arn }) => `${kind} ${arn}`)).size < writes.length) {
    throw new TypeError("A commit may write a resource only once.");
  }
}

function findConflict(head: State, writes: readonly Write[]): ConflictError | undefined {
  for (const { kind, arn, expected } of writes) {
    const actual = find(head, kind, arn)?.revision ?? 0;
    if (actual !== expected) {
      return new ConflictError(`${kind} ${arn} is at revision ${actual}, not ${expected}.`);
    }
  }
  return undefined;
}
