/** Things of which the first by some order is wanted again and again. */
export class Heap<T> {
  readonly #items: T[] = [];
  readonly #compare: (a: T, b: T) => number;

  constructor(compare: (a: T, b: T) => number) {
    this.#compare = compare;
  }

  get first(): T | undefined {
    return this.#items[0];
  }

  /** Up to four of those that come first, in their order. */
  get foremost(): readonly T[] {
    return this.#items.slice(0, 15).sort(this.#compare).slice(0, 4); // the fourth is no deeper than that
  }

  push(item: T): void {
    let at = this.#items.push(item) - 1;
    while (at > 0) {
      const parent = (at - 1) >>> 1;
      if (this.#compare(this.#items[parent] as T, item) <= 0) break;
      this.#items[at] = this.#items[parent] as T;
      at = parent;
    }
    this.#items[at] = item;
  }

  pop(): T | undefined {
    const first = this.#items[0];
    const last = this.#items.pop();
    if (this.#items.length > 0) this.#settle(last as T);
    return first;
  }

  /** The first has changed and is to be put into its place. */
  refresh(): void {
    if (this.#items.length > 1) this.#settle(this.#items[0] as T);
  }

  /** Puts an item at the top and moves it down to where it belongs. */
  #settle(item: T): void {
    const items = this.#items;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= items.length) break;
      if (child + 1 < items.length && this.#compare(items[child + 1] as T, items[child] as T) < 0) child++;
      if (this.#compare(item, items[child] as T) <= 0) break;
      items[at] = items[child] as T;
      at = child;
    }
    items[at] = item;
  }
}
