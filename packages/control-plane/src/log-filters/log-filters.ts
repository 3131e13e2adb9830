import type { Delivery } from "../events/delivery.ts";
import type { AppendedEvents, LogStore } from "../log-store/log-store.ts";
import type { MetricDatum, MetricSink } from "../metrics/metric-sink.ts";
import type { Clock } from "../platform/clock.ts";
import type { Logger } from "../platform/logger.ts";
import type { Change, Store, Stored } from "../store/store.ts";
import { DefaultValues } from "./default-values.ts";
import { FilterBook } from "./filter-book.ts";
import { metricDatum, type ReadyMetricFilter } from "./metric-datum.ts";
import { Subscriptions } from "./subscriptions.ts";

export interface LogFiltersDeps {
  readonly store: Store;
  readonly logStore: Pick<LogStore, "watch">;
  readonly clock: Clock;
  readonly logger: Logger;
  /** The account. */
  readonly owner: string;
  readonly metrics: MetricSink;
  /** Sends a body (`input`) to the delivery's target. */
  readonly send: (delivery: Delivery, input: string) => Promise<void>;
}

/** Appends that wait to be looked at: their bytes of messages at the most. */
const mostWaiting = 32 * 1024 * 1024;
const minuteMs = 60_000;

/**
 * Does with log events, as they are appended, what the metric filters and subscription filters of their groups say. Writers do not
 * wait for it. Starts at once; filters work on what comes from then on.
 */
export class LogFilters {
  private readonly deps: LogFiltersDeps;
  private readonly book: FilterBook;
  private readonly subscriptions: Subscriptions;
  private readonly defaults = new DefaultValues();
  private readonly stop: readonly (() => void)[];
  private waiting: { readonly appended: AppendedEvents; readonly bytes: number }[] = [];
  private waitingBytes = 0;
  private isWoken = false;
  private closed = false;
  private stopMinute: (() => void) | undefined;

  constructor(deps: LogFiltersDeps) {
    const { store, logStore } = deps;
    this.deps = deps;
    this.book = new FilterBook(deps);
    this.subscriptions = new Subscriptions(deps);
    const snapshot = store.snapshot();
    for (const stored of [...snapshot.list("metricFilter"), ...snapshot.list("subscriptionFilter")])
      this.book.set(stored);
    this.stop = [store.onChange((change) => this.see(change)), logStore.watch((appended) => this.take(appended))];
  }

  close(): void {
    this.closed = true;
    for (const stop of this.stop) stop();
    this.stopMinute?.();
    this.subscriptions.close();
    this.waiting = [];
  }

  private see({ before, after }: Change): void {
    if (isFilter(before) && (after === undefined || before.value !== after.value)) {
      this.book.delete(before);
      this.defaults.forget(before.arn);
    }
    if (isFilter(after)) this.book.set(after);
  }

  /** Called within the flush of an append, so it only takes notes. */
  private take(appended: AppendedEvents): void {
    if (this.book.of(appended.group) === undefined) return;
    const bytes = appended.events.reduce((sum, { message }) => sum + message.length, 0);
    this.waiting.push({ appended, bytes });
    this.waitingBytes += bytes;
    let dropped = 0;
    while (this.waitingBytes > mostWaiting && this.waiting.length > 1) {
      const oldest = this.waiting.shift();
      this.waitingBytes -= oldest?.bytes ?? 0;
      dropped += oldest?.appended.events.length ?? 0;
    }
    if (dropped > 0) this.deps.logger.warn({ dropped }, "log events not filtered: too many came at once");
    this.wake();
  }

  private wake(): void {
    if (this.isWoken || this.closed || this.waiting.length === 0) return;
    this.isWoken = true;
    setImmediate(() => {
      this.isWoken = false;
      const next = this.waiting.shift();
      if (next !== undefined) {
        this.waitingBytes -= next.bytes;
        this.filter(next.appended);
      }
      this.wake();
    });
  }

  private filter({ group, stream, events }: AppendedEvents): void {
    const filters = this.book.of(group);
    if (filters === undefined) return;
    const data: MetricDatum[] = [];
    for (const [key, ready] of filters.metrics) data.push(...this.measure(key, ready, events));
    if (data.length > 0) this.deps.metrics.put(data);
    for (const subscription of filters.subscriptions.values()) {
      const matching = events.filter(({ message }) => subscription.pattern.matches(message));
      if (matching.length > 0) this.subscriptions.add(subscription, stream, matching);
    }
  }

  private measure(key: string, ready: ReadyMetricFilter, events: AppendedEvents["events"]): readonly MetricDatum[] {
    const matching = events.filter(({ message }) => ready.pattern.matches(message));
    const over = this.defaults.see(key, ready.filter, matching.length > 0, this.deps.clock.now());
    this.watchMinute();
    return [...over, ...matching.flatMap((event) => metricDatum(ready, event) ?? [])];
  }

  /** Looks again when the minute is over, as long as there is a minute to look at. */
  private watchMinute(): void {
    const { clock, metrics } = this.deps;
    if (this.stopMinute !== undefined || this.defaults.isEmpty) return;
    this.stopMinute = clock.after(minuteMs - (clock.now() % minuteMs), () => {
      this.stopMinute = undefined;
      const data = this.defaults.over(clock.now());
      if (data.length > 0) metrics.put(data);
      this.watchMinute();
    });
  }
}

const isFilter = (stored: Stored | undefined): stored is Stored<"metricFilter" | "subscriptionFilter"> =>
  stored?.kind === "metricFilter" || stored?.kind === "subscriptionFilter";
