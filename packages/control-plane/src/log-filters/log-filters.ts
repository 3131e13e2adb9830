import type { Delivery } from "../events/delivery.ts";
import type { AppendedEvents, LogStore } from "../log-store/log-store.ts";
import type { MetricDatum, MetricSink } from "../metrics/metric-sink.ts";
import type { Clock } from "../platform/clock.ts";
import { InTurns } from "../platform/in-turns.ts";
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

/** Appends that wait to be looked at: UTF-16 units of their messages at the most. */
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
  private readonly turns: InTurns<AppendedEvents>;
  private closed = false;
  private stopMinute: (() => void) | undefined;

  constructor(deps: LogFiltersDeps) {
    const { store, logStore } = deps;
    this.deps = deps;
    this.book = new FilterBook(deps);
    this.subscriptions = new Subscriptions(deps);
    this.turns = new InTurns({
      work: (appended) => this.filter(appended),
      sizeOf: ({ events }) => events.reduce((sum, { message }) => sum + message.length, 0),
      most: mostWaiting,
      onDropped: (dropped) => {
        const count = dropped.reduce((sum, { events }) => sum + events.length, 0);
        deps.logger.warn({ dropped: count }, "log events not filtered: too many came at once");
      },
      onError: (error) => deps.logger.error({ err: error }, "log events could not be filtered"),
    });
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
    this.turns.close();
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
    if (this.book.of(appended.group) !== undefined) this.turns.add(appended);
  }

  /** May be interrupted behind each event. */
  private *filter({ group, stream, events }: AppendedEvents): Iterable<void> {
    const filters = this.book.of(group);
    if (filters === undefined) return;
    const data: MetricDatum[] = [];
    for (const [key, ready] of filters.metrics) yield* this.measure(key, ready, events, data);
    if (data.length > 0 && !this.closed) this.deps.metrics.put(data);
    for (const subscription of filters.subscriptions.values()) {
      for (const event of events) {
        if (subscription.pattern.matches(event.message)) this.subscriptions.add(subscription, stream, event);
        yield;
      }
    }
  }

  /** @param data what the filter says is put there */
  private *measure(
    key: string,
    ready: ReadyMetricFilter,
    events: AppendedEvents["events"],
    data: MetricDatum[],
  ): Iterable<void> {
    let isMatched = false;
    for (const event of events) {
      if (ready.pattern.matches(event.message)) {
        isMatched = true;
        const datum = metricDatum(ready, event);
        if (datum !== undefined) data.push(datum);
      }
      yield;
    }
    data.push(...this.defaults.see(key, ready.filter, isMatched, this.deps.clock.now()));
    this.watchMinute();
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
