import { type MinutePoint, MinuteSeries, type MinuteStatistics, minuteMs, minutesKept } from "./minute-series.ts";
import { clusterUtilization, serviceUtilization, type Use } from "./utilization.ts";

export type UtilizationMetric = "CPUUtilization" | "MemoryUtilization";
export const utilizationMetrics: readonly UtilizationMetric[] = ["CPUUtilization", "MemoryUtilization"];

/** What an agent measured of one task: averages over the time since its last message. */
export interface TaskMeasurement {
  readonly taskArn: string;
  /** Absent for a task that no service started. */
  readonly serviceArn?: string;
  readonly cpuUnits: Use;
  readonly memoryMiB: Use;
}

/** What was measured on one container instance: what its tasks used together, of what it registered. */
export interface InstanceMeasurement {
  readonly containerInstanceArn: string;
  readonly clusterArn: string;
  readonly cpuUnits: Use;
  readonly memoryMiB: Use;
}

/** Numbers that are kept of each key: sums of what was used and what was there last, of CPU and memory, and how many were added. */
const columns = 5;

/**
 * The averages of what came in one minute. From one minute to the next it is mostly the same tasks that are measured, so their places
 * stay, and a minute of a large fleet leaves nothing to be collected.
 */
class Averages {
  private places = new Map<string, number>();
  private numbers = new Float64Array(columns * 4);
  private measured = 0;

  add(key: string, { cpuUnits, memoryMiB }: { readonly cpuUnits: Use; readonly memoryMiB: Use }): void {
    const at = this.placeOf(key);
    const { numbers } = this;
    const count = numbers[at + 4] ?? 0;
    if (count === 0) this.measured += 1;
    numbers[at] = (numbers[at] ?? 0) + cpuUnits.used;
    numbers[at + 1] = cpuUnits.available;
    numbers[at + 2] = (numbers[at + 2] ?? 0) + memoryMiB.used;
    numbers[at + 3] = memoryMiB.available;
    numbers[at + 4] = count + 1;
  }

  all(metric: UtilizationMetric): readonly Use[] {
    const column = metric === "CPUUtilization" ? 0 : 2;
    const uses: Use[] = [];
    for (let at = 0; at < this.places.size * columns; at += columns) {
      const count = this.numbers[at + 4] ?? 0;
      if (count === 0) continue;
      uses.push({ used: (this.numbers[at + column] ?? 0) / count, available: this.numbers[at + column + 1] ?? 0 });
    }
    return uses;
  }

  /** Begins a minute. Who was not measured in the last one may be gone. */
  begin(): void {
    if (this.measured < this.places.size) this.places = new Map();
    this.numbers.fill(0);
    this.measured = 0;
  }

  private placeOf(key: string): number {
    const known = this.places.get(key);
    if (known !== undefined) return known;
    const at = this.places.size * columns;
    if (at === this.numbers.length) {
      const larger = new Float64Array(2 * at);
      larger.set(this.numbers);
      this.numbers = larger;
    }
    this.places.set(key, at);
    return at;
  }
}

/**
 * What there is of one service or cluster: its series, and the measurements of the minute under way. They are summed up when the
 * minute is over or somebody asks, and not with each message, of which a large service has thousands in a minute.
 */
interface Subject {
  readonly summarize: (uses: readonly Use[]) => MinuteStatistics | undefined;
  readonly series: Readonly<Record<UtilizationMetric, MinuteSeries>>;
  /** Counted from the epoch. */
  minute: number;
  readonly current: Averages;
}

/** So many services and clusters are measured at the most; 15 KiB each. */
const mostSubjects = 10_000;

/**
 * The CPU and memory utilisation of services and clusters, minute by minute over the last three hours. In memory alone: what
 * is measured is of use for as long as it is fresh, and begins anew with the process.
 */
export class UtilizationMetrics {
  private readonly subjects = new Map<string, Subject>();
  private sweptAt = 0;

  /** Takes in what an agent published of its tasks. @param now epoch milliseconds; agents' own clocks do not count */
  recordTasks(tasks: readonly TaskMeasurement[], now: number): void {
    this.sweep(now);
    for (const { taskArn, serviceArn, cpuUnits, memoryMiB } of tasks) {
      if (serviceArn !== undefined) this.add(serviceArn, serviceUtilization, taskArn, { cpuUnits, memoryMiB }, now);
    }
  }

  /** Takes in what came of all tasks of a container instance. @param now as for `recordTasks` */
  recordInstance({ containerInstanceArn, clusterArn, ...uses }: InstanceMeasurement, now: number): void {
    this.add(clusterArn, clusterUtilization, containerInstanceArn, uses, now);
  }

  /**
   * The minutes that begin in `from` (included) to `to` (excluded), in order; the minute under way is among them with what has
   * come so far. Empty for what was never measured.
   * @param arn of a service or a cluster @param from epoch milliseconds
   */
  query(arn: string, metric: UtilizationMetric, from: number, to: number): readonly MinutePoint[] {
    const subject = this.subjects.get(arn);
    if (subject === undefined) return [];
    sumUp(subject);
    return subject.series[metric].between(from, to);
  }

  /** What was measured within the time that is kept: services and clusters, and when last, epoch milliseconds. */
  *measured(): Iterable<{ readonly arn: string; readonly lastAt: number }> {
    for (const [arn, { minute }] of this.subjects) yield { arn, lastAt: minute * minuteMs };
  }

  private add(
    arn: string,
    summarize: Subject["summarize"],
    key: string,
    uses: { readonly cpuUnits: Use; readonly memoryMiB: Use },
    now: number,
  ): void {
    const subject = this.subjects.get(arn) ?? this.newSubject(arn, summarize);
    if (subject === undefined) return;
    const minute = Math.floor(now / minuteMs);
    if (minute !== subject.minute) {
      sumUp(subject);
      subject.minute = minute;
      subject.current.begin();
    }
    subject.current.add(key, uses);
  }

  private newSubject(arn: string, summarize: Subject["summarize"]): Subject | undefined {
    if (this.subjects.size >= mostSubjects) return undefined;
    const subject: Subject = {
      summarize,
      series: { CPUUtilization: new MinuteSeries(), MemoryUtilization: new MinuteSeries() },
      minute: 0,
      current: new Averages(),
    };
    this.subjects.set(arn, subject);
    return subject;
  }

  /** Forgets what was not measured for as long as anything is kept. */
  private sweep(now: number): void {
    if (now - this.sweptAt < 10 * minuteMs) return;
    this.sweptAt = now;
    for (const [arn, { minute }] of this.subjects) {
      if (minute < Math.floor(now / minuteMs) - minutesKept) this.subjects.delete(arn);
    }
  }
}

/** Puts the minute under way into the series, with what has come of it so far. */
function sumUp({ summarize, series, minute, current }: Subject): void {
  for (const metric of utilizationMetrics) {
    const statistics = summarize(current.all(metric));
    if (statistics !== undefined) series[metric].set(minute * minuteMs, statistics);
  }
}
