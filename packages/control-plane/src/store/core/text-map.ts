import { PositionMap } from "./position-map.ts";

/** What stands at one hash: entries of which there is nearly always one. */
interface Entry<V> {
  readonly key: string;
  readonly value: V;
  readonly next: Entry<V> | undefined;
}

/** A million places: a trie of four levels, in which two of 100,000 keys seldom meet. */
const hashBits = 20;

/** A persistent map with texts for keys, in no order: a trie over their hashes. */
export class TextMap<V> {
  static readonly empty: TextMap<never> = new TextMap<never>(PositionMap.empty, 0);
  readonly size: number;
  private readonly entries: PositionMap<Entry<V>>;

  private constructor(entries: PositionMap<Entry<V>>, size: number) {
    this.entries = entries;
    this.size = size;
  }

  get(key: string): V | undefined {
    for (let entry = this.entries.get(hashOf(key)); entry !== undefined; entry = entry.next) {
      if (entry.key === key) return entry.value;
    }
    return undefined;
  }

  /** @param value not undefined */
  set(key: string, value: V): TextMap<V> {
    const hash = hashOf(key);
    const before = this.entries.get(hash);
    const others = without(before, key);
    const size = isLonger(before, others) ? this.size : this.size + 1;
    return new TextMap<V>(this.entries.set(hash, { key, value, next: others }), size);
  }

  delete(key: string): TextMap<V> {
    const hash = hashOf(key);
    const before = this.entries.get(hash);
    const others = without(before, key);
    if (!isLonger(before, others)) return this;
    const entries = others === undefined ? this.entries.delete(hash) : this.entries.set(hash, others);
    return new TextMap<V>(entries, this.size - 1);
  }
}

/** The same entries but for a key; the very same if it is not among them. */
function without<V>(entry: Entry<V> | undefined, key: string): Entry<V> | undefined {
  if (entry === undefined || entry.key === key) return entry?.next;
  const next = without(entry.next, key);
  return next === entry.next ? entry : { ...entry, next };
}

/** Whether taking a key away has left less. */
const isLonger = <V>(before: Entry<V> | undefined, after: Entry<V> | undefined): boolean => before !== after;

/** FNV-1a over UTF-16 code units, folded to `hashBits`. Source: draft-eastlake-fnv, section "XOR folding". */
function hashOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < key.length; index++) hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193);
  return ((hash >>> hashBits) ^ hash) & ((1 << hashBits) - 1);
}
