import type { Candidate } from "./candidate.ts";
import type { Preference } from "./preference.ts";

/**
 * Candidates with the best one at hand while tasks are placed on them. Those that a preference tells apart only by what is their
 * own stand together in a heap, and a task that goes to one of them moves that one alone; the tops of the heaps are compared each
 * time. There are as many heaps as values of the attributes that tasks are spread over, mostly the zones.
 */
export class Ranking {
  private readonly preference: Preference;
  private readonly heaps: Candidate[][];

  constructor(candidates: readonly Candidate[], preference: Preference) {
    this.preference = preference;
    this.heaps = [...Map.groupBy(candidates, (on) => preference.sharedBy(on)).values()];
    for (const heap of this.heaps) {
      for (let at = (heap.length >> 1) - 1; at >= 0; at--) this.sink(heap, at);
    }
  }

  /** Undefined if there is none left. */
  best(): Candidate | undefined {
    return this.bestHeap()?.[0];
  }

  /** A task was placed on the candidate that was the best. @param on the one that `best` gave last */
  moved(on: Candidate): void {
    this.sink(this.heapOf(on), 0);
  }

  /** The candidate that was the best takes no more. @param on the one that `best` gave last */
  drop(on: Candidate): void {
    const heap = this.heapOf(on);
    const last = heap.pop();
    if (last === undefined || last === on) return;
    heap[0] = last;
    this.sink(heap, 0);
  }

  private bestHeap(): Candidate[] | undefined {
    let best: Candidate[] | undefined;
    for (const heap of this.heaps) {
      const [top] = heap;
      if (top !== undefined && (best?.[0] === undefined || this.preference.compare(top, best[0]) < 0)) best = heap;
    }
    return best;
  }

  private heapOf(on: Candidate): Candidate[] {
    const heap = this.heaps.find(([top]) => top === on);
    if (heap === undefined) throw new Error("Only the best candidate can change.");
    return heap;
  }

  /** Puts a heap in order again whose entry at `from` may have become worse. */
  private sink(heap: Candidate[], from: number): void {
    const moving = heap[from];
    if (moving === undefined) return;
    let at = from;
    for (;;) {
      const [left, right] = [2 * at + 1, 2 * at + 2];
      const child = this.isBetter(heap[right], heap[left]) ? right : left;
      const next = heap[child];
      if (next === undefined || !this.isBetter(next, moving)) break;
      heap[at] = next;
      at = child;
    }
    heap[at] = moving;
  }

  private isBetter(a: Candidate | undefined, b: Candidate | undefined): boolean {
    return a !== undefined && (b === undefined || this.preference.compare(a, b) < 0);
  }
}
