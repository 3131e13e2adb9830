/** A log event as it is shown. Times are epoch milliseconds. */
export interface ShownEvent {
  readonly timestamp: number;
  readonly stream: string;
  readonly message: string;
}

/** Events told apart at the most; the oldest are forgotten. */
const mostKnown = 20_000;

/**
 * Tells which events of two tellings are the same: those that are read, and those that come by themselves, which have no ids. Events that
 * are equal in all are as many as the telling has that has more of them.
 */
export class ShownOnce {
  private readonly counts = new Map<string, { shown: number; told: number }>();

  /** A new telling of events begins, some of which were shown. */
  retell(): void {
    for (const count of this.counts.values()) count.told = 0;
  }

  /** Whether this one is to be shown: it was not yet. */
  isNew(event: ShownEvent): boolean {
    const key = `${event.timestamp} ${event.stream}\n${event.message}`;
    const count = this.counts.get(key) ?? { shown: 0, told: 0 };
    this.counts.set(key, count);
    count.told++;
    if (count.told <= count.shown) return false;
    count.shown = count.told;
    if (this.counts.size > mostKnown) this.forgetOldest();
    return true;
  }

  private forgetOldest(): void {
    const [oldest] = this.counts.keys();
    if (oldest !== undefined) this.counts.delete(oldest);
  }
}
