import {
  clusterArn,
  containerInstanceArn,
  type Place,
  parseArn,
  serviceArn,
  taskArn,
  taskDefinitionArn,
} from "@hatoba/contract";
import { EcsError } from "./api-error.ts";
import { isName, requireName } from "./names.ts";

/** What a caller named: the name or id, and the full ARN under which the store would have it. */
export interface Named {
  readonly name: string;
  readonly arn: string;
}

const invalid = (message: string) => new EcsError("InvalidParameterException", message);

/** The segments behind `arn:aws:ecs:REGION:ACCOUNT:`, the first of which has to be `type`. */
function segmentsOf(arn: string, type: string, place: Place): readonly string[] {
  const parts = parseArn(arn);
  if (parts === undefined || parts.service !== "ecs")
    throw invalid("Invalid identifier: Unexpected number of separators");
  if (parts.accountId !== place.accountId) {
    throw invalid(`Invalid identifier: Identifier is for ${parts.accountId}. Your accountId is ${place.accountId}`);
  }
  if (parts.region !== place.region) {
    throw invalid(`Invalid identifier: Identifier is for ${parts.region}. Your region is ${place.region}`);
  }
  const [kind, ...segments] = parts.resource.split("/");
  if (kind !== type) throw invalid(`Invalid identifier: Identifier is for ${kind}. Expected ${type}`);
  return segments;
}

const isArn = (text: string) => text.startsWith("arn:");

/**
 * The cluster that a call names, by name or ARN; `default` if it names none. It need not exist.
 * @throws EcsError InvalidParameterException for another account's or region's ARN and for what is no name.
 */
export function clusterFrom(identifier: string | undefined, place: Place): Named {
  if (identifier === undefined || identifier === "") return { name: "default", arn: clusterArn(place, "default") };
  if (!isArn(identifier)) return { name: requireName(identifier, "Cluster"), arn: clusterArn(place, identifier) };
  const [name, ...more] = segmentsOf(identifier, "cluster", place);
  if (name === undefined || more.length > 0) throw invalid("Invalid identifier: Unexpected number of separators");
  return { name: requireName(name, "Cluster"), arn: clusterArn(place, name) };
}

/**
 * A resource inside a cluster, by its bare id, `TYPE/ID`, long ARN with the cluster in it, or short ARN without.
 * A long ARN has to name the cluster of the call.
 */
function insideCluster(
  identifier: string,
  cluster: Named,
  place: Place,
  { type, check }: { readonly type: string; readonly check: (id: string) => string },
): string {
  if (!isArn(identifier)) {
    const segments = identifier.split("/");
    if (segments.length === 1) return check(identifier);
    const [first, ...rest] = segments;
    const id = rest.at(-1);
    if (rest.length > 2 || id === undefined) throw invalid("Invalid identifier: Unexpected number of separators");
    const named = rest.length === 2 ? rest[0] : first === type ? undefined : first;
    if (named !== undefined && named !== cluster.name) throw otherCluster(named, cluster);
    return check(id);
  }
  const segments = segmentsOf(identifier, type, place);
  const [first, second] = segments;
  if (first === undefined || segments.length > 2) throw invalid("Invalid identifier: Unexpected number of separators");
  if (second === undefined) return check(first);
  if (first !== cluster.name) throw otherCluster(first, cluster);
  return check(second);
}

// Source: the text in aws/aws-toolkit-vscode issue 2915.
const otherCluster = (named: string, cluster: Named) =>
  invalid(`Invalid identifier: Identifier is for cluster ${named}. Your cluster is ${cluster.name}`);

// Source: the text in aws/aws-cli issue 10057.
const checkId = (what: string) => (id: string) => {
  if (id.length !== 32 && id.length !== 36) throw invalid(`${what} length should be one of [32,36]`);
  if (!/^[0-9a-fA-F-]+$/.test(id)) throw invalid(`${what} Identifier is invalid`);
  return id;
};

/** A task of a cluster, by id or ARN. It need not exist. @throws EcsError InvalidParameterException. */
export function taskFrom(identifier: string, cluster: Named, place: Place): Named {
  const name = insideCluster(identifier, cluster, place, { type: "task", check: checkId("taskId") });
  return { name, arn: taskArn(place, cluster.name, name) };
}

/** A container instance of a cluster, by id or ARN. It need not exist. @throws EcsError InvalidParameterException. */
export function containerInstanceFrom(identifier: string, cluster: Named, place: Place): Named {
  const check = checkId("containerInstanceId");
  const name = insideCluster(identifier, cluster, place, { type: "container-instance", check });
  return { name, arn: containerInstanceArn(place, cluster.name, name) };
}

/** A service of a cluster, by name or ARN. It need not exist. @throws EcsError InvalidParameterException. */
export function serviceFrom(identifier: string, cluster: Named, place: Place): Named {
  const check = (name: string) => requireName(name, "Service");
  const name = insideCluster(identifier, cluster, place, { type: "service", check });
  return { name, arn: serviceArn(place, cluster.name, name) };
}

/** A task definition that a caller named: a revision and its ARN, or a family alone, which stands for its newest ACTIVE one. */
export type TaskDefinitionName =
  | { readonly family: string; readonly revision: number; readonly arn: string }
  | { readonly family: string; readonly revision?: undefined; readonly arn?: undefined };

/**
 * Reads `family`, `family:revision`, or an ARN with or without revision. It need not exist.
 * @throws EcsError InvalidParameterException for another account's or region's ARN, ClientException for what cannot be one.
 */
export function taskDefinitionFrom(identifier: string, place: Place): TaskDefinitionName {
  let text = identifier;
  if (isArn(identifier)) {
    const [name, ...more] = segmentsOf(identifier, "task-definition", place);
    if (name === undefined || more.length > 0) throw invalid("Invalid identifier: Unexpected number of separators");
    text = name;
  }
  const [family = "", revisionText, ...more] = text.split(":");
  if (more.length > 0) throw invalid("Invalid identifier: Unexpected number of separators");
  if (!isName(family)) throw new EcsError("ClientException", "Unable to describe task definition.");
  if (revisionText === undefined) return { family };
  const revision = Number(revisionText);
  if (!/^[1-9]\d*$/.test(revisionText) || revision > 2 ** 31 - 1) {
    throw invalid(`Invalid revision number. Number: ${revisionText}`);
  }
  return { family, revision, arn: taskDefinitionArn(place, family, revision) };
}
