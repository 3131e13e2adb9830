import { type Place, taskDefinitionArn } from "@hatoba/contract";
import type { Snapshot, Stored } from "../../store/store.ts";
import { EcsError } from "./api-error.ts";
import { clusterFrom, type Named, taskDefinitionFrom } from "./identifiers.ts";

/** A cluster that is there, with the two ways to name it. */
export type FoundCluster = Named & { readonly stored: Stored<"cluster"> };

/**
 * The ACTIVE cluster that a call names, by name or ARN, or the one called `default`.
 * @throws EcsError ClusterNotFoundException if it is not there or INACTIVE, InvalidParameterException for a bad identifier.
 */
export function requireCluster(snapshot: Snapshot, identifier: string | undefined, place: Place): FoundCluster {
  const named = clusterFrom(identifier, place);
  const stored = snapshot.get("cluster", named.arn);
  if (stored === undefined) throw new EcsError("ClusterNotFoundException", "Cluster not found.");
  if (stored.value.status !== "ACTIVE") {
    throw new EcsError("ClusterNotFoundException", "The referenced cluster was inactive.");
  }
  return { ...named, stored };
}

/** A member that the call cannot do without; an empty text counts as missing. `name` is how the message calls it. */
export function requireParameter<T>(value: T | undefined | null, name: string): T {
  if (value === undefined || value === null || value === "") {
    throw new EcsError("InvalidParameterException", `${name} can not be blank.`);
  }
  return value;
}

/** A list that the call cannot do without, `limit` entries at the most. `name` as in `Tasks`. */
export function requireList<T>(list: readonly T[] | undefined, name: string, limit: number): readonly T[] {
  if (list === undefined || list.length === 0) {
    throw new EcsError("InvalidParameterException", `${name} cannot be empty.`);
  }
  if (list.length > limit) {
    throw new EcsError("InvalidParameterException", `${name} cannot have more than ${limit} elements.`);
  }
  return list;
}

/** The newest ACTIVE revision of a family: going down from the last number given out, where it nearly always is. */
export function newestActive(snapshot: Snapshot, family: string, place: Place): Stored<"taskDefinition"> | undefined {
  const last = snapshot.get("taskDefinitionFamily", familyKey(family))?.value.lastRevision ?? 0;
  for (let revision = last; revision > 0; revision--) {
    const stored = snapshot.get("taskDefinition", taskDefinitionArn(place, family, revision));
    if (stored?.value.status === "ACTIVE") return stored;
  }
  return undefined;
}

/** The key under which a family's last revision number is stored. */
export const familyKey = (family: string): string => `family/${family}`;
/** The same for a family of daemon task definitions. */
export const daemonFamilyKey = (family: string): string => `daemon-family/${family}`;

/**
 * The ACTIVE task definition that a call names: a revision, or a family's newest ACTIVE one.
 * @throws EcsError ClientException `TaskDefinition not found.` or `TaskDefinition is inactive`.
 */
export function requireTaskDefinition(snapshot: Snapshot, identifier: string, place: Place): Stored<"taskDefinition"> {
  const named = taskDefinitionFrom(identifier, place);
  const stored =
    named.arn === undefined ? newestActive(snapshot, named.family, place) : snapshot.get("taskDefinition", named.arn);
  if (stored === undefined) throw new EcsError("ClientException", "TaskDefinition not found.");
  if (stored.value.status !== "ACTIVE") throw new EcsError("ClientException", "TaskDefinition is inactive");
  return stored;
}
