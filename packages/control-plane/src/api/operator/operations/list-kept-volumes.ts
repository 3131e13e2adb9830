import type { OperationContext } from "../../operation-context.ts";

/** ListKeptVolumes, which AWS does not have: its run-time schema, as an SDK's module would bring it. */
export const ListKeptVolumes$ = [
  9,
  "hatoba",
  "ListKeptVolumes",
  0,
  [3, "hatoba", "ListKeptVolumesRequest", 0, ["volumeIds"], [64]],
  [3, "hatoba", "ListKeptVolumesResponse", 0, ["volumeIds"], [64]],
] as const;

/** Which of an agent's kept EBS volumes nobody has deleted; the agent removes the others from its disk. */
export async function listKeptVolumes(
  { volumeIds = [] }: { readonly volumeIds?: readonly string[] },
  { store }: OperationContext,
): Promise<{ readonly volumeIds: readonly string[] }> {
  const snapshot = store.snapshot();
  return { volumeIds: volumeIds.filter((id) => snapshot.get("keptVolume", id) !== undefined) };
}
