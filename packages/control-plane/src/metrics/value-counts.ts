/** So many different values are told apart at the most; what comes beyond makes the grid coarser. */
export const mostDistinctValues = 160;
/** Neighbours on the finest grid differ by one per cent. */
const finest = Math.log(1.01);

/**
 * How often each value occurred, in bounded memory: values as they are while there are few, and then rounded on a grid of
 * relative steps, which doubles as often as it takes: half a per cent off at first.
 */
export class ValueCounts {
  private readonly counts = new Map<number, number>();
  /** 0: values as they are. Each further one doubles the steps. */
  private level = 0;

  add(value: number, count: number): void {
    const rounded = roundTo(value, this.level);
    this.counts.set(rounded, (this.counts.get(rounded) ?? 0) + count);
    if (this.counts.size > mostDistinctValues) this.coarsen(this.level + 1);
  }

  merge(other: ValueCounts): void {
    if (other.level > this.level) this.coarsen(other.level);
    for (const [value, count] of other.counts) this.add(value, count);
  }

  /** From the lowest value to the highest. */
  sorted(): readonly (readonly [value: number, count: number])[] {
    return [...this.counts].toSorted(([a], [b]) => a - b);
  }

  /** The level, then values and counts by turns. */
  toNumbers(): Float64Array {
    return Float64Array.from([this.level, ...[...this.counts].flat()]);
  }

  /** What `toNumbers` made. */
  static fromNumbers(numbers: Float64Array): ValueCounts {
    const made = new ValueCounts();
    made.level = numbers[0] ?? 0;
    for (let at = 1; at + 1 < numbers.length; at += 2) made.counts.set(numbers[at] ?? 0, numbers[at + 1] ?? 0);
    return made;
  }

  private coarsen(level: number): void {
    const known = [...this.counts];
    this.level = level;
    this.counts.clear();
    for (const [value, count] of known) this.add(value, count);
  }
}

function roundTo(value: number, level: number): number {
  if (level === 0 || value === 0) return value;
  const step = finest * 2 ** (level - 1);
  return Math.sign(value) * Math.exp(Math.round(Math.log(Math.abs(value)) / step) * step);
}
