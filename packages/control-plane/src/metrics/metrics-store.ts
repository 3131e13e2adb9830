import type { Clock } from "../platform/clock.ts";
import type { Logger } from "../platform/logger.ts";
import { MetricCatalogue } from "./metric-catalogue.ts";
import type { MetricIdentity } from "./metric-identity.ts";
import { byPeriod, type MetricPoint, type Periods } from "./metric-point.ts";
import type { MetricDatum, MetricSink } from "./metric-sink.ts";
import {
  type KeptMetric,
  type KeptPoint,
  MetricsDatabase,
  type PointKey,
  type Resolution,
} from "./metrics-database.ts";
import { Tally } from "./tally.ts";

/** What was measured of a metric at a time. */
export interface Measurement extends MetricIdentity {
  /** Epoch milliseconds. */
  readonly timestamp: number;
  readonly unit: string;
  readonly tally: Tally;
}

export interface MetricsStoreDeps {
  readonly path: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How many metrics there may be; 20,000 if absent. */
  readonly mostMetrics?: number;
  /** How much of the disk the points may take; 512 MiB if absent. Beyond, the oldest go. */
  readonly budgetBytes?: number;
}

const hour = 3600;
/** How long points are kept, in seconds: each minute for a day, five minutes together for 15 days. */
export const kept: Readonly<Record<Resolution, number>> = { 60: 24 * hour, 300: 15 * 24 * hour };
/** Values of so far ahead are taken. Source: CloudWatch API reference, PutMetricData. */
const aheadMs = 2 * hour * 1000;

const flushMs = 1000;
/** Points that are not on disk yet, at the most: about 3 KiB each if there are many different values in them. */
const mostPending = 500;
/** The work of one step, so that others get their turn; a few milliseconds. */
const stepRows = 500;
const [stepMs, restMs] = [20, 60_000];
const warnMs = 60_000;
const namesBytes = 32 * 1024 * 1024;
const defaultBudget = 512 * 1024 * 1024;

/**
 * Metrics as CloudWatch has them: statistics by the minute, in a file of their own. Values are written down in batches, a second after
 * they came; a process that is killed loses those of its last second. What is past its time is merged or deleted minute by minute.
 */
export class MetricsStore implements MetricSink {
  private readonly clock: Clock;
  private readonly logger: Logger;
  private readonly database: MetricsDatabase;
  private readonly catalogue: MetricCatalogue;
  private readonly budgetBytes: number;
  private pending = new Map<string, KeptPoint>();
  private seen = new Set<KeptMetric>();
  private dropped = 0;
  private warnedAt = Number.NEGATIVE_INFINITY;
  private stopFlush: (() => void) | undefined;
  private stopSweep: () => void;

  /** @throws DatabaseInUseError @throws DatabaseUnusableError */
  constructor({ path, clock, logger, mostMetrics = 20_000, budgetBytes = defaultBudget }: MetricsStoreDeps) {
    [this.clock, this.logger, this.budgetBytes] = [clock, logger, budgetBytes];
    this.database = new MetricsDatabase(path);
    this.catalogue = new MetricCatalogue(this.database.metrics(), { metrics: mostMetrics, bytes: namesBytes });
    this.stopSweep = clock.after(stepMs, () => this.sweep());
  }

  put(data: readonly MetricDatum[]): void {
    const values = data.filter(({ value }) => Number.isFinite(value));
    this.record(values.map(({ value, unit = "None", ...datum }) => ({ ...datum, unit, tally: Tally.of(value) })));
  }

  /**
   * Takes measurements in. What is older than all that is kept, or more than two hours ahead, is left out.
   * @returns how many were not taken because their metrics are new and there are as many as there may be
   */
  record(measurements: readonly Measurement[]): number {
    const now = this.clock.now();
    let refused = 0;
    for (const measurement of measurements) {
      const { timestamp, unit, tally } = measurement;
      if (timestamp < now - kept[300] * 1000 || timestamp > now + aheadMs) continue;
      const metric = this.catalogue.see(measurement, now);
      if (metric === undefined) refused += 1;
      else this.add(metric, { unit, tally, ...placeOf(timestamp, now) });
    }
    if (refused > 0) this.warn(refused, now);
    return refused;
  }

  /** The metric's points by period, in order, each unit's apart; of one unit only if it is given. */
  query(metric: MetricIdentity, periods: Periods & { readonly unit?: string | undefined }): readonly MetricPoint[] {
    const known = this.catalogue.find(metric);
    if (known === undefined) return [];
    this.flush();
    const points = this.database.points(known.id, periods);
    const { unit } = periods;
    return byPeriod(unit === undefined ? points : ofUnit(points, unit), periods);
  }

  /** All metrics that values are kept of. */
  metrics(): Iterable<KeptMetric> {
    return this.catalogue.all();
  }

  close(): void {
    this.stopSweep();
    this.flush();
    this.database.close();
  }

  private add(metric: KeptMetric, { tally, ...point }: Omit<KeptPoint, "metric">): void {
    const key = `${metric.id} ${point.at} ${point.resolution} ${point.unit}`;
    const known = this.pending.get(key) ?? { ...point, metric: metric.id, tally: new Tally() };
    known.tally.merge(tally);
    this.pending.set(key, known);
    this.seen.add(metric);
    if (this.pending.size >= mostPending) this.flush();
    else this.stopFlush ??= this.clock.after(flushMs, () => this.flush());
  }

  /** Writes down what came. What the disk does not take is lost, and said to be. */
  private flush(): void {
    this.stopFlush?.();
    this.stopFlush = undefined;
    if (this.pending.size === 0) return;
    const [pending, seen] = [this.pending, this.seen];
    [this.pending, this.seen] = [new Map(), new Set()];
    try {
      this.database.change(() => {
        for (const metric of seen) this.database.keepMetric(metric);
        for (const point of pending.values()) this.database.addToPoint(point);
      });
    } catch (error) {
      this.logger.error({ err: error, points: pending.size }, "metric values could not be written and are lost");
    }
  }

  /** One step of what time demands, and the next one soon or in a minute. */
  private sweep(): void {
    let isMore = false;
    try {
      this.flush();
      isMore = this.step();
    } catch (error) {
      this.logger.error({ err: error }, "old metric values could not be removed");
    }
    this.stopSweep = this.clock.after(isMore ? stepMs : restMs, () => this.sweep());
  }

  /** @returns whether there is more to do */
  private step(): boolean {
    const now = this.clock.now();
    const fine = this.database.oldest(60, oldestMinute(now), stepRows);
    const old = this.database.oldest(300, now / 1000 - kept[300], stepRows);
    const tooMuch = this.database.usedBytes() > this.budgetBytes ? this.evicted() : [];
    const forgotten = [...this.catalogue.all()]
      .filter(({ seenAt }) => seenAt < now - (kept[300] * 1000 + aheadMs))
      .slice(0, stepRows);
    if (fine.length + old.length + tooMuch.length + forgotten.length === 0) return false;
    this.database.change(() => {
      for (const point of [...fine, ...old, ...tooMuch]) this.database.deletePoint(point);
      for (const point of fine) this.database.addToPoint({ ...point, ...coarse(point) });
    });
    this.database.change(() => {
      for (const metric of forgotten) if (this.database.deleteMetric(metric.id)) this.catalogue.forget(metric);
    });
    return [fine, old, tooMuch, forgotten].some(({ length }) => length === stepRows) || tooMuch.length > 0;
  }

  /** What goes so that others have room. */
  private evicted(): readonly KeptPoint[] {
    const coarsest = this.database.oldest(300, Number.MAX_SAFE_INTEGER, stepRows);
    const oldest = coarsest.length > 0 ? coarsest : this.database.oldest(60, Number.MAX_SAFE_INTEGER, stepRows);
    this.logger.warn(
      { points: oldest.length, budgetBytes: this.budgetBytes },
      "old metric values removed to make room",
    );
    return oldest;
  }

  /** Once a minute at the most. */
  private warn(refused: number, now: number): void {
    this.dropped += refused;
    if (now - this.warnedAt < warnMs) return;
    this.logger.warn(
      { dropped: this.dropped },
      "values of new metrics dropped: there are as many metrics as there may be",
    );
    [this.warnedAt, this.dropped] = [now, 0];
  }
}

/** Minutes before this are kept five together; seconds. */
const oldestMinute = (now: number) => Math.floor((now / 1000 - kept[60]) / 300) * 300;
const startOf = (seconds: number, resolution: Resolution) => Math.floor(seconds / resolution) * resolution;
const coarse = ({ at }: PointKey) => ({ at: startOf(at, 300), resolution: 300 }) as const;

function placeOf(timestamp: number, now: number): Pick<PointKey, "at" | "resolution"> {
  const at = startOf(timestamp / 1000, 60);
  return at < oldestMinute(now) ? coarse({ at } as PointKey) : { at, resolution: 60 };
}

function* ofUnit(points: Iterable<MetricPoint>, unit: string): Iterable<MetricPoint> {
  for (const point of points) if (point.unit === unit) yield point;
}
