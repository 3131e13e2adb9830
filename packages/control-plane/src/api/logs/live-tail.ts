import type { AppendedEvents, StoredLogEvent } from "../../log-store/log-store.ts";
import type { Clock } from "../../platform/clock.ts";
import type { Logger } from "../../platform/logger.ts";
import type { AppendedFeed, FeedReader } from "./appended-feed.ts";

/** What a session shows. */
export interface LiveTailWish {
  readonly groups: ReadonlySet<string>;
  /** Of one group; all if absent. */
  readonly isWanted?: (stream: string) => boolean;
  readonly matches: (message: string) => boolean;
}

/** An event, and its group. */
export interface TailedEvent extends StoredLogEvent {
  readonly group: string;
}
export interface TailUpdate {
  readonly events: readonly TailedEvent[];
  /** Whether there were more, of which these are some. */
  readonly sampled: boolean;
}

/**
 * AWS sends an update each second with at most 500 events. Here one also goes as soon as there is something to show, so often at the
 * most, and the 500 are of all updates of a second. `bytes` (UTF-16 units) of messages are held for a reader at the most, beside one
 * event. Source: CloudWatch Logs API reference, StartLiveTail.
 */
export const tailLimits = {
  events: 500,
  everyMs: 1_000,
  atLeastApartMs: 5,
  bytes: 2 * 1024 * 1024,
  sessionMs: 3 * 60 * 60 * 1000,
} as const;

/** Gathers events of groups as they are appended, evenly some of them where there are too many. */
export class LiveTail implements FeedReader {
  private readonly wish: LiveTailWish;
  private readonly clock: Clock;
  private readonly stop: () => void;
  private events: TailedEvent[] = [];
  private bytes = 0;
  /** Every so manieth event is kept. */
  private stride = 1;
  private seen = 0;
  private lastUpdateAt = Number.NEGATIVE_INFINITY;
  /** The second that is under way, and the events that were sent in it. */
  private second = { begunAt: Number.NEGATIVE_INFINITY, sent: 0 };
  private wake: (() => void) | undefined;

  constructor(
    { feed, clock, logger }: { readonly feed: AppendedFeed; readonly clock: Clock; readonly logger: Logger },
    wish: LiveTailWish,
  ) {
    this.wish = wish;
    this.clock = clock;
    this.stop = feed.watch(this, { logger });
  }

  close(): void {
    this.stop();
    this.wake?.();
  }

  /** What came since the last update: at once if there is something, and after a second if there is nothing. */
  async next(): Promise<TailUpdate> {
    const apart = this.lastUpdateAt + tailLimits.atLeastApartMs - this.clock.now();
    if (apart > 0) await this.sleep(apart, false);
    if (this.events.length === 0) await this.sleep(tailLimits.everyMs, true);
    // More than may be sent in this second: what comes until it is over is chosen from all together.
    const left = this.second.begunAt + tailLimits.everyMs - this.clock.now();
    if (left > 0 && this.events.length > tailLimits.events - this.second.sent) await this.sleep(left, false);
    const now = this.clock.now();
    if (now - this.second.begunAt >= tailLimits.everyMs) this.second = { begunAt: now, sent: 0 };
    this.lastUpdateAt = now;
    const events = evenly(this.events, tailLimits.events - this.second.sent);
    this.second.sent += events.length;
    const sampled = this.seen > events.length;
    [this.events, this.bytes, this.stride, this.seen] = [[], 0, 1, 0];
    return { events, sampled };
  }

  *take({ group, stream, events }: AppendedEvents): Iterable<void> {
    const { groups, isWanted, matches } = this.wish;
    if (!groups.has(group) || isWanted?.(stream) === false) return;
    for (const event of events) {
      if (matches(event.message)) this.add({ ...event, group });
      yield;
    }
    if (this.events.length > 0) this.wake?.();
  }

  missed(): void {
    this.seen++;
  }

  private sleep(milliseconds: number, untilThereIsSomething: boolean): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        callOff();
        this.wake = undefined;
        resolve();
      };
      const callOff = this.clock.after(milliseconds, end);
      if (untilThereIsSomething) this.wake = end;
    });
  }

  private add(event: TailedEvent): void {
    if (this.seen++ % this.stride !== 0) return;
    this.events.push(event);
    this.bytes += event.message.length;
    while (this.events.length >= 2 * tailLimits.events || (this.bytes > tailLimits.bytes && this.events.length > 1)) {
      this.thinOut();
    }
  }

  private thinOut(): void {
    this.events = this.events.filter((_event, at) => at % 2 === 0);
    this.bytes = this.events.reduce((sum, { message }) => sum + message.length, 0);
    this.stride *= 2;
  }
}

/** So many of them, spread over all. */
export function evenly<T>(items: readonly T[], most: number): readonly T[] {
  if (items.length <= most) return items;
  return Array.from({ length: most }, (_, at) => items[Math.floor((at * items.length) / most)] as T);
}
