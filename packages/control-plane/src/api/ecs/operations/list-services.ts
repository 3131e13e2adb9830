import { launchTypeOf } from "../../../model/new-task.ts";
import type { Operation } from "../operation.ts";
import { paginate } from "../pagination.ts";
import { requireCluster } from "../require.ts";

/** The ARNs of a cluster's services that are not INACTIVE, ten a page unless told otherwise. Source: ECS API reference, ListServices. */
export const listServices: Operation<"ListServices"> = async (input, { store, caller }) => {
  const snapshot = store.snapshot();
  const cluster = requireCluster(snapshot, input.cluster, caller);
  const { launchType, schedulingStrategy, resourceManagementType, maxResults, nextToken } = input;
  const services = snapshot
    .list("service", { clusterArn: cluster.arn })
    .filter(() => resourceManagementType !== "ECS") // Express services, which ECS itself manages, are not here
    .filter(({ value }) => value.status !== "INACTIVE")
    .filter(({ value }) => launchType === undefined || launchTypeOf(value).launchType === launchType)
    .filter(({ value }) => schedulingStrategy === undefined || value.schedulingStrategy === schedulingStrategy);
  const page = paginate(services, {
    maxResults,
    nextToken,
    pageSize: 10,
    listing: `ListServices ${cluster.arn}`,
    keyOf: ({ arn }) => arn,
  });
  return {
    serviceArns: page.items.map(({ arn }) => arn),
    ...(page.nextToken === undefined ? {} : { nextToken: page.nextToken }),
  };
};
