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

/** What was measured on one container instance, in one message. */
export interface InstanceMeasurement {
  readonly containerInstanceArn: string;
  /** Absent where its cluster is not measured as a whole: Fargate's capacity serves all clusters. */
  readonly clusterArn?: string;
  /** What it registered. */
  readonly available: { readonly cpuUnits: number; readonly memoryMiB: number };
  readonly tasks: readonly TaskMeasurement[];
}

/** What was measured of one task or instance in one minute: sums, and of how many measurements. */
interface Measured {
  cpuUsed: number;
  cpuAvailable: number;
  memoryUsed: number;
  memoryAvailable: number;
  count: number;
}

/** The averages of what came in one minute. */
class Averages {
  private readonly byKey = new Map<string, Measured>();

  add(key: string, { cpuUnits, memoryMiB }: { readonly cpuUnits: Use; readonly memoryMiB: Use }): void {
    let known = this.byKey.get(key);
    if (known === undefined) {
      known = { cpuUsed: 0, cpuAvailable: 0, memoryUsed: 0, memoryAvailable: 0, count: 0 };
      this.byKey.set(key, known);
    }
    known.cpuUsed += cpuUnits.used;
    known.cpuAvailable = cpuUnits.available;
    known.memoryUsed += memoryMiB.used;
    known.memoryAvailable = memoryMiB.available;
    known.count += 1;
  }

  all(metric: UtilizationMetric): readonly Use[] {
    return Array.from(this.byKey.values(), (measured) =>
      metric === "CPUUtilization"
        ? { used: measured.cpuUsed / measured.count, available: measured.cpuAvailable }
        : { used: measured.memoryUsed / measured.count, available: measured.memoryAvailable },
    );
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
  current: Averages;
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

  /** Takes in what an agent published. @param now epoch milliseconds; agents' own clocks do not count */
  record({ containerInstanceArn, clusterArn, available, tasks }: InstanceMeasurement, now: number): void {
    this.sweep(now);
    for (const { taskArn, serviceArn, cpuUnits, memoryMiB } of tasks) {
      if (serviceArn !== undefined) this.add(serviceArn, serviceUtilization, taskArn, { cpuUnits, memoryMiB }, now);
    }
    if (clusterArn === undefined) return;
    const whole = {
      cpuUnits: { used: total(tasks.map(({ cpuUnits }) => cpuUnits.used)), available: available.cpuUnits },
      memoryMiB: { used: total(tasks.map(({ memoryMiB }) => memoryMiB.used)), available: available.memoryMiB },
    };
    this.add(clusterArn, clusterUtilization, containerInstanceArn, whole, now);
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
      subject.current = new Averages();
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

const total = (numbers: readonly number[]) => numbers.reduce((sum, each) => sum + each, 0);
