import type { Snapshot, Store } from "./store.ts";

/**
 * Waits, without a clock, for a commit after which `condition` holds; resolves with the snapshot that it holds for, at
 * once if it already does. For tests. Rejects with the signal's reason when it aborts, and with what `condition` throws.
 */
export function until(
  store: Store,
  condition: (snapshot: Snapshot) => boolean,
  signal?: AbortSignal,
): Promise<Snapshot> {
  return new Promise((resolve, reject) => {
    const abort = () => settle(() => reject(signal?.reason as Error));
    const check = () => {
      try {
        const snapshot = store.snapshot();
        if (condition(snapshot)) settle(() => resolve(snapshot));
      } catch (error) {
        settle(() => reject(error as Error));
      }
    };
    const stop = store.onChange(check);
    const settle = (how: () => void) => {
      stop();
      signal?.removeEventListener("abort", abort);
      how();
    };
    signal?.addEventListener("abort", abort);
    if (signal?.aborted) abort();
    else check();
  });
}
