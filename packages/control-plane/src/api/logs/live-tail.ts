import type { AppendedEvents, LogStore, StoredLogEvent } from "../../log-store/log-store.ts";
import type { Clock } from "../../platform/clock.ts";

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
 * most. Source: CloudWatch Logs API reference, StartLiveTail.
 */
export const tailLimits = { events: 500, everyMs: 1_000, atLeastApartMs: 20, sessionMs: 3 * 60 * 60 * 1000 } as const;

/** Gathers events of groups as they are appended, evenly some of them where there are too many. */
export class LiveTail {
  private readonly wish: LiveTailWish;
  private readonly clock: Clock;
  private readonly stop: () => void;
  private events: TailedEvent[] = [];
  /** Every so manieth event is kept. */
  private stride = 1;
  private seen = 0;
  private lastUpdateAt = Number.NEGATIVE_INFINITY;
  private wake: (() => void) | undefined;

  constructor(
    { logStore, clock }: { readonly logStore: Pick<LogStore, "watch">; readonly clock: Clock },
    wish: LiveTailWish,
  ) {
    this.wish = wish;
    this.clock = clock;
    this.stop = logStore.watch((appended) => this.take(appended));
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
    this.lastUpdateAt = this.clock.now();
    const sampled = this.seen > this.events.length || this.events.length > tailLimits.events;
    const events = evenly(this.events, tailLimits.events);
    [this.events, this.stride, this.seen] = [[], 1, 0];
    return { events, sampled };
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

  private take({ group, stream, events }: AppendedEvents): void {
    const { groups, isWanted, matches } = this.wish;
    if (!groups.has(group) || isWanted?.(stream) === false) return;
    for (const event of events) {
      if (!matches(event.message)) continue;
      if (this.seen++ % this.stride !== 0) continue;
      this.events.push({ ...event, group });
      if (this.events.length >= 2 * tailLimits.events) this.thinOut();
    }
    if (this.events.length > 0) this.wake?.();
  }

  private thinOut(): void {
    this.events = this.events.filter((_event, at) => at % 2 === 0);
    this.stride *= 2;
  }
}

/** So many of them, spread over all. */
export function evenly<T>(items: readonly T[], most: number): readonly T[] {
  if (items.length <= most) return items;
  return Array.from({ length: most }, (_, at) => items[Math.floor((at * items.length) / most)] as T);
}
