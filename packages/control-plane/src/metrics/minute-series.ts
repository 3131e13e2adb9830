/** What was measured in one minute, as CloudWatch keeps it. `sum` is `sampleCount` times the average. */
export interface MinuteStatistics {
  readonly sampleCount: number;
  readonly sum: number;
  readonly minimum: number;
  readonly maximum: number;
}

/** A minute with its statistics; `at` is its beginning, epoch milliseconds. */
export interface MinutePoint extends MinuteStatistics {
  readonly at: number;
}

export const minuteMs = 60_000;
/** Three hours. */
export const minutesKept = 180;
const numbersPerMinute = 4;

/** One metric's newest minutes, in a ring: what is older than three hours is overwritten. 7 KiB, whatever comes. */
export class MinuteSeries {
  /** Of each slot the minute that it holds, counted from the epoch; NaN for none. */
  private readonly minutes = new Float64Array(minutesKept).fill(Number.NaN);
  private readonly numbers = new Float64Array(minutesKept * numbersPerMinute);
  /** The newest minute there is, counted from the epoch. */
  private newest = 0;

  /** Puts a minute's statistics down, in place of what was there of it. One older than what is kept is left out. */
  set(at: number, { sampleCount, sum, minimum, maximum }: MinuteStatistics): void {
    const minute = Math.floor(at / minuteMs);
    if (minute <= this.newest - minutesKept) return;
    this.newest = Math.max(this.newest, minute);
    const slot = minute % minutesKept;
    this.minutes[slot] = minute;
    this.numbers.set([sampleCount, sum, minimum, maximum], slot * numbersPerMinute);
  }

  /** The minutes that begin in `from` (included) to `to` (excluded), in order; minutes in which nothing was measured are left out. */
  between(from: number, to: number): readonly MinutePoint[] {
    const points: MinutePoint[] = [];
    const last = Math.min(this.newest, Math.ceil(to / minuteMs) - 1);
    for (
      let minute = Math.max(Math.ceil(from / minuteMs), this.newest - minutesKept + 1, 0);
      minute <= last;
      minute++
    ) {
      const slot = minute % minutesKept;
      if (this.minutes[slot] !== minute) continue;
      const at = slot * numbersPerMinute;
      const [sampleCount = 0, sum = 0, minimum = 0, maximum = 0] = this.numbers.subarray(at, at + numbersPerMinute);
      points.push({ at: minute * minuteMs, sampleCount, sum, minimum, maximum });
    }
    return points;
  }
}
