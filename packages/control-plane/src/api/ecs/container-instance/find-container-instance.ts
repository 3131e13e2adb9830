import type * as sdk from "@aws-sdk/client-ecs";
import type { Place } from "@hatoba/contract";
import type { Snapshot, Stored } from "../../../store/store.ts";
import { EcsError } from "../api-error.ts";
import { containerInstanceFrom } from "../identifiers.ts";
import type { FoundCluster } from "../require.ts";

/** A container instance that callers may see, by id or ARN; Fargate's own capacity is invisible. */
export function findContainerInstance(
  snapshot: Snapshot,
  identifier: string,
  cluster: FoundCluster,
  place: Place,
): Stored<"containerInstance"> | undefined {
  const stored = snapshot.get("containerInstance", containerInstanceFrom(identifier, cluster, place).arn);
  return stored?.value.capacity === "FARGATE" ? undefined : stored;
}

/**
 * A container instance of any capacity, as its own agent may name it too.
 * @throws EcsError InvalidParameterException if it is not there.
 */
export function requireContainerInstance(
  snapshot: Snapshot,
  identifier: string,
  cluster: FoundCluster,
  place: Place,
): Stored<"containerInstance"> {
  const stored = snapshot.get("containerInstance", containerInstanceFrom(identifier, cluster, place).arn);
  if (stored !== undefined) return stored;
  throw new EcsError("InvalidParameterException", "The referenced container instance was not found.");
}

/**
 * The container instances that a call names, each once. They need not exist.
 * @throws EcsError ClientException without any, InvalidParameterException above the limit.
 */
export function namedContainerInstances(
  identifiers: readonly string[] | undefined,
  { cluster, place, limit }: { readonly cluster: FoundCluster; readonly place: Place; readonly limit: number },
): readonly string[] {
  if (!identifiers?.length) throw new EcsError("ClientException", "Container Instances cannot be empty.");
  if (identifiers.length > limit) {
    throw new EcsError("InvalidParameterException", `Container Instances cannot have more than ${limit} elements.`);
  }
  return [...new Set(identifiers.map((identifier) => containerInstanceFrom(identifier, cluster, place).arn))];
}

/** The entry of `failures` for one that is not there. */
export const missingInstance = (arn: string): sdk.Failure => ({ arn, reason: "MISSING" });
