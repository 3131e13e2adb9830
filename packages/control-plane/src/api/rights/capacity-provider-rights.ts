import { capacityProviderArn, lastSegment } from "@hatoba/contract";
import type { OperationName } from "../ecs/operation.ts";
import { aCluster, type Keys, providerKey } from "./named-in-ecs.ts";
import { passInfrastructureRoles } from "./pass-role.ts";
import { type Input, type Right, type RightsOf, type Scope, structureIn, textIn, textsIn } from "./right.ts";
import { taggingOf } from "./tagging.ts";

type Naming = "name" | "capacityProvider";

const providerOf =
  (member: Naming) =>
  (input: Input, { place }: Scope) =>
    capacityProviderArn(place, lastSegment(textIn(input, member) ?? "*"));

/** One that lives in a cluster changes what that has, which takes a right of its own. */
const inItsCluster = (member: Naming, input: Input, scope: Scope): readonly Right[] =>
  textIn(input, "cluster") === undefined
    ? []
    : aCluster(input, scope).map(({ resource }) => ({
        action: "ecs:PutClusterCapacityProviders",
        resource,
        keys: { "ecs:capacity-provider": providerKey([textIn(input, member) ?? "*"], scope) },
      }));

function wishKeys(input: Input): Keys {
  const managed = structureIn(input, "managedInstancesProvider");
  const { instanceMetadataTagsPropagation: propagation } = structureIn(managed, "instanceLaunchTemplate");
  return {
    "ecs:propagate-tags": textIn(managed, "propagateTags"),
    "ecs:instance-metadata-tags-propagation": typeof propagation === "boolean" ? String(propagation) : undefined,
  };
}

/** The role that ECS starts instances with. */
const passed = (input: Input, scope: Scope): readonly Right[] =>
  passInfrastructureRoles([textIn(structureIn(input, "managedInstancesProvider"), "infrastructureRoleArn")], scope);

/**
 * What calls on capacity providers need; without names all are described.
 * Source: Service Authorization Reference, "Actions, resources, and condition keys for Amazon Elastic Container Service".
 */
export const capacityProviderRights = {
  CreateCapacityProvider: (input, scope) => [
    { resource: providerOf("name")(input, scope), keys: wishKeys(input) },
    ...inItsCluster("name", input, scope),
    ...taggingOf("CreateCapacityProvider", providerOf("name"))(input, scope),
    ...passed(input, scope),
  ],
  DeleteCapacityProvider: (input, scope) => [
    { resource: providerOf("capacityProvider")(input, scope) },
    ...inItsCluster("capacityProvider", input, scope),
  ],
  DescribeCapacityProviders: (input, { place }) => {
    const named = textsIn(input, "capacityProviders");
    return (named.length === 0 ? ["*"] : named).map((each) => ({
      resource: capacityProviderArn(place, lastSegment(each)),
    }));
  },
  PutClusterCapacityProviders: (input, scope) =>
    aCluster(input, scope).map((right) => ({
      ...right,
      keys: { "ecs:capacity-provider": providerKey(textsIn(input, "capacityProviders"), scope) },
    })),
  UpdateCapacityProvider: (input, scope) => [
    { resource: providerOf("name")(input, scope), keys: wishKeys(input) },
    ...inItsCluster("name", input, scope),
    ...passed(input, scope),
  ],
} satisfies Partial<Record<OperationName, RightsOf>>;
