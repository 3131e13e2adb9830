import { daemonArn, type Place, parseArn } from "@hatoba/contract";
import { clusterFrom } from "../ecs/identifiers.ts";
import type { OperationName } from "../ecs/operation.ts";
import { passRoles } from "./pass-role.ts";
import { everywhere, type Input, type RightsOf, type Scope, textIn, textsIn } from "./right.ts";

/** What the rights on daemons lean on of those on everything else in ECS. */
interface Tagging {
  /** The right to tag what is made, if it is made with tags. */
  readonly taggingOf: (createAction: OperationName, resourceOf: () => string) => RightsOf;
}

const flag = (input: Input, member: string): string => String(input[member] === true);

/** What a daemon is made of, and made new with. */
function wishKeys(input: Input, clusterArn: string | undefined) {
  const providers = textsIn(input, "capacityProviderArns");
  return {
    "ecs:cluster": clusterArn,
    "ecs:task-definition": textIn(input, "daemonTaskDefinitionArn"),
    "ecs:capacity-provider": providers.length === 0 ? undefined : providers,
    "ecs:enable-execute-command": flag(input, "enableExecuteCommand"),
    "ecs:enable-ecs-managed-tags": flag(input, "enableECSManagedTags"),
    "ecs:propagate-tags": textIn(input, "propagateTags"),
  };
}

/** The cluster that an ARN as `…:daemon/CLUSTER/NAME` or `…:daemon-revision/CLUSTER/NAME/ID` names. */
const clusterOfArn = (arn: string, place: Place): string | undefined => {
  const [, cluster] = /^daemon[a-z-]*\/([^/]+)\//.exec(parseArn(arn)?.resource ?? "") ?? [];
  return cluster === undefined ? undefined : clusterFrom(cluster, place).arn;
};

/** Each of the ARNs that a member names, with its cluster. */
const each =
  (member: string): RightsOf =>
  (input, { place }) => {
    const one = textIn(input, member);
    return (one === undefined ? textsIn(input, member) : [one]).map((resource) => ({
      resource,
      keys: { "ecs:cluster": clusterOfArn(resource, place) },
    }));
  };

const familyArn = (family: string, { region, accountId }: Place): string =>
  `arn:aws:ecs:${region}:${accountId}:daemon-task-definition/${family.includes(":") ? family : `${family}:*`}`;

/** A family alone stands for whichever of its revisions is the newest. */
const definition: RightsOf = (input, { place }) => {
  const named = textIn(input, "daemonTaskDefinition");
  if (named === undefined) return [everywhere];
  return [{ resource: named.startsWith("arn:") ? named : familyArn(named, place) }];
};

/** What calls on daemons need. Source: Service Authorization Reference, "Amazon ECS"; ECS API reference. */
export const daemonRights = ({ taggingOf }: Tagging) =>
  ({
    CreateDaemon(input: Input, scope: Scope) {
      const cluster = clusterFrom(textIn(input, "clusterArn"), scope.place);
      const resource = daemonArn(scope.place, cluster.name, textIn(input, "daemonName") ?? "*");
      return [
        { resource, keys: wishKeys(input, cluster.arn) },
        ...taggingOf("CreateDaemon", () => resource)(input, scope),
      ];
    },
    DeleteDaemon: each("daemonArn"),
    DeleteDaemonTaskDefinition: definition,
    DescribeDaemon: each("daemonArn"),
    DescribeDaemonDeployments: each("daemonDeploymentArns"),
    DescribeDaemonRevisions: each("daemonRevisionArns"),
    DescribeDaemonTaskDefinition: definition,
    ListDaemonDeployments: each("daemonArn"),
    ListDaemons: (input: Input, { place }: Scope) => [
      { ...everywhere, keys: { "ecs:cluster": clusterFrom(textIn(input, "clusterArn"), place).arn } },
    ],
    RegisterDaemonTaskDefinition(input: Input, scope: Scope) {
      const resource = familyArn(textIn(input, "family") ?? "*", scope.place);
      return [
        { resource },
        ...taggingOf("RegisterDaemonTaskDefinition", () => resource)(input, scope),
        ...passRoles(input, scope),
      ];
    },
    UpdateDaemon: (input: Input, scope: Scope) =>
      each("daemonArn")(input, scope).map((right) => ({
        ...right,
        keys: wishKeys(input, clusterOfArn(right.resource, scope.place)),
      })),
  }) satisfies Partial<Record<OperationName, RightsOf>>;
