/** In bytes: two slices of time, each with all its streams. */
const mostBytes = 16 * 1024 * 1024;

/** The blocks that were asked for last, decompressed. Names are never given to other bytes. */
export class RecentBlocks {
  readonly #blocks = new Map<string, Buffer>();
  #bytes = 0;

  get(name: string, read: () => Buffer): Buffer {
    const known = this.#blocks.get(name);
    const block = known ?? read();
    if (known === undefined) this.#bytes += block.length;
    this.#blocks.delete(name); // to the end: the one that was not asked for longest goes first
    this.#blocks.set(name, block);
    for (const [oldest, { length }] of this.#blocks) {
      if (this.#bytes <= mostBytes) break;
      this.#blocks.delete(oldest);
      this.#bytes -= length;
    }
    return block;
  }
}
