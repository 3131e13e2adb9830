import { hash } from "node:crypto";

/** Values that are kept as they are; beyond, they are estimated. */
const exactValues = 10_000;
/** A percentile is at most so far off, in parts of itself. */
const accuracy = 0.005;
const gamma = (1 + accuracy) / (1 - accuracy);

/**
 * Percentiles of numbers: exact for ten thousand, and for more within half a per cent of the value. Takes bounded memory.
 * Source: Masson, Rim, Lee, "DDSketch", VLDB 2019.
 */
export class Percentiles {
  private exact: number[] | undefined = [];
  private readonly buckets = new Map<number, number>();
  private count = 0;

  add(value: number): void {
    this.count++;
    if (this.exact === undefined) return this.addToBucket(value);
    this.exact.push(value);
    if (this.exact.length <= exactValues) return;
    for (const each of this.exact) this.addToBucket(each);
    this.exact = undefined;
  }

  /** @param percent 0 to 100 @returns undefined if there is no number */
  at(percent: number): number | undefined {
    if (this.count === 0) return undefined;
    const rank = Math.max(0, Math.ceil((percent / 100) * this.count) - 1);
    if (this.exact !== undefined) return this.exact.toSorted((a, b) => a - b)[rank];
    let passed = 0;
    for (const [key, count] of [...this.buckets].toSorted(([a], [b]) => a - b)) {
      passed += count;
      if (passed > rank) return valueOf(key);
    }
    return undefined;
  }

  private addToBucket(value: number): void {
    const key = keyOf(value);
    this.buckets.set(key, (this.buckets.get(key) ?? 0) + 1);
  }
}

/** Keys grow with values: negative ones below zero's key, which is 0. They are as many as an exponent can be far from nothing. */
const shift = 100_000;
const keyOf = (value: number): number =>
  value === 0 ? 0 : Math.sign(value) * (Math.ceil(Math.log(Math.abs(value)) / Math.log(gamma)) + shift);
const valueOf = (key: number): number =>
  key === 0 ? 0 : (Math.sign(key) * 2 * gamma ** (Math.abs(key) - shift)) / (gamma + 1);

/** Different texts that are counted as they are; beyond, they are estimated. */
const exactTexts = 4_096;

/**
 * How many different texts there are: exact for four thousand, and for more within some per cent. Takes bounded memory.
 * Source: Bar-Yossef and others, "Counting distinct elements in a data stream", 2002: the k smallest hashes.
 */
export class Distinct {
  private hashes = new Set<number>();
  private largest = 2 ** 53;
  private isExact = true;

  add(text: string): void {
    const hash = hashOf(text);
    if (hash >= this.largest) return;
    this.hashes.add(hash);
    if (this.hashes.size < 2 * exactTexts) return;
    const kept = [...this.hashes].toSorted((a, b) => a - b).slice(0, exactTexts);
    this.hashes = new Set(kept);
    this.largest = kept.at(-1) ?? this.largest;
    this.isExact = false;
  }

  get count(): number {
    if (this.isExact) return this.hashes.size;
    const kept = [...this.hashes].toSorted((a, b) => a - b).slice(0, exactTexts);
    return Math.round((exactTexts - 1) / ((kept.at(-1) ?? 1) / 2 ** 53));
  }
}

/** 53 bits that look like chance. */
function hashOf(text: string): number {
  return Math.floor(Number.parseInt(hash("sha1", text).slice(0, 13), 16) * 2);
}
