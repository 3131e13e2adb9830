import type { Kind, Resources } from "../model/resources.ts";
import { ConflictError, NotFoundError, type Store, type Write } from "./store.ts";

/**
 * Reads one resource, changes it and commits, from the beginning again whenever somebody else was faster. `change` is
 * pure, may throw to give up, and returns the same object for "nothing to do", which commits nothing.
 * Resolves with the value as it then is. @throws NotFoundError if the resource is not there.
 */
export async function update<K extends Kind>(
  store: Store,
  kind: K,
  arn: string,
  change: (value: Resources[K]) => Resources[K],
): Promise<Resources[K]> {
  for (;;) {
    const current = store.snapshot().get(kind, arn);
    if (current === undefined) throw new NotFoundError(`There is no ${kind} ${arn}.`);
    const value = change(current.value);
    if (value === current.value) return value;
    try {
      await store.commit([{ kind, arn, expected: current.revision, value } as Write]);
      return value;
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
    }
  }
}
