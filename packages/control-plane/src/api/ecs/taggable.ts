import type { Tag } from "@aws-sdk/client-ecs";
import { type ArnParts, type Place, parseArn } from "@hatoba/contract";
import type { Snapshot, Stored, Write } from "../../store/store.ts";
import { EcsError } from "./api-error.ts";
import { missingProvider } from "./capacity-providers/find-capacity-provider.ts";

const taggableKinds = {
  cluster: "cluster",
  "task-definition": "taskDefinition",
  service: "service",
  "task-set": "taskSet",
  task: "task",
  "container-instance": "containerInstance",
  "capacity-provider": "capacityProvider",
  daemon: "daemon",
  "daemon-task-definition": "taskDefinition",
} as const;
type TaggableKind = (typeof taggableKinds)[keyof typeof taggableKinds];

/** A resource that can have tags, as stored. */
export type Taggable = Stored<TaggableKind>;

const invalid = (message: string) => new EcsError("InvalidParameterException", message);

/**
 * The resource under an ARN. @throws EcsError ClusterNotFoundException, ServiceNotFoundException, ClientException or
 * ResourceNotFoundException if it is not there, InvalidParameterException for what is no ARN of a resource with tags.
 */
export function requireTaggable(snapshot: Snapshot, arn: string | undefined, place: Place): Taggable {
  const parts = parseArn(arn ?? "");
  if (arn === undefined || parts?.service !== "ecs") throw invalid("The ARN provided is invalid.");
  if (parts.accountId !== place.accountId || parts.region !== place.region) {
    throw invalid(`Invalid identifier: Identifier is for ${parts.accountId} in ${parts.region}.`);
  }
  const kind = kindOf(parts);
  const stored = snapshot.get(kind, arn);
  if (stored === undefined) throw missing(kind);
  refuseInactive(stored);
  return stored;
}

function kindOf({ resource }: ArnParts): TaggableKind {
  const [type = "", ...segments] = resource.split("/");
  const known = Object.entries(taggableKinds).find(([name]) => name === type);
  if (known === undefined || segments.length === 0) throw invalid("The ARN provided is invalid.");
  const [, kind] = known;
  const isLong =
    kind === "cluster" ||
    kind === "taskDefinition" ||
    kind === "capacityProvider" ||
    segments.length === (kind === "taskSet" ? 4 : 2);
  // Source of the text: turbot/steampipe-plugin-aws 1247.
  if (!isLong) throw invalid("Long arn format must be used for tagging operations");
  return kind;
}

function missing(kind: TaggableKind): EcsError {
  switch (kind) {
    case "cluster":
      return new EcsError("ClusterNotFoundException", "Cluster not found.");
    case "service":
      return new EcsError("ServiceNotFoundException", "Service not found.");
    case "taskDefinition":
      return new EcsError("ClientException", "The specified task definition does not exist.");
    case "task":
      return invalid("The specified task was not found.");
    case "containerInstance":
      return invalid("The specified container instance was not found.");
    case "taskSet":
      return new EcsError("InvalidParameterException", "The specified task set was not found.");
    case "daemon":
      return new EcsError("DaemonNotFoundException", "The specified daemon was not found.");
    case "capacityProvider":
      return new EcsError("ClientException", missingProvider);
  }
}

// Source of the text: gruntwork-io/cloud-nuke 145. A stopped task and an INACTIVE task definition can still have tags.
function refuseInactive({ kind, value }: Taggable): void {
  if (!("status" in value) || value.status !== "INACTIVE" || kind === "taskDefinition") return;
  const word = words[kind] ?? kind;
  throw invalid(`The specified ${word} is inactive. Specify an active ${word} and try again.`);
}

const words: Partial<Record<TaggableKind, string>> = {
  containerInstance: "container instance",
  capacityProvider: "capacity provider",
};

/** The write that gives a resource other tags. */
export const writeTags = ({ kind, arn, revision, value }: Taggable, tags: readonly Tag[]): Write =>
  ({ kind, arn, expected: revision, value: { ...value, tags } }) as Write;
