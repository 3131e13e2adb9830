import { PositionMap } from "./position-map.ts";

const bits = 32;

/** A persistent set of positions, in their order: a bit for each, 32 of them in one number. */
export class PositionSet {
  static readonly empty: PositionSet = new PositionSet(PositionMap.empty, 0);
  readonly size: number;
  private readonly chunks: PositionMap<number>;

  private constructor(chunks: PositionMap<number>, size: number) {
    this.chunks = chunks;
    this.size = size;
  }

  has(position: number): boolean {
    return ((this.chunks.get(Math.floor(position / bits)) ?? 0) & (1 << (position % bits))) !== 0;
  }

  add(position: number): PositionSet {
    if (this.has(position)) return this;
    const chunk = Math.floor(position / bits);
    const next = (this.chunks.get(chunk) ?? 0) | (1 << (position % bits));
    return new PositionSet(this.chunks.set(chunk, next), this.size + 1);
  }

  delete(position: number): PositionSet {
    if (!this.has(position)) return this;
    const chunk = Math.floor(position / bits);
    const left = (this.chunks.get(chunk) ?? 0) & ~(1 << (position % bits));
    return new PositionSet(left === 0 ? this.chunks.delete(chunk) : this.chunks.set(chunk, left), this.size - 1);
  }

  /** Calls back in order, from a position on, until `visit` says false. */
  forEach(visit: (position: number) => boolean, from = 0): void {
    this.chunks.forEach(
      (chunk, index) => {
        const start = index * bits;
        for (let left = from > start ? chunk & (-1 << (from - start)) : chunk; left !== 0; left &= left - 1) {
          if (visit(start + 31 - Math.clz32(left & -left)) === false) return false;
        }
        return true;
      },
      Math.floor(from / bits),
    );
  }
}
