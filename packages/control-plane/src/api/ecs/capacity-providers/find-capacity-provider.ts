import { capacityProviderArn, lastSegment, type Place } from "@hatoba/contract";
import type { Snapshot, Stored } from "../../../store/store.ts";
import { EcsError } from "../api-error.ts";
import { fargateProviders } from "./describe-capacity-provider.ts";

/** Whether a name is one of the providers that are always there. */
export const isFargateProvider = (name: string): name is (typeof fargateProviders)[number] =>
  fargateProviders.some((known) => known === name);

/** An ACTIVE provider that somebody made, by name or ARN. */
export function findCapacityProvider(
  snapshot: Snapshot,
  nameOrArn: string,
  place: Place,
): Stored<"capacityProvider"> | undefined {
  const stored = snapshot.get("capacityProvider", capacityProviderArn(place, lastSegment(nameOrArn)));
  return stored?.value.status === "ACTIVE" ? stored : undefined;
}

/** @throws EcsError ClientException. Source of the text: aws/aws-cdk 17321 and others that quote it. */
export function requireCapacityProvider(
  snapshot: Snapshot,
  nameOrArn: string,
  place: Place,
): Stored<"capacityProvider"> {
  const stored = findCapacityProvider(snapshot, nameOrArn, place);
  if (stored === undefined) throw new EcsError("ClientException", missingProvider);
  return stored;
}

export const missingProvider =
  "The specified capacity provider was not found. Specify a valid capacity provider and try again.";
