/** Heavy passes take one part of the time, everything else so many. */
const restPerPass = 4;
/** A pass that found much to do is not made up for by as long a rest. Milliseconds. */
const longestRest = 100;

/**
 * Keys whose passes are long and wait until the last such pass is so long ago that all of them together take a fifth of the
 * process's time: what changes meanwhile is found by one pass instead of many. The first after a quiet time does not wait.
 * Waits are of real time, as passes are; which keys are heavy is not measured but said, so that it does not depend on the machine.
 */
export class HeavyPasses {
  private readonly release: (key: string) => void;
  private readonly held = new Set<string>();
  /** Has waited, and may pass. It may never ask again: a key need not stay heavy, so nothing waits for that. */
  private readonly released = new Set<string>();
  private freeAt = 0;
  private timer: NodeJS.Timeout | undefined;

  /** @param release called with each key that was held, when its pass may begin */
  constructor(release: (key: string) => void) {
    this.release = release;
  }

  /** Whether a pass has to wait; then its key is given to `release` later, in the order of asking. */
  holds(key: string): boolean {
    if (this.released.delete(key)) return false;
    if (this.held.size === 0 && this.released.size === 0 && performance.now() >= this.freeAt) return false;
    this.held.add(key);
    this.planRelease();
    return true;
  }

  /** A key is not heavy, or no longer. */
  forget(key: string): void {
    this.held.delete(key);
    this.released.delete(key);
  }

  /** @param milliseconds how long a pass has kept the process busy */
  passed(milliseconds: number): void {
    this.freeAt = performance.now() + Math.min(milliseconds * restPerPass, longestRest);
  }

  clear(): void {
    this.held.clear();
    this.released.clear();
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private planRelease(): void {
    if (this.timer !== undefined || this.held.size === 0) return;
    this.timer = setTimeout(() => this.releaseNext(), Math.max(1, this.freeAt - performance.now()));
  }

  private releaseNext(): void {
    this.timer = undefined;
    const [key] = this.held;
    if (key !== undefined && performance.now() >= this.freeAt) {
      this.held.delete(key);
      this.released.add(key);
      this.release(key);
    }
    this.planRelease();
  }
}
