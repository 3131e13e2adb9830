import { naturalOrder } from "./natural-order.ts";
import { Distinct, Percentiles } from "./sketches.ts";
import { numberOf, textOf, type Value } from "./value.ts";

/** Takes the rows of a group one by one, and says in the end what they come to. */
export interface Aggregate {
  /** @param args the arguments' values in a row @param time the row's time, for those that go by it */
  add(args: readonly Value[], time: number): void;
  readonly result: Value;
}

class Count implements Aggregate {
  private count = 0;
  add([value]: readonly Value[]): void {
    if (value !== undefined) this.count++;
  }
  get result(): number {
    return this.count;
  }
}

class CountDistinct implements Aggregate {
  private readonly seen = new Distinct();
  add([value]: readonly Value[]): void {
    if (value !== undefined) this.seen.add(textOf(value));
  }
  get result(): number {
    return this.seen.count;
  }
}

/** Sum, mean and deviation in one pass. Source: Welford, "Note on a method for calculating corrected sums of squares". */
class Numbers implements Aggregate {
  private readonly what: "sum" | "avg" | "stddev";
  private count = 0;
  private sum = 0;
  private mean = 0;
  private squares = 0;

  constructor(what: "sum" | "avg" | "stddev") {
    this.what = what;
  }
  add([value]: readonly Value[]): void {
    const number = numberOf(value);
    if (Number.isNaN(number)) return;
    this.count++;
    this.sum += number;
    const off = number - this.mean;
    this.mean += off / this.count;
    this.squares += off * (number - this.mean);
  }
  get result(): Value {
    if (this.count === 0) return this.what === "sum" ? 0 : undefined;
    if (this.what === "sum") return this.sum;
    return this.what === "avg" ? this.sum / this.count : Math.sqrt(this.squares / this.count);
  }
}

class Extreme implements Aggregate {
  private readonly isBetter: (candidate: number, best: number) => boolean;
  private best: number | undefined;
  constructor(isBetter: (candidate: number, best: number) => boolean) {
    this.isBetter = isBetter;
  }
  add([value]: readonly Value[]): void {
    const number = numberOf(value);
    if (!Number.isNaN(number) && (this.best === undefined || this.isBetter(number, this.best))) this.best = number;
  }
  get result(): Value {
    return this.best;
  }
}

class Percentile implements Aggregate {
  private readonly numbers = new Percentiles();
  private percent = 50;
  add([value, percent]: readonly Value[]): void {
    const number = numberOf(value);
    if (percent !== undefined) this.percent = numberOf(percent);
    if (!Number.isNaN(number)) this.numbers.add(number);
  }
  get result(): Value {
    return this.numbers.at(this.percent);
  }
}

/** The value of the row that comes first or last by time. */
class ByTime implements Aggregate {
  private readonly sign: 1 | -1;
  private at: number | undefined;
  private value: Value;
  constructor(sign: 1 | -1) {
    this.sign = sign;
  }
  add([value]: readonly Value[], time: number): void {
    if (value === undefined || Number.isNaN(time)) return;
    if (this.at !== undefined && this.sign * (time - this.at) >= 0) return;
    [this.at, this.value] = [time, value];
  }
  get result(): Value {
    return this.value;
  }
}

class ByOrder implements Aggregate {
  private readonly sign: 1 | -1;
  private value: Value;
  constructor(sign: 1 | -1) {
    this.sign = sign;
  }
  add([value]: readonly Value[]): void {
    if (value === undefined) return;
    if (this.value === undefined || this.sign * naturalOrder(value, this.value) < 0) this.value = value;
  }
  get result(): Value {
    return this.value;
  }
}

/**
 * By name in small letters. Source: CloudWatch Logs user guide, "Aggregation functions in the stats command".
 */
export const aggregates = {
  count: () => new Count(),
  count_distinct: () => new CountDistinct(),
  sum: () => new Numbers("sum"),
  avg: () => new Numbers("avg"),
  stddev: () => new Numbers("stddev"),
  min: () => new Extreme((candidate, best) => candidate < best),
  max: () => new Extreme((candidate, best) => candidate > best),
  pct: () => new Percentile(),
  earliest: () => new ByTime(1),
  latest: () => new ByTime(-1),
  sortsfirst: () => new ByOrder(1),
  sortslast: () => new ByOrder(-1),
} as const satisfies Readonly<Record<string, () => Aggregate>>;
export type AggregateName = keyof typeof aggregates;

export const isAggregate = (name: string): name is AggregateName => Object.hasOwn(aggregates, name);
