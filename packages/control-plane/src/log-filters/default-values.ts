import type { MetricDatum } from "../metrics/metric-sink.ts";
import type { MetricFilter } from "../model/log-filter.ts";
import { datumOf } from "./metric-datum.ts";

const minuteMs = 60_000;

/**
 * Says which metric filters saw events in a minute and none that matched: then their default value is their value of that
 * minute. Source: CloudWatch Logs API reference, MetricTransformation, defaultValue.
 */
export class DefaultValues {
  /** By the filter's key; of the minute that is under way. */
  private readonly seen = new Map<
    string,
    { readonly filter: MetricFilter; readonly minute: number; matched: boolean }
  >();

  /** Events came in. @param matched whether one of them did @returns the value of a minute before that is over by this */
  see(key: string, filter: MetricFilter, matched: boolean, now: number): readonly MetricDatum[] {
    if (filter.defaultValue === undefined) return [];
    const minute = Math.floor(now / minuteMs) * minuteMs;
    const known = this.seen.get(key);
    if (known?.minute === minute) {
      known.matched ||= matched;
      return [];
    }
    this.seen.set(key, { filter, minute, matched });
    return known === undefined ? [] : valueOf(known);
  }

  /** The values of all minutes that are over. */
  over(now: number): readonly MetricDatum[] {
    const found: MetricDatum[] = [];
    for (const [key, known] of this.seen) {
      if (now < known.minute + minuteMs) continue;
      this.seen.delete(key);
      found.push(...valueOf(known));
    }
    return found;
  }

  get isEmpty(): boolean {
    return this.seen.size === 0;
  }

  forget(key: string): void {
    this.seen.delete(key);
  }
}

const valueOf = ({
  filter,
  minute,
  matched,
}: {
  readonly filter: MetricFilter;
  readonly minute: number;
  readonly matched: boolean;
}) => (matched || filter.defaultValue === undefined ? [] : [datumOf(filter, filter.defaultValue, minute)]);
