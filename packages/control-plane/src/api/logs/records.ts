import type { Kind, Resources } from "../../model/resources.ts";
import { ConflictError, type Store, type Write } from "../../store/store.ts";

/** Makes a record, or changes it as it is by then. */
export async function putRecord<K extends Kind>(
  store: Store,
  kind: K,
  key: string,
  change: (before: Resources[K] | undefined) => Resources[K],
): Promise<Resources[K]> {
  for (;;) {
    const before = store.snapshot().get(kind, key);
    const value = change(before?.value);
    try {
      await store.commit([{ kind, arn: key, expected: before?.revision ?? 0, value } as Write]);
      return value;
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
    }
  }
}

/** @returns false if there is none */
export async function deleteRecord(store: Store, kind: Kind, key: string): Promise<boolean> {
  for (;;) {
    const before = store.snapshot().get(kind, key);
    if (before === undefined) return false;
    try {
      await store.commit([{ kind, arn: key, expected: before.revision, value: null } as Write]);
      return true;
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
    }
  }
}

/** Everything that is kept of a log group beside its events goes with it. */
export async function deleteRecordsOfGroup(store: Store, logGroupName: string): Promise<void> {
  const snapshot = store.snapshot();
  for (const kind of ["metricFilter", "subscriptionFilter"] as const) {
    for (const { arn } of snapshot.list(kind, { logGroupName })) await deleteRecord(store, kind, arn);
  }
}
