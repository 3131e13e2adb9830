import { changeCluster } from "../cluster/change-cluster.ts";
import {
  mergeSettings,
  refuseServiceConnect,
  requireClusterSettings,
  requireConfiguration,
} from "../cluster/check-cluster.ts";
import type { Operation } from "../operation.ts";

/** Changes a cluster's settings and configuration; what is not given stays. Source: ECS API reference, UpdateCluster. */
export const updateCluster: Operation<"UpdateCluster"> = async (input, context) => {
  const settings = requireClusterSettings(input.settings ?? []);
  refuseServiceConnect(input.serviceConnectDefaults);
  const configuration = input.configuration && requireConfiguration(input.configuration);
  const cluster = await changeCluster(input.cluster, context, ({ stored: { value } }) => ({
    ...value,
    settings: mergeSettings(value.settings, settings),
    ...(configuration === undefined ? {} : { configuration: { ...value.configuration, ...configuration } }),
  }));
  return { cluster };
};
