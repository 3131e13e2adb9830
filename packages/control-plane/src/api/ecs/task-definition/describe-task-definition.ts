import type * as sdk from "@aws-sdk/client-ecs";
import type { Stored } from "../../../store/store.ts";

/** A task definition of ordinary tasks as the API shows it. Its tags stand beside it in an answer, not in it. */
export function describeTaskDefinition({ arn, value }: Stored<"taskDefinition">): sdk.TaskDefinition {
  const { family, revision, status, registered, deregisteredAt, deleteRequestedAt } = value;
  return {
    ...registered,
    taskDefinitionArn: arn,
    family,
    revision,
    ...(status === "DAEMON" ? {} : { status }),
    requiresAttributes: [...value.requiresAttributes],
    compatibilities: [...value.compatibilities],
    registeredAt: new Date(value.registeredAt),
    registeredBy: value.registeredBy,
    ...(deregisteredAt === undefined ? {} : { deregisteredAt: new Date(deregisteredAt) }),
    ...(deleteRequestedAt === undefined ? {} : { deleteRequestedAt: new Date(deleteRequestedAt) }),
  };
}
