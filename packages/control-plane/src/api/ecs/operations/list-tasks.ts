import type { Place } from "@hatoba/contract";
import type { Task } from "../../../model/task.ts";
import type { Snapshot } from "../../../store/store.ts";
import { EcsError } from "../api-error.ts";
import { requireContainerInstance } from "../container-instance/find-container-instance.ts";
import { serviceFrom } from "../identifiers.ts";
import type { Operation } from "../operation.ts";
import { pageOfStored } from "../pagination.ts";
import { type FoundCluster, requireCluster } from "../require.ts";

/**
 * The ARNs of a cluster's tasks that are wanted, or with desiredStatus STOPPED those that are not, as far as all filters
 * are true for them. Source: ECS API reference, ListTasks.
 * @throws EcsError ServiceNotFoundException, InvalidParameterException for an unknown container instance and for
 * startedBy beside other filters.
 */
export const listTasks: Operation<"ListTasks"> = async (input, { store, caller }) => {
  const { maxResults, nextToken, startedBy, family, desiredStatus = "RUNNING", launchType } = input;
  if (startedBy && (family || input.serviceName || input.containerInstance || launchType)) {
    throw new EcsError(
      "InvalidParameterException",
      "startedBy cannot be combined with family, serviceName, containerInstance or launchType.",
    );
  }
  if (input.daemonName) throw new EcsError("InvalidParameterException", "Hatoba does not have daemons yet.");
  const snapshot = store.snapshot();
  const cluster = requireCluster(snapshot, input.cluster, caller);
  const containerInstance = input.containerInstance
    ? requireContainerInstance(snapshot, input.containerInstance, cluster, caller)
    : undefined;
  // No task is ever wanted PENDING, and what serves Fargate shows no tasks.
  if (desiredStatus === "PENDING" || containerInstance?.value.capacity === "FARGATE") return { taskArns: [] };
  const where: Partial<Task> = {
    clusterArn: cluster.arn,
    desiredStatus,
    ...(startedBy ? { startedBy } : {}),
    ...(family ? { family } : {}),
    ...(input.serviceName
      ? { serviceArn: requireService(input.serviceName, cluster, { snapshot, place: caller }) }
      : {}),
    ...(containerInstance === undefined ? {} : { containerInstanceArn: containerInstance.arn }),
  };
  const page = pageOfStored(snapshot, "task", {
    maxResults,
    nextToken,
    listing: `ListTasks ${cluster.arn}`,
    where,
    accepts: (task) => launchType === undefined || task.launchType === launchType,
  });
  return {
    taskArns: page.items.map(({ arn }) => arn),
    ...(page.nextToken === undefined ? {} : { nextToken: page.nextToken }),
  };
};

/** Also an INACTIVE one: its stopped tasks are still there to be explained. */
function requireService(
  identifier: string,
  cluster: FoundCluster,
  { snapshot, place }: { readonly snapshot: Snapshot; readonly place: Place },
): string {
  const { arn } = serviceFrom(identifier, cluster, place);
  if (snapshot.get("service", arn) !== undefined) return arn;
  throw new EcsError("ServiceNotFoundException", "Service not found.");
}
