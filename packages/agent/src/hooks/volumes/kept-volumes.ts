import type { JsonApi } from "../../channel/json-api.ts";

/** Asks the control plane which of an agent's kept volumes nobody has deleted, and tells it which are gone. @throws ControlPlaneError */
export const askKeptVolumes =
  (api: Pick<JsonApi, "call">) =>
  async (volumeIds: readonly string[], removedVolumeIds: readonly string[]): Promise<readonly string[]> => {
    const answer = (await api.call("ecs", "Hatoba", "ListKeptVolumes", { volumeIds, removedVolumeIds })) as {
      readonly volumeIds?: readonly string[];
    };
    // Files are not removed for an answer that says nothing.
    return answer.volumeIds ?? volumeIds;
  };
