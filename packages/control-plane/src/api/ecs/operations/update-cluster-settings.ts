import { changeCluster } from "../cluster/change-cluster.ts";
import { mergeSettings, requireClusterSettings } from "../cluster/check-cluster.ts";
import type { Operation } from "../operation.ts";
import { requireList } from "../require.ts";

/** Changes a cluster's settings, that is whether Container Insights is on. */
export const updateClusterSettings: Operation<"UpdateClusterSettings"> = async (input, context) => {
  const settings = requireClusterSettings(requireList(input.settings, "Settings", 10));
  const cluster = await changeCluster(input.cluster, context, ({ stored: { value } }) => ({
    ...value,
    settings: mergeSettings(value.settings, settings),
  }));
  return { cluster };
};
