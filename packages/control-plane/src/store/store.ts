import type { Kind, Resources } from "../model/resources.ts";
import type { TallyName, TallyValue } from "../model/tallies.ts";

/** A resource at one revision. Revisions are store-wide and only grow; 0 stands for "not there". */
export type Stored<K extends Kind = Kind> = {
  [P in K]: { readonly kind: P; readonly arn: string; readonly revision: number; readonly value: Resources[P] };
}[K];

/**
 * `expected` is the revision the writer looked at (0: it is new); `value: null` deletes. The very value that is there moves the
 * resource to a new revision and costs next to nothing: so whoever has decided by what surrounds a resource, as the room that is
 * left on a container instance, conflicts with whoever did the same.
 */
export type Write = {
  [P in Kind]: {
    readonly kind: P;
    readonly arn: string;
    readonly expected: number;
    readonly value: Resources[P] | null;
  };
}[Kind];

/** One resource's step from one revision to the next; `before` is absent for a new one, `after` for a deleted one. */
export interface Change {
  readonly revision: number;
  readonly before?: Stored;
  readonly after?: Stored;
}

/** Which part of a listing is wanted. */
export interface PageWish<V> {
  /** How many at the most; 1 or more. */
  readonly most: number;
  /** What the page before gave as `next`; absent for the first page. */
  readonly after?: number;
  /** A further condition. */
  readonly accepts?: (value: V) => boolean;
}
/** `next` is there if there are more; it stays good over all changes. */
export interface Page<K extends Kind> {
  readonly rows: readonly Stored<K>[];
  readonly next?: number;
}

/** The store as it was at one revision; it stays so, whatever is committed later. */
export interface Snapshot {
  readonly revision: number;
  get<K extends Kind>(kind: K, arn: string): Stored<K> | undefined;
  /**
   * All resources of a kind whose fields equal `where`, in the order of their first commit. Costs as much as the
   * smallest of the indexes named in `where` (see model/indexes.ts) holds, or the whole kind if none is.
   */
  list<K extends Kind>(kind: K, where?: Partial<Resources[K]>): readonly Stored<K>[];
  /**
   * The next few of what `list` would return, in its order. Costs as much as what it goes over: what it returns, and what between
   * that is of the index and refused.
   */
  page<K extends Kind>(kind: K, where: Partial<Resources[K]>, wish: PageWish<Resources[K]>): Page<K>;
  /** How many `list` would return. Costs nothing if `where` is empty or names one indexed field. */
  count<K extends Kind>(kind: K, where?: Partial<Resources[K]>): number;
  /** The running total under one key of a tally (see model/tallies.ts), kept up with every commit. */
  tally<N extends TallyName>(name: N, key: string): TallyValue<N>;
}

export interface Store {
  /** Everything as of now, frozen; includes every commit that has resolved. Costs nothing. */
  snapshot(): Snapshot;
  /**
   * What the next commit is checked against: also what was accepted and is not on disk yet. For a loop that decides and commits
   * in one go, so that passes of one turn that want the same room do not all but one conflict. What is seen here may be lost with
   * the machine, so nobody may be told of it before a commit made after it has resolved: then it is on disk too.
   */
  accepted(): Snapshot;
  /**
   * All writes or none, durable and visible in `snapshot()` when it resolves with the new revision; no writes, no new
   * revision. Commits of one turn of the event loop share one flush. Values are frozen where they are, and must be plain
   * JSON. @throws ConflictError on an outdated `expected`; the commit it lost to is visible by then, so that whoever
   * tries again sees it. @throws TypeError for a value that is not plain JSON, or two writes of one resource.
   * @throws StoreClosedError @throws StoreFailedError once a flush has failed.
   */
  commit(writes: readonly Write[]): Promise<number>;
  /**
   * Every change after revision `since`, in order, until `signal` aborts or the store closes; a failure of the store is
   * thrown. A watcher under way skips nothing however slow it is; only its start may lie too far back.
   * @throws RevisionTooOldError at once, if changes after `since` are no longer known: read a snapshot, watch from there.
   */
  watch(since: number, signal: AbortSignal): AsyncIterable<Change>;
  /** Calls back for each change, in order, at the moment it becomes visible in `snapshot()`. Returns the way to stop it. */
  onChange(listener: (change: Change) => void): () => void;
  /** Flushes what is under way and lets go of files. */
  close(): Promise<void>;
}

/**
 * Somebody else was faster: the resource is no longer at the revision that the write expected. It has no stack: it is an answer
 * like others, comes in thousands a second where many write, and taking down the stack would be most of its cost.
 */
export class ConflictError extends Error {
  override readonly name = "ConflictError";

  constructor(message: string) {
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    super(message);
    Error.stackTraceLimit = limit;
  }
}

/** Changes are kept for a while only, and not across a restart. */
export class RevisionTooOldError extends Error {
  override readonly name = "RevisionTooOldError";
}

/** The store was closed by its owner. */
export class StoreClosedError extends Error {
  override readonly name = "StoreClosedError";
}

/** A flush failed (disk full, I/O error): what it held is not known to be durable, and nothing more will be written. */
export class StoreFailedError extends Error {
  override readonly name = "StoreFailedError";
}

/** The resource that was to be changed is not there. */
export class NotFoundError extends Error {
  override readonly name = "NotFoundError";
}
