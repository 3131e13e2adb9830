import { ConflictError, type Snapshot, type Store, type Write } from "../../store/store.ts";

/** What an operation wants written, and what it answers once that is durable. */
export interface CommitPlan<R> {
  readonly writes: readonly Write[];
  readonly result: R;
}

/**
 * Reads, decides, commits; and does so again from a new snapshot whenever somebody else was faster. `plan` may run
 * several times: it must be pure but for what it throws.
 */
export async function commitPlan<R>(store: Store, plan: (snapshot: Snapshot) => CommitPlan<R>): Promise<R> {
  for (;;) {
    const { writes, result } = plan(store.snapshot());
    if (writes.length === 0) return result;
    try {
      await store.commit(writes);
      return result;
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
    }
  }
}
