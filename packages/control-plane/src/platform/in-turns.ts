/** What is done with each of the things, and how many of them may wait. */
export interface TurnsOptions<T> {
  /** Works on one thing; yields wherever it may be interrupted, which is to be often. */
  readonly work: (item: T) => Iterable<void>;
  /** How large a thing is, in whatever `most` is said in. */
  readonly sizeOf: (item: T) => number;
  /** What waits at the most, one thing beside; the oldest go. */
  readonly most: number;
  readonly onDropped: (items: readonly T[]) => void;
  /** `work` threw; the next thing is gone on with. */
  readonly onError: (error: unknown) => void;
}

/** Of one turn of the event loop. */
const turnMs = 4;
/** Where turns are long, as much is done here as this part of what others did meanwhile: else what waits would only grow. */
const share = 1 / 4;

/** Works on things one after the other, in later turns of the event loop and a few milliseconds of each, so that whoever adds them waits for nothing. */
export class InTurns<T> {
  private readonly options: TurnsOptions<T>;
  private waiting: { readonly item: T; readonly size: number }[] = [];
  private size = 0;
  private current: Iterator<void> | undefined;
  private isWoken = false;
  private closed = false;

  constructor(options: TurnsOptions<T>) {
    this.options = options;
  }

  add(item: T): void {
    if (this.closed) return;
    const size = this.options.sizeOf(item);
    this.waiting.push({ item, size });
    this.size += size;
    const dropped: T[] = [];
    while (this.size > this.options.most && this.waiting.length > 1) {
      const oldest = this.waiting.shift();
      if (oldest === undefined) break;
      this.size -= oldest.size;
      dropped.push(oldest.item);
    }
    if (dropped.length > 0) this.options.onDropped(dropped);
    this.wake();
  }

  /** What waits is forgotten. */
  close(): void {
    this.closed = true;
    this.waiting = [];
    this.current = undefined;
  }

  private wake(): void {
    if (this.isWoken || this.closed) return;
    this.isWoken = true;
    const wokenAt = performance.now();
    setImmediate(() => {
      this.isWoken = false;
      this.turn(Math.max(turnMs, (performance.now() - wokenAt) * share));
    });
  }

  private turn(milliseconds: number): void {
    const end = performance.now() + milliseconds;
    try {
      while (this.begin()) {
        while (this.current !== undefined) {
          if (this.current.next().done === true) this.current = undefined;
          else if (performance.now() >= end) return this.wake();
        }
      }
    } catch (error) {
      this.current = undefined;
      this.options.onError(error);
      this.wake();
    }
  }

  /** @returns false if there is nothing to do */
  private begin(): boolean {
    if (this.current !== undefined) return true;
    const next = this.waiting.shift();
    if (next === undefined) return false;
    this.size -= next.size;
    this.current = this.options.work(next.item)[Symbol.iterator]();
    return true;
  }
}
