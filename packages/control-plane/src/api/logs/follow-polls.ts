import type { AppendedEvents, StoredLogEvent } from "../../log-store/log-store.ts";
import type { Clock } from "../../platform/clock.ts";
import type { Logger } from "../../platform/logger.ts";
import type { AppendedFeed, FeedReader } from "./appended-feed.ts";

/** What one follower wants to see. */
export interface FollowWish {
  readonly group: string;
  readonly isWanted: (stream: string) => boolean;
  readonly matches: (message: string) => boolean;
}

interface FollowDeps {
  readonly feed: AppendedFeed;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** A poll without news is answered after so long; a follower that does not poll is forgotten. `bytes` are UTF-16 units. */
const limits = { holdMs: 2_000, forgottenMs: 30_000, followers: 200, events: 10_000, bytes: 1024 * 1024 } as const;

/**
 * Lets those who poll for what is new have it at once: a poll is held open until something comes. What came between two polls of one
 * follower is kept for it; if that is too much, the follower is given up, and reads on by itself.
 */
export class FollowPolls {
  private readonly followers = new Map<string, Follower>();

  /** Undefined if there are too many already. */
  begin(deps: FollowDeps, id: string, wish: FollowWish): Follower | undefined {
    if (this.followers.size >= limits.followers) return undefined;
    const follower = new Follower(deps, wish, () => this.followers.delete(id));
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
export class Follower implements FeedReader {
  readonly group: string;
  private readonly clock: Clock;
  private readonly wish: FollowWish;
  private readonly begunAt: number;
  private readonly stop: () => void;
  private readonly gone: () => void;
  private forget: () => void;
  private events: StoredLogEvent[] = [];
  private bytes = 0;
  /** Sequences of events that were told otherwise, of those that may still come here. */
  private told: ReadonlySet<number> = new Set();
  /** The answer before, which whoever polls may not have got. */
  private answered: { readonly number: number; readonly events: readonly StoredLogEvent[] } = { number: 0, events: [] };
  private isOver = false;
  private wake: (() => void) | undefined;

  constructor({ feed, clock, logger }: FollowDeps, wish: FollowWish, gone: () => void) {
    this.group = wish.group;
    this.clock = clock;
    this.wish = wish;
    this.gone = gone;
    this.begunAt = clock.now();
    this.stop = feed.watch(this, { logger });
    this.forget = clock.after(limits.forgottenMs, () => this.close());
  }

  /** These were told otherwise. */
  leaveOut(told: readonly StoredLogEvent[]): void {
    const recent = told.filter(({ ingestedAt }) => ingestedAt >= this.begunAt - limits.holdMs);
    this.told = new Set(recent.map(({ sequence }) => sequence));
    this.keep(this.events.filter(({ sequence }) => !this.told.has(sequence)));
  }

  /**
   * What is new, after a while nothing; undefined if the follower was given up.
   * @param number of the answer that the caller has got last: one that asks again for the same gets the same, and more
   */
  async poll(
    number: number,
  ): Promise<{ readonly events: readonly StoredLogEvent[]; readonly number: number } | undefined> {
    this.forget();
    this.forget = this.clock.after(limits.forgottenMs, () => this.close());
    if (number === this.answered.number - 1) this.keep([...this.answered.events, ...this.events]);
    else if (number !== this.answered.number) this.close();
    if (this.events.length === 0 && !this.isOver) await this.news();
    if (this.isOver) return undefined;
    const events = this.events.toSorted((a, b) => a.timestamp - b.timestamp || a.sequence - b.sequence);
    this.keep([]);
    this.answered = { number: number + 1, events };
    return this.answered;
  }

  *take({ group, stream, events }: AppendedEvents): Iterable<void> {
    if (group !== this.group || !this.wish.isWanted(stream)) return;
    for (const event of events) {
      if (this.isOver) return;
      if (this.wish.matches(event.message) && !this.told.has(event.sequence)) {
        this.events.push(event);
        this.bytes += event.message.length;
        if (this.events.length > limits.events || this.bytes > limits.bytes) this.close();
      }
      yield;
    }
    if (this.events.length > 0) this.wake?.();
  }

  /** It reads on by itself, and so misses nothing. */
  missed(): void {
    this.close();
  }

  close(): void {
    this.isOver = true;
    this.stop();
    this.forget();
    this.gone();
    this.keep([]);
    this.answered = { number: -1, events: [] };
    this.wake?.();
  }

  private keep(events: StoredLogEvent[]): void {
    this.events = events;
    this.bytes = events.reduce((sum, { message }) => sum + message.length, 0);
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
}
