import { rmSync } from "node:fs";

/** Removes files that are of no use any more, once the searches that began before have ended. */
export class FileReaper {
  #now = 0;
  readonly #searches = new Map<number, number>();
  #waiting: { readonly path: string; readonly since: number }[] = [];

  /** Files that are there now stay until the returned function is called. */
  hold(): () => void {
    const moment = this.#now;
    this.#searches.set(moment, (this.#searches.get(moment) ?? 0) + 1);
    return () => {
      const left = (this.#searches.get(moment) ?? 1) - 1;
      if (left > 0) this.#searches.set(moment, left);
      else this.#searches.delete(moment);
      this.#reap();
    };
  }

  /** No search that begins from now on asks for these. */
  remove(paths: readonly string[]): void {
    if (paths.length === 0) return;
    const since = this.#now++;
    this.#waiting.push(...paths.map((path) => ({ path, since })));
    this.#reap();
  }

  #reap(): void {
    if (this.#waiting.length === 0) return;
    const oldest = Math.min(...this.#searches.keys());
    const isFree = ({ since }: { readonly since: number }) => since < oldest;
    const free = this.#waiting.filter(isFree);
    this.#waiting = this.#waiting.filter((one) => !isFree(one));
    for (const { path } of free) rmSync(path, { force: true });
  }
}
