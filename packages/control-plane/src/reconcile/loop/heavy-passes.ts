/** Heavy passes take one part of the time, everything else so many. */
const restPerPass = 4;

/**
 * Keys whose passes are long and wait until the last such pass is so long ago that all of them together take a fifth of the
 * process's time: what changes meanwhile is found by one pass instead of many. The first after a quiet time does not wait.
 * Waits are of real time, as passes are; which keys are heavy is not measured but said, so that it does not depend on the machine.
 */
export class HeavyPasses {
  private readonly release: (key: string) => void;
  private readonly held = new Set<string>();
  private freeAt = 0;
  private timer: NodeJS.Timeout | undefined;

  /** @param release called with each key that was held, when its pass may begin */
  constructor(release: (key: string) => void) {
    this.release = release;
  }

  /** Whether a pass has to wait; then its key is given to `release` later, in the order of asking. */
  holds(key: string): boolean {
    const isFirst = this.held.size === 0 || this.held.values().next().value === key;
    if (isFirst && performance.now() >= this.freeAt) {
      this.held.delete(key);
      return false;
    }
    this.held.add(key);
    this.planRelease();
    return true;
  }

  /** @param milliseconds how long a pass has kept the process busy */
  passed(milliseconds: number): void {
    this.freeAt = performance.now() + milliseconds * restPerPass;
    this.planRelease();
  }

  clear(): void {
    this.held.clear();
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private planRelease(): void {
    if (this.timer !== undefined || this.held.size === 0) return;
    this.timer = setTimeout(
      () => {
        this.timer = undefined;
        const [key] = this.held;
        if (key !== undefined) this.release(key);
      },
      Math.max(1, this.freeAt - performance.now()),
    );
  }
}
