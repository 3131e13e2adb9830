import { EcsError } from "../api-error.ts";
import { serviceFrom } from "../identifiers.ts";
import type { Operation } from "../operation.ts";
import { paginate, sortable } from "../pagination.ts";
import { requireCluster, requireParameter } from "../require.ts";
import { describeBriefly } from "../services/describe-service-deployment.ts";

/** Lists a service's deployments, the newest first. Source: ECS API reference, ListServiceDeployments. */
export const listServiceDeployments: Operation<"ListServiceDeployments"> = async (input, { store, caller }) => {
  const snapshot = store.snapshot();
  const cluster = requireCluster(snapshot, input.cluster, caller);
  const { arn } = serviceFrom(requireParameter(input.service, "service"), cluster, caller);
  if (snapshot.get("service", arn) === undefined) {
    throw new EcsError("ServiceNotFoundException", "Service not found.");
  }
  const { status: statuses = [], createdAt, maxResults, nextToken } = input;
  const before = createdAt?.before?.getTime() ?? Number.POSITIVE_INFINITY;
  const after = createdAt?.after?.getTime() ?? Number.NEGATIVE_INFINITY;
  const wanted = snapshot
    .list("serviceDeployment", { serviceArn: arn })
    .filter(({ value }) => statuses.length === 0 || statuses.includes(value.status))
    .filter(({ value }) => value.createdAt < before && value.createdAt > after);
  const page = paginate(wanted, {
    maxResults,
    nextToken,
    pageSize: 20,
    listing: `ListServiceDeployments ${arn} ${[...statuses].sort().join(",")}`,
    keyOf: ({ arn: key, value }) => `${sortable(Math.floor(value.createdAt / 1000))} ${value.createdAt % 1000} ${key}`,
    descending: true,
  });
  return {
    serviceDeployments: page.items.map(describeBriefly),
    ...(page.nextToken === undefined ? {} : { nextToken: page.nextToken }),
  };
};
