import type { Change, Snapshot } from "../../store/store.ts";

/** When to look at a key again: at the next change that concerns it, or after some time if none comes before. */
export type Next = "when-changed" | { readonly afterSeconds: number };

/**
 * Brings what one key stands for a step nearer to what is wanted. It is told a key and never what happened, and keeps
 * nothing between passes that it could not find again in the store.
 */
export interface Reconciler {
  /** Names the loop in log lines. */
  readonly name: string;
  /** Every key there is; asked for at the start and every few minutes. */
  allKeys(snapshot: Snapshot): readonly string[];
  /** The keys that a change concerns. Called for every change of the store: it must cost next to nothing. */
  keysFor(change: Change): readonly string[];
  /** Whether passes over a key are long, so that it may wait for its next one a little; see HeavyPasses. */
  isHeavy?(key: string): boolean;
  /** One pass. A ConflictError means that somebody was faster, and gets another pass at once. */
  reconcile(key: string): Promise<Next>;
}
