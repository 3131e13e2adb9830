import type { MetricFilter, SubscriptionFilter } from "../model/log-filter.ts";
import type { Logger } from "../platform/logger.ts";
import type { Stored } from "../store/store.ts";
import { type ReadyMetricFilter, readyMetricFilter } from "./metric-datum.ts";
import { type FilterPattern, parseFilterPattern } from "./pattern/filter-pattern.ts";

/** A subscription filter, ready for events. */
export interface ReadySubscription {
  readonly key: string;
  readonly filter: SubscriptionFilter;
  readonly pattern: FilterPattern;
}

/** What is done with the events of one group. */
export interface GroupFilters {
  readonly metrics: Map<string, ReadyMetricFilter>;
  readonly subscriptions: Map<string, ReadySubscription>;
}

/** All filters, by their groups, with their patterns read. It is told of every change of one. */
export class FilterBook {
  private readonly groups = new Map<string, GroupFilters>();
  private readonly logger: Logger;

  constructor({ logger }: { readonly logger: Logger }) {
    this.logger = logger;
  }

  /** The filters of a group; undefined if there are none. */
  of(group: string): GroupFilters | undefined {
    return this.groups.get(group);
  }

  set({ kind, arn, value }: Stored<"metricFilter" | "subscriptionFilter">): void {
    try {
      if (kind === "metricFilter") this.setMetric(arn, value);
      else
        this.groupOf(value).subscriptions.set(arn, {
          key: arn,
          filter: value,
          pattern: parseFilterPattern(value.pattern),
        });
    } catch (error) {
      this.logger.error({ err: error, filter: arn }, "stored filter of a log group cannot be read");
    }
  }

  delete({ kind, arn, value }: Stored<"metricFilter" | "subscriptionFilter">): void {
    const group = this.groups.get(value.logGroupName);
    if (kind === "metricFilter") group?.metrics.delete(arn);
    else group?.subscriptions.delete(arn);
    if (group?.metrics.size === 0 && group.subscriptions.size === 0) this.groups.delete(value.logGroupName);
  }

  private setMetric(key: string, filter: MetricFilter): void {
    this.groupOf(filter).metrics.set(key, readyMetricFilter(filter, parseFilterPattern(filter.pattern)));
  }

  private groupOf({ logGroupName }: { readonly logGroupName: string }): GroupFilters {
    const known = this.groups.get(logGroupName);
    if (known !== undefined) return known;
    const made: GroupFilters = { metrics: new Map(), subscriptions: new Map() };
    this.groups.set(logGroupName, made);
    return made;
  }
}
