import type { Attribute } from "@aws-sdk/client-ecs";
import type { Place } from "@hatoba/contract";
import type { Snapshot, Stored, Write } from "../../../store/store.ts";
import { EcsError } from "../api-error.ts";
import type { FoundCluster } from "../require.ts";
import { findContainerInstance } from "./find-container-instance.ts";

/**
 * The container instance that an attribute of a call belongs to, by id or ARN.
 * @throws EcsError TargetNotFoundException. Source: ECS API reference, PutAttributes.
 */
function requireTarget(
  { targetId, targetType }: Attribute,
  snapshot: Snapshot,
  cluster: FoundCluster,
  place: Place,
): Stored<"containerInstance"> {
  if (!targetId) throw new EcsError("InvalidParameterException", "targetId can not be blank.");
  const known = targetType === undefined || targetType === "container-instance";
  const stored = known ? findContainerInstance(snapshot, targetId, cluster, place) : undefined;
  if (stored !== undefined && stored.value.status !== "INACTIVE") return stored;
  throw new EcsError("TargetNotFoundException", `Could not find ${targetId}`);
}

/**
 * Changes attributes of container instances, one write each, however many attributes of it the call has.
 * `change` gets an instance's attributes and those of the call that are meant for it.
 */
export function changeAttributes(
  attributes: readonly Attribute[],
  { snapshot, cluster, place }: { readonly snapshot: Snapshot; readonly cluster: FoundCluster; readonly place: Place },
  change: (before: readonly Attribute[], named: readonly Attribute[]) => readonly Attribute[],
): readonly Write[] {
  const targets = attributes.map((attribute) => ({
    attribute,
    stored: requireTarget(attribute, snapshot, cluster, place),
  }));
  const groups = Map.groupBy(targets, ({ stored }) => stored.arn);
  return [...groups.values()].flatMap(([first, ...more]) => {
    if (first === undefined) return [];
    const { kind, arn, revision, value } = first.stored;
    const named = [first, ...more].map(({ attribute }) => attribute);
    return [{ kind, arn, expected: revision, value: { ...value, attributes: change(value.attributes, named) } }];
  });
}
