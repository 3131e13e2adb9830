import type { Snapshot, Write } from "../../../store/store.ts";
import { commitPlan } from "../../ecs/commit-plan.ts";
import type { OperationContext } from "../../operation-context.ts";

/** ListKeptVolumes, which AWS does not have: its run-time schema, as an SDK's module would bring it. */
export const ListKeptVolumes$ = [
  9,
  "hatoba",
  "ListKeptVolumes",
  0,
  [3, "hatoba", "ListKeptVolumesRequest", 0, ["volumeIds", "removedVolumeIds"], [64, 64]],
  [3, "hatoba", "ListKeptVolumesResponse", 0, ["volumeIds"], [64]],
] as const;

/**
 * Which of an agent's kept EBS volumes nobody has deleted; the agent removes the others from its disk, and says so with its next
 * call. A volume that nothing is known of, as after an older state of the house was put back, is no deleted one.
 */
export async function listKeptVolumes(
  {
    volumeIds = [],
    removedVolumeIds = [],
  }: { readonly volumeIds?: readonly string[]; readonly removedVolumeIds?: readonly string[] },
  { store }: Pick<OperationContext, "store">,
): Promise<{ readonly volumeIds: readonly string[] }> {
  if (removedVolumeIds.length > 0) {
    await commitPlan(store, (snapshot) => ({ writes: removedVolumeIds.flatMap(forgotten(snapshot)), result: {} }));
  }
  const snapshot = store.snapshot();
  const isStored = (id: string) => snapshot.get("keptVolume", id) !== undefined;
  const isDeleted = (id: string) => snapshot.get("keptVolume", id)?.value.isDeleted ?? false;
  const unused = volumeIds.every(isStored) ? new Set<string>() : volumesNeverKept(snapshot);
  return { volumeIds: volumeIds.filter((id) => !isDeleted(id) && !unused.has(id)) };
}

const forgotten =
  (snapshot: Snapshot) =>
  (id: string): readonly Write[] => {
    const stored = snapshot.get("keptVolume", id);
    if (stored?.value.isDeleted !== true) return [];
    return [{ kind: "keptVolume", arn: id, expected: stored.revision, value: null }];
  };

/** Those of tasks that have stopped and left none: none of their containers was ever made. */
function volumesNeverKept(snapshot: Snapshot): ReadonlySet<string> {
  const stopped = snapshot
    .list("task", { desiredStatus: "STOPPED" })
    .filter(({ value }) => value.lastStatus === "STOPPED");
  const ids = stopped.flatMap(({ value }) => (value.managedVolumes ?? []).map(({ volumeId }) => volumeId));
  return new Set(ids.filter((id) => snapshot.get("keptVolume", id) === undefined));
}
