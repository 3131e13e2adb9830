import type { Operation } from "../operation.ts";
import { paginate } from "../pagination.ts";

/** The ARNs of all ACTIVE clusters, by name. */
export const listClusters: Operation<"ListClusters"> = async ({ maxResults, nextToken }, { store }) => {
  const clusters = store.snapshot().list("cluster", { status: "ACTIVE" });
  const page = paginate(clusters, { maxResults, nextToken, listing: "ListClusters", keyOf: ({ arn }) => arn });
  return {
    clusterArns: page.items.map(({ arn }) => arn),
    ...(page.nextToken === undefined ? {} : { nextToken: page.nextToken }),
  };
};
