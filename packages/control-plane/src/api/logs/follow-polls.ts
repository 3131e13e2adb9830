import type { AppendedEvents, LogStore, StoredLogEvent } from "../../log-store/log-store.ts";
import type { Clock } from "../../platform/clock.ts";

/** What one follower wants to see. */
export interface FollowWish {
  readonly group: string;
  readonly isWanted: (stream: string) => boolean;
  readonly matches: (message: string) => boolean;
}

/** A poll without news is answered after so long; a follower that does not poll is forgotten. */
const limits = { holdMs: 2_000, forgottenMs: 30_000, followers: 200, events: 10_000, bytes: 1024 * 1024 } as const;

/**
 * Lets those who poll for what is new have it at once: a poll is held open until something comes. What came between two polls of one
 * follower is kept for it; if that is too much, the follower is given up, and reads on by itself.
 */
export class FollowPolls {
  private readonly followers = new Map<string, Follower>();

  /** Undefined if there are too many already. */
  begin(
    { logStore, clock }: { readonly logStore: Pick<LogStore, "watch">; readonly clock: Clock },
    id: string,
    wish: FollowWish,
  ): Follower | undefined {
    if (this.followers.size >= limits.followers) return undefined;
    const follower = new Follower({ logStore, clock }, wish, () => this.followers.delete(id));
    this.followers.set(id, follower);
    return follower;
  }

  /** The follower of that group; undefined if it was given up. */
  get(id: string, group: string): Follower | undefined {
    const found = this.followers.get(id);
    return found?.group === group ? found : undefined;
  }
}

/** One who polls. */
export class Follower {
  readonly group: string;
  private readonly clock: Clock;
  private readonly stop: () => void;
  private readonly gone: () => void;
  private forget: () => void;
  private events: StoredLogEvent[] = [];
  private bytes = 0;
  private isOver = false;
  private wake: (() => void) | undefined;

  constructor(
    { logStore, clock }: { readonly logStore: Pick<LogStore, "watch">; readonly clock: Clock },
    wish: FollowWish,
    gone: () => void,
  ) {
    this.group = wish.group;
    this.clock = clock;
    this.gone = gone;
    this.stop = logStore.watch((appended) => this.take(appended, wish));
    this.forget = clock.after(limits.forgottenMs, () => this.close());
  }

  /** These were told otherwise. */
  leaveOut(told: readonly StoredLogEvent[]): void {
    const sequences = new Set(told.map(({ sequence }) => sequence));
    this.events = this.events.filter(({ sequence }) => !sequences.has(sequence));
  }

  /** What is new, after a while nothing; undefined if the follower was given up. */
  async poll(): Promise<readonly StoredLogEvent[] | undefined> {
    this.forget();
    this.forget = this.clock.after(limits.forgottenMs, () => this.close());
    if (this.events.length === 0 && !this.isOver) await this.news();
    if (this.isOver) return undefined;
    const found = this.events.toSorted((a, b) => a.timestamp - b.timestamp || a.sequence - b.sequence);
    [this.events, this.bytes] = [[], 0];
    return found;
  }

  close(): void {
    this.isOver = true;
    this.stop();
    this.forget();
    this.gone();
    this.events = [];
    this.wake?.();
  }

  private news(): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        callOff();
        this.wake = undefined;
        resolve();
      };
      const callOff = this.clock.after(limits.holdMs, end);
      this.wake = end;
    });
  }

  private take({ group, stream, events }: AppendedEvents, { isWanted, matches }: FollowWish): void {
    if (group !== this.group || !isWanted(stream)) return;
    const wanted = events.filter(({ message }) => matches(message));
    if (wanted.length === 0) return;
    this.events.push(...wanted);
    this.bytes += wanted.reduce((sum, { message }) => sum + Buffer.byteLength(message), 0);
    if (this.events.length > limits.events || this.bytes > limits.bytes) this.close();
    else this.wake?.();
  }
}
