import { capacityProviderArn, lastSegment, type Place } from "@hatoba/contract";
import {
  clusterFrom,
  containerInstanceFrom,
  type Named,
  serviceFrom,
  taskDefinitionFrom,
  taskFrom,
} from "../ecs/identifiers.ts";
import { newestActive } from "../ecs/require.ts";
import { type Input, type Right, type RightsOf, type Scope, textIn, textsIn } from "./right.ts";

/** Condition keys and their values. */
export type Keys = NonNullable<Right["keys"]>;

/** The cluster of a call. @throws EcsError InvalidParameterException for what is no cluster's name */
export const clusterOf = (input: Input, { place }: Scope): Named => clusterFrom(textIn(input, "cluster"), place);

/** The cluster of a call as a condition key. */
export const inCluster = (input: Input, scope: Scope): Keys => ({ "ecs:cluster": clusterOf(input, scope).arn });

/** The call's own action on its cluster. */
export const aCluster: RightsOf = (input, scope) => [{ resource: clusterOf(input, scope).arn }];

/** Each of what a member names, one or several, with the cluster as a condition key. */
const each =
  (member: string, read: (identifier: string, cluster: Named, place: Place) => Named): RightsOf =>
  (input, scope) => {
    const one = textIn(input, member);
    const named = one === undefined ? textsIn(input, member) : [one];
    const keys = inCluster(input, scope);
    const cluster = clusterOf(input, scope);
    return named.map((identifier) => ({ resource: read(identifier, cluster, scope.place).arn, keys }));
  };

/** Rights on the services that a member names. */
export const services = (member: string): RightsOf => each(member, serviceFrom);
/** Rights on the tasks that a member names. */
export const tasks = (member: string): RightsOf => each(member, taskFrom);
/** Rights on the container instances that a member names. */
export const instances = (member: string): RightsOf => each(member, containerInstanceFrom);

/** Everything of a type in the call's cluster, as `…:task/CLUSTER/*`. */
export const below =
  (type: string) =>
  (input: Input, scope: Scope): string =>
    `arn:aws:ecs:${scope.place.region}:${scope.place.accountId}:${type}/${clusterOf(input, scope).name}/*`;

/** All revisions of a family. */
export const anyRevision = (family: string, { region, accountId }: Place): string =>
  `arn:aws:ecs:${region}:${accountId}:task-definition/${family}:*`;

/** The revision that a call names, or means by a family alone. */
export function taskDefinitionOf(input: Input, { place, snapshot }: Scope): string | undefined {
  const identifier = textIn(input, "taskDefinition");
  if (identifier === undefined) return undefined;
  const named = taskDefinitionFrom(identifier, place);
  return named.arn ?? newestActive(snapshot, named.family, place)?.arn ?? anyRevision(named.family, place);
}

/** Capacity providers as a condition key, which has their ARNs however a call names them; undefined for none. */
export const providerKey = (named: readonly string[], { place }: Scope): readonly string[] | undefined =>
  named.length === 0 ? undefined : named.map((each) => capacityProviderArn(place, lastSegment(each)));
