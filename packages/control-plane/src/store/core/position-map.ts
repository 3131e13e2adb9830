/** What lies under one digit after another of a position; only digits that are there have a child. At level 0 children are values. */
interface Branch {
  /** A bit for each digit that has a child. */
  readonly digits: number;
  readonly children: readonly unknown[];
}

const width = 32;
const nothing: Branch = { digits: 0, children: [] };

/**
 * A persistent map from positions (whole numbers from 0) to values, in the order of positions. A trie of 32 children: looking up
 * goes down one step for each five bits, a change copies the branches on its way, and going through it needs no sorting.
 */
export class PositionMap<V> {
  static readonly empty: PositionMap<never> = new PositionMap<never>(nothing, 0, 0);
  readonly size: number;
  private readonly root: Branch;
  /** Levels above the values. */
  private readonly height: number;

  private constructor(root: Branch, height: number, size: number) {
    this.root = root;
    this.height = height;
    this.size = size;
  }

  get(position: number): V | undefined {
    if (position >= capacity(this.height)) return undefined;
    let branch = this.root;
    for (let level = this.height; level > 0; level--) {
      const index = indexOf(branch, digitOf(position, level));
      if (index < 0) return undefined;
      branch = branch.children[index] as Branch;
    }
    const index = indexOf(branch, digitOf(position, 0));
    return index < 0 ? undefined : (branch.children[index] as V);
  }

  /** @param value not undefined */
  set(position: number, value: V): PositionMap<V> {
    let root = this.root;
    let height = this.height;
    for (; position >= capacity(height); height++) root = root.digits === 0 ? root : { digits: 1, children: [root] };
    const isNew = this.get(position) === undefined;
    return new PositionMap<V>(withChild(root, height, position, value), height, this.size + (isNew ? 1 : 0));
  }

  delete(position: number): PositionMap<V> {
    if (this.get(position) === undefined) return this;
    const root = withoutChild(this.root, this.height, position);
    return root === undefined ? PositionMap.empty : new PositionMap<V>(root, this.height, this.size - 1);
  }

  /** Calls back in order, from a position on, until `visit` says false. */
  forEach(visit: (value: V, position: number) => boolean, from = 0): void {
    if (from < capacity(this.height)) walk(this.root, this.height, 0, from, visit as Visit);
  }

  values(): V[] {
    const values: V[] = [];
    this.forEach((value) => values.push(value) > 0);
    return values;
  }
}

type Visit = (value: unknown, position: number) => boolean;

const capacity = (height: number): number => width ** (height + 1);
/** Also of positions that need more than 32 bits. */
const digitOf = (position: number, level: number): number =>
  level < 6 ? (position >>> (5 * level)) & 31 : Math.floor(position / width ** level) % width;

/** Where the child of a digit stands; negative if there is none. */
function indexOf({ digits }: Branch, digit: number): number {
  const bit = 1 << digit;
  return (digits & bit) === 0 ? -1 : ones(digits & (bit - 1));
}

/** How many bits are set. Source: Henry S. Warren, "Hacker's Delight", counting 1-bits. */
function ones(bits: number): number {
  const pairs = bits - ((bits >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return (((fours + (fours >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24;
}

function withChild(branch: Branch, level: number, position: number, value: unknown): Branch {
  const digit = digitOf(position, level);
  const index = indexOf(branch, digit);
  const below = index < 0 ? nothing : branch.children[index];
  const child = level === 0 ? value : withChild(below as Branch, level - 1, position, value);
  if (index >= 0) return { digits: branch.digits, children: branch.children.with(index, child) };
  const digits = branch.digits | (1 << digit);
  const children = branch.children.slice();
  children.splice(ones(digits & ((1 << digit) - 1)), 0, child);
  return { digits, children };
}

/** Undefined for a branch that would be left without children. */
function withoutChild(branch: Branch, level: number, position: number): Branch | undefined {
  const digit = digitOf(position, level);
  const index = indexOf(branch, digit);
  const child = level === 0 ? undefined : withoutChild(branch.children[index] as Branch, level - 1, position);
  if (child !== undefined) return { digits: branch.digits, children: branch.children.with(index, child) };
  if (branch.children.length === 1) return undefined;
  return { digits: branch.digits & ~(1 << digit), children: branch.children.toSpliced(index, 1) };
}

/** @param start the least position that can be under the branch @returns false once `visit` has said so */
function walk(branch: Branch, level: number, start: number, from: number, visit: Visit): boolean {
  const step = width ** level;
  let index = 0;
  for (let digit = 0; digit < width; digit++) {
    if ((branch.digits & (1 << digit)) === 0) continue;
    const child = branch.children[index++];
    const at = start + digit * step;
    if (at + step <= from) continue;
    const goesOn = level === 0 ? visit(child, at) !== false : walk(child as Branch, level - 1, at, from, visit);
    if (!goesOn) return false;
  }
  return true;
}
