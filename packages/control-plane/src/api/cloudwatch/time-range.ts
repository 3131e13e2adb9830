import type { Periods } from "../../metrics/metric-point.ts";
import { invalidValue } from "./api-error.ts";

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const short = [1, 5, 10, 20, 30];

/**
 * The time that is asked for. Its beginning is rounded down to a minute, and further back to five of them or an hour.
 * @param period in seconds @throws CloudWatchError InvalidParameterValue
 */
export function readTimeRange(
  { StartTime, EndTime }: { readonly StartTime: Date | undefined; readonly EndTime: Date | undefined },
  {
    period,
    now,
    periodPath = "Period",
  }: { readonly period: number; readonly now: number; readonly periodPath?: string },
): Periods {
  if (period % 60 !== 0 && !short.includes(period)) {
    throw invalidValue(`The parameter ${periodPath} must be 1, 5, 10, 20, 30 or a multiple of 60.`);
  }
  const [start, to] = [StartTime?.getTime() ?? 0, EndTime?.getTime() ?? 0];
  if (start >= to) throw invalidValue("The parameter StartTime must be less than the parameter EndTime.");
  const grain = grainOf(start, now);
  return { from: Math.floor(start / grain) * grain, to, periodMs: period * 1000 };
}

/** Source: CloudWatch API reference, GetMetricStatistics, StartTime. */
function grainOf(start: number, now: number): number {
  if (start > now - 15 * dayMs) return minuteMs;
  return start > now - 63 * dayMs ? 5 * minuteMs : 60 * minuteMs;
}
