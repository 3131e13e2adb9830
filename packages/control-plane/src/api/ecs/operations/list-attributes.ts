import { EcsError } from "../api-error.ts";
import type { Operation } from "../operation.ts";
import { paginate } from "../pagination.ts";
import { requireCluster } from "../require.ts";

/** The attributes of a cluster's container instances, all or those of one name and value, each with whose it is. */
export const listAttributes: Operation<"ListAttributes"> = async (input, { store, caller }) => {
  const { targetType, attributeName, attributeValue, maxResults, nextToken } = input;
  if (targetType !== "container-instance") {
    throw new EcsError("InvalidParameterException", "targetType must be container-instance");
  }
  if (attributeValue !== undefined && attributeName === undefined) {
    throw new EcsError("InvalidParameterException", "attributeValue needs an attributeName.");
  }
  const snapshot = store.snapshot();
  const cluster = requireCluster(snapshot, input.cluster, caller);
  const attributes = snapshot
    .list("containerInstance", { clusterArn: cluster.arn })
    .filter(({ value }) => value.capacity !== "FARGATE" && value.status !== "INACTIVE")
    .flatMap(({ arn, value }) => value.attributes.map((attribute) => ({ ...attribute, targetId: arn })))
    .filter(({ name, value }) => (attributeName ?? name) === name && (attributeValue ?? value) === value);
  const page = paginate(attributes, {
    maxResults,
    nextToken,
    listing: `ListAttributes ${cluster.arn} ${attributeName ?? ""}`,
    keyOf: ({ targetId, name }) => `${targetId} ${name}`,
  });
  return { attributes: [...page.items], ...(page.nextToken === undefined ? {} : { nextToken: page.nextToken }) };
};
