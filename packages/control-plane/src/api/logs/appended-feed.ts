import type { AppendedEvents, LogStore } from "../../log-store/log-store.ts";
import { InTurns } from "../../platform/in-turns.ts";
import type { Logger } from "../../platform/logger.ts";

/** One who is shown what is appended. */
export interface FeedReader {
  /** Looks at events; yields after each of them. Must not throw. */
  take(appended: AppendedEvents): Iterable<void>;
  /** Some were not shown: too many came at once. */
  missed(): void;
}

interface Waiting {
  readonly appended: AppendedEvents;
  readonly readers: readonly FeedReader[];
}

/** Appends that wait to be shown: UTF-16 units of their messages at the most. */
const mostWaiting = 16 * 1024 * 1024;

/** Shows what is appended to all who want to see it. Neither those who write nor anybody else wait for them, however many they are. */
export class AppendedFeed {
  private readonly logStore: Pick<LogStore, "watch">;
  private readonly readers = new Set<FeedReader>();
  private turns: InTurns<Waiting> | undefined;
  private stop: () => void = () => undefined;

  constructor({ logStore }: { readonly logStore: Pick<LogStore, "watch"> }) {
    this.logStore = logStore;
  }

  /** Shows all that is appended from now on. @returns the way to end it */
  watch(reader: FeedReader, { logger }: { readonly logger: Logger }): () => void {
    if (this.readers.size === 0) this.begin(logger);
    this.readers.add(reader);
    return () => {
      if (!this.readers.delete(reader) || this.readers.size > 0) return;
      this.stop();
      this.turns?.close();
    };
  }

  private begin(logger: Logger): void {
    const turns = new InTurns<Waiting>({
      work: (waiting) => this.show(waiting),
      sizeOf: ({ appended }) => appended.events.reduce((sum, { message }) => sum + message.length, 0),
      most: mostWaiting,
      onDropped: (dropped) => {
        for (const reader of new Set(dropped.flatMap(({ readers }) => readers))) reader.missed();
      },
      onError: (error) => logger.error({ err: error }, "appended log events could not be shown"),
    });
    this.turns = turns;
    // Who comes later sees nothing of this append.
    this.stop = this.logStore.watch((appended) => turns.add({ appended, readers: [...this.readers] }));
  }

  private *show({ appended, readers }: Waiting): Iterable<void> {
    for (const reader of readers) {
      if (this.readers.has(reader)) yield* reader.take(appended);
      yield;
    }
  }
}
