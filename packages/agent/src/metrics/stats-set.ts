/** Several measurements of one thing, as telemetry carries them. Source: agent protocol §4.3, CWStatsSet. */
export interface StatsSet {
  readonly min: number;
  readonly max: number;
  readonly sampleCount: number;
  readonly sum: number;
}
/** Of counters that may pass 2⁶³-1 elsewhere; here they stay below 2⁵³. Source: agent protocol §4.3, ULongStatsSet. */
export interface LongStatsSet extends StatsSet {
  readonly overflowMin: 0;
  readonly overflowMax: 0;
  readonly overflowSum: 0;
}

/** Undefined without any values. */
export function statsSet(values: readonly number[]): StatsSet | undefined {
  if (values.length === 0) return undefined;
  return {
    max: Math.max(...values),
    min: Math.min(...values),
    sampleCount: values.length,
    sum: values.reduce((sum, value) => sum + value, 0),
  };
}

export function longStatsSet(values: readonly number[]): LongStatsSet | undefined {
  const set = statsSet(values.map((value) => Math.trunc(value)));
  return set === undefined ? undefined : { ...set, overflowMax: 0, overflowMin: 0, overflowSum: 0 };
}
