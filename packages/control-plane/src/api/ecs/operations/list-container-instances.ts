import { candidateOf } from "../../../placement/candidate.ts";
import { type ClusterQuery, parseClusterQuery } from "../../../placement/cluster-query.ts";
import { EcsError } from "../api-error.ts";
import type { Operation } from "../operation.ts";
import { paginate } from "../pagination.ts";
import { requireCluster } from "../require.ts";

/**
 * The ARNs of a cluster's container instances: of one status, or all but INACTIVE ones, and those that a cluster query
 * expression is true for. Source: ECS API reference, ListContainerInstances.
 */
export const listContainerInstances: Operation<"ListContainerInstances"> = async (input, { store, caller }) => {
  const snapshot = store.snapshot();
  const cluster = requireCluster(snapshot, input.cluster, caller);
  const query = input.filter ? requireQuery(input.filter) : undefined;
  const instances = snapshot
    .list("containerInstance", { clusterArn: cluster.arn })
    .filter(({ value }) => value.capacity !== "FARGATE")
    .filter(({ value }) => (input.status ? value.status === input.status : value.status !== "INACTIVE"))
    .filter((stored) => query === undefined || query.matches(candidateOf(snapshot, stored)));
  const { maxResults, nextToken } = input;
  const listing = `ListContainerInstances ${cluster.arn}`;
  const page = paginate(instances, { maxResults, nextToken, listing, keyOf: ({ arn }) => arn });
  return {
    containerInstanceArns: page.items.map(({ arn }) => arn),
    ...(page.nextToken === undefined ? {} : { nextToken: page.nextToken }),
  };
};

function requireQuery(filter: string): ClusterQuery {
  const query = parseClusterQuery(filter);
  if ("error" in query) throw new EcsError("InvalidParameterException", query.error);
  return query;
}
