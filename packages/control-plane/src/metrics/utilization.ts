import type { MinuteStatistics } from "./minute-series.ts";

/** What one task, or one container instance, used in a minute, and what it could have used; CPU units or MiB. */
export interface Use {
  readonly used: number;
  readonly available: number;
}

const percent = ({ used, available }: Use) => (used / available) * 100;

/**
 * The utilisation of a service in a minute: one sample for each of its tasks, what the task used in per cent of what it
 * reserved. More than 100 where it may go beyond that. Source: ECS developer guide, "Amazon ECS service utilization metrics".
 */
export function serviceUtilization(tasks: readonly Use[]): MinuteStatistics | undefined {
  const samples = tasks.filter(({ available }) => available > 0).map(percent);
  return samples.length === 0 ? undefined : { ...bounds(samples), sum: total(samples) };
}

/**
 * The utilisation of a cluster in a minute: what all tasks used in per cent of what all container instances registered;
 * lowest and highest are those of single instances. Source: ECS developer guide, "Amazon ECS cluster utilization metrics".
 */
export function clusterUtilization(instances: readonly Use[]): MinuteStatistics | undefined {
  const there = instances.filter(({ available }) => available > 0);
  if (there.length === 0) return undefined;
  const whole = {
    used: total(there.map(({ used }) => used)),
    available: total(there.map(({ available }) => available)),
  };
  return { ...bounds(there.map(percent)), sum: percent(whole) * there.length };
}

const total = (numbers: readonly number[]) => numbers.reduce((sum, each) => sum + each, 0);
const bounds = (samples: readonly number[]) => ({
  sampleCount: samples.length,
  minimum: samples.reduce((least, each) => Math.min(least, each)),
  maximum: samples.reduce((most, each) => Math.max(most, each)),
});
