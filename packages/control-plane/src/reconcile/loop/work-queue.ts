/**
 * The keys that wait for a pass: each once, in the order of their first wish, and never handed out twice at a time. A
 * key that is wished for during its pass waits for another one.
 */
export class WorkQueue {
  private readonly waiting = new Set<string>();
  private readonly underWay = new Set<string>();
  private readonly again = new Set<string>();

  /** How many keys could be taken now. */
  get size(): number {
    return this.waiting.size;
  }

  /** How many passes have not ended. */
  get active(): number {
    return this.underWay.size;
  }

  add(key: string): void {
    if (this.underWay.has(key)) this.again.add(key);
    else this.waiting.add(key);
  }

  /** The key that has waited longest; `done` has to follow. */
  take(): string | undefined {
    const [key] = this.waiting;
    if (key === undefined) return undefined;
    this.waiting.delete(key);
    this.underWay.add(key);
    return key;
  }

  /** Ends a pass. */
  done(key: string): void {
    this.underWay.delete(key);
    if (this.again.delete(key)) this.waiting.add(key);
  }

  clear(): void {
    this.waiting.clear();
    this.again.clear();
  }
}
