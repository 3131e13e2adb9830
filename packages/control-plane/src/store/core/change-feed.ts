import { type Change, RevisionTooOldError } from "../store.ts";

interface Link {
  readonly change?: Change;
  next?: Link;
}

/**
 * The newest changes as a chain, of which each watcher holds the link it has reached: a slow one keeps alive just what
 * it has not read yet, and skips nothing. The feed itself remembers `length` changes for those who start in the past.
 */
export class ChangeFeed {
  private readonly length: number;
  private readonly waiting = new Set<() => void>();
  private oldest: Link = {};
  private newest: Link = this.oldest;
  private kept = 0;
  /** Everything after this revision is still in the chain. */
  private floor: number;
  private latest: number;
  private end: { readonly error?: Error } | undefined;

  constructor(revision: number, length: number) {
    this.length = length;
    this.floor = revision;
    this.latest = revision;
  }

  publish(changes: readonly Change[]): void {
    for (const change of changes) {
      this.newest.next = { change };
      this.newest = this.newest.next;
      this.latest = change.revision;
    }
    this.kept += changes.length;
    for (; this.kept > this.length && this.oldest.next; this.kept--) {
      this.oldest = this.oldest.next;
      this.floor = this.oldest.change?.revision ?? this.floor;
    }
    this.wake();
  }

  /** Lets watchers read to the end and then finish, or throw `error`. */
  finish(error?: Error): void {
    this.end ??= error === undefined ? {} : { error };
    this.wake();
  }

  /** See `Store.watch`. @throws RevisionTooOldError at once. */
  watch(since: number, signal: AbortSignal): AsyncIterable<Change> {
    return this.follow(this.linkAt(since), since, signal);
  }

  private linkAt(since: number): Link {
    if (since >= this.latest) return this.newest;
    if (since < this.floor) {
      throw new RevisionTooOldError(
        `Changes after revision ${since} are gone; the oldest known are after ${this.floor}.`,
      );
    }
    return this.oldest;
  }

  private async *follow(start: Link, since: number, signal: AbortSignal): AsyncGenerator<Change, void> {
    let link = start;
    while (!signal.aborted) {
      if (link.next !== undefined) {
        link = link.next;
        if (link.change !== undefined && link.change.revision > since) yield link.change;
      } else if (this.end !== undefined) {
        if (this.end.error) throw this.end.error;
        return;
      } else await this.woken(signal);
    }
  }

  private async woken(signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const wake = () => resolve();
    this.waiting.add(wake);
    signal.addEventListener("abort", wake);
    await promise;
    signal.removeEventListener("abort", wake);
    this.waiting.delete(wake);
  }

  private wake(): void {
    const woken = [...this.waiting];
    this.waiting.clear();
    for (const resolve of woken) resolve();
  }
}
