import { daemonArn, type Place, parseArn } from "@hatoba/contract";
import { clusterFrom } from "../ecs/identifiers.ts";
import type { OperationName } from "../ecs/operation.ts";
import { providerKey } from "./named-in-ecs.ts";
import { passRoles } from "./pass-role.ts";
import {
  everywhere,
  type Input,
  type Right,
  type RightsOf,
  type Scope,
  structuresIn,
  textIn,
  textsIn,
} from "./right.ts";
import { taggingOf } from "./tagging.ts";

const flag = (input: Input, member: string): string => String(input[member] === true);

/** The revision that a daemon is to run. */
const registeredOf = (input: Input, { snapshot }: Scope) =>
  snapshot.get("taskDefinition", textIn(input, "daemonTaskDefinitionArn") ?? "")?.value.registered;

/** What a daemon is made of, and made new with. */
function wishKeys(input: Input, scope: Scope, clusterArn: string | undefined) {
  const { cpu, memory } = registeredOf(input, scope) ?? {};
  return {
    "ecs:cluster": clusterArn,
    "ecs:daemon-task-definition": textIn(input, "daemonTaskDefinitionArn"),
    "ecs:task-cpu": cpu,
    "ecs:task-memory": memory,
    "ecs:capacity-provider": providerKey(textsIn(input, "capacityProviderArns"), scope),
    "ecs:enable-execute-command": flag(input, "enableExecuteCommand"),
    "ecs:enable-ecs-managed-tags": flag(input, "enableECSManagedTags"),
    "ecs:propagate-tags": textIn(input, "propagateTags"),
  };
}

/** The daemon, and its cluster, of an ARN as `…:daemon/CLUSTER/NAME` or `…:daemon-revision/CLUSTER/NAME/ID`. */
function daemonOfArn(arn: string, place: Place): { readonly cluster?: string; readonly daemon?: string } {
  const [, cluster, name] = /^daemon[a-z-]*\/([^/]+)\/([^/]+)/.exec(parseArn(arn)?.resource ?? "") ?? [];
  if (cluster === undefined || name === undefined) return {};
  return { cluster: clusterFrom(cluster, place).arn, daemon: daemonArn(place, cluster, name) };
}

/** The daemon that a member names. */
const aDaemon: RightsOf = (input, { place }) => {
  const resource = textIn(input, "daemonArn");
  return resource === undefined ? [] : [{ resource, keys: { "ecs:cluster": daemonOfArn(resource, place).cluster } }];
};

/** Each of the deployments or revisions that a member names, and the daemon of each. */
const each =
  (member: string): RightsOf =>
  (input, { place }) => {
    const rights = new Map<string, Right>();
    for (const resource of textsIn(input, member)) {
      const { cluster, daemon } = daemonOfArn(resource, place);
      if (daemon) rights.set(daemon, { resource: daemon, keys: { "ecs:cluster": cluster } });
      rights.set(resource, { resource, keys: { "ecs:cluster": cluster, "ecs:daemon": daemon } });
    }
    return [...rights.values()];
  };

const familyArn = (family: string, { region, accountId }: Place): string =>
  `arn:aws:ecs:${region}:${accountId}:daemon-task-definition/${family.includes(":") ? family : `${family}:*`}`;

/** A family alone stands for whichever of its revisions is the newest. */
const definition: RightsOf = (input, { place }) => {
  const named = textIn(input, "daemonTaskDefinition");
  if (named === undefined) return [everywhere];
  return [{ resource: named.startsWith("arn:") ? named : familyArn(named, place) }];
};

/** What calls on daemons need. Source: Service Authorization Reference, "Amazon Elastic Container Service". */
export const daemonRights = {
  CreateDaemon(input, scope) {
    const cluster = clusterFrom(textIn(input, "clusterArn"), scope.place);
    const resource = daemonArn(scope.place, cluster.name, textIn(input, "daemonName") ?? "*");
    return [
      { resource, keys: wishKeys(input, scope, cluster.arn) },
      ...taggingOf("CreateDaemon", () => resource)(input, scope),
      ...passRoles(registeredOf(input, scope) ?? {}, scope),
    ];
  },
  DeleteDaemon: aDaemon,
  DeleteDaemonTaskDefinition: definition,
  DescribeDaemon: aDaemon,
  DescribeDaemonDeployments: each("daemonDeploymentArns"),
  DescribeDaemonRevisions: each("daemonRevisionArns"),
  DescribeDaemonTaskDefinition: definition,
  ListDaemonDeployments: aDaemon,
  ListDaemonTaskDefinitions: () => [everywhere],
  ListDaemons: (input, { place }) => [
    { ...everywhere, keys: { "ecs:cluster": clusterFrom(textIn(input, "clusterArn"), place).arn } },
  ],
  RegisterDaemonTaskDefinition(input, scope) {
    const resource = familyArn(textIn(input, "family") ?? "*", scope.place);
    const keys = {
      "ecs:privileged": String(structuresIn(input, "containerDefinitions").some((each) => each.privileged === true)),
      "ecs:task-cpu": textIn(input, "cpu"),
      "ecs:task-memory": textIn(input, "memory"),
    };
    return [
      { resource, keys },
      ...taggingOf("RegisterDaemonTaskDefinition", () => resource)(input, scope),
      ...passRoles(input, scope),
    ];
  },
  UpdateDaemon: (input, scope) => [
    ...aDaemon(input, scope).map((right) => ({
      ...right,
      keys: wishKeys(input, scope, daemonOfArn(right.resource, scope.place).cluster),
    })),
    ...passRoles(registeredOf(input, scope) ?? {}, scope),
  ],
} satisfies Partial<Record<OperationName, RightsOf>>;
