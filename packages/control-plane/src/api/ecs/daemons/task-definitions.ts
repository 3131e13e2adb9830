import type * as sdk from "@aws-sdk/client-ecs";
import { daemonTaskDefinitionArn, type Place, parseArn } from "@hatoba/contract";
import type { TaskDefinition } from "../../../model/task-definition.ts";
import type { Snapshot, Stored } from "../../../store/store.ts";
import { EcsError } from "../api-error.ts";
import { commitPlan } from "../commit-plan.ts";
import { isName } from "../names.ts";
import type { Input, Operation } from "../operation.ts";
import { paginate, sortable } from "../pagination.ts";
import { daemonFamilyKey, requireParameter } from "../require.ts";
import { requireTags } from "../tags.ts";
import { addRevision } from "../task-definition/add-revision.ts";
import { checkTaskDefinition } from "../task-definition/check-task-definition.ts";
import { requiresAttributes } from "../task-definition/requires-attributes.ts";
import { withDefaults } from "../task-definition/with-defaults.ts";

const client = (message: string) => new EcsError("ClientException", message);

/**
 * Adds a revision to a family of daemon task definitions. What a daemon's containers are made of is checked as it is for
 * tasks. Source: ECS API reference, RegisterDaemonTaskDefinition.
 */
export const registerDaemonTaskDefinition: Operation<"RegisterDaemonTaskDefinition"> = async (
  input,
  { store, clock, caller },
) => {
  const family = requireParameter(input.family, "family");
  if (!isName(family)) throw client("Family contains invalid characters.");
  const tags = requireTags(input.tags);
  const registered = withDefaults(asTaskDefinition(input));
  const { compatibilities, containers } = checkTaskDefinition(registered);
  const { family: _family, tags: _tags, ...original } = input;
  const { arn } = await addRevision(store, caller, {
    family,
    status: "DAEMON",
    registered,
    daemon: { status: "ACTIVE", registered: original },
    compatibilities,
    requiresAttributes: requiresAttributes(registered, containers),
    registeredBy: caller.arn,
    registeredAt: clock.now(),
    tags,
  });
  return { daemonTaskDefinitionArn: arn };
};

/**
 * What a daemon's task is to the agent: an EC2 task on the bridge. `shared` joins the host's namespaces.
 * @throws EcsError UnsupportedFeatureException for volumes of other tasks' logs
 */
function asTaskDefinition(input: Input<"RegisterDaemonTaskDefinition">): sdk.RegisterTaskDefinitionRequest {
  const { family, containerDefinitions, volumes = [], pidMode, ipcMode, tags: _tags, ...rest } = input;
  if (volumes.some(({ logDriverVolumeConfiguration }) => logDriverVolumeConfiguration !== undefined)) {
    throw new EcsError(
      "UnsupportedFeatureException",
      "Hatoba does not have log driver volumes; see docs/compatibility.md.",
    );
  }
  return {
    ...rest,
    family,
    containerDefinitions: requireParameter(containerDefinitions, "containerDefinitions"),
    volumes: volumes.map(({ name, host }) => ({ name, host })),
    networkMode: "bridge",
    requiresCompatibilities: ["EC2"],
    ...(pidMode === "shared" ? { pidMode: "host" } : {}),
    ...(ipcMode === "shared" ? { ipcMode: "host" } : {}),
  };
}

/** One revision, or a family's newest ACTIVE one. Source: ECS API reference, DescribeDaemonTaskDefinition. */
export const describeDaemonTaskDefinition: Operation<"DescribeDaemonTaskDefinition"> = async (
  input,
  { store, caller },
) => {
  const named = requireParameter(input.daemonTaskDefinition, "daemonTaskDefinition");
  const { arn, value } = requireDaemonTaskDefinition(store.snapshot(), named, caller);
  const { family, revision, daemon, registeredAt, registeredBy, deleteRequestedAt } = value;
  return {
    daemonTaskDefinition: {
      ...daemon?.registered,
      daemonTaskDefinitionArn: arn,
      family,
      revision,
      ...(daemon === undefined ? {} : { status: daemon.status }),
      registeredAt: new Date(registeredAt),
      registeredBy,
      ...(deleteRequestedAt === undefined ? {} : { deleteRequestedAt: new Date(deleteRequestedAt) }),
    },
  };
};

/** In the order of family and revision. Source: ECS API reference, ListDaemonTaskDefinitions. */
export const listDaemonTaskDefinitions: Operation<"ListDaemonTaskDefinitions"> = async (input, { store }) => {
  const { family, familyPrefix, revision, status = "ACTIVE", sort, maxResults, nextToken } = input;
  const found = store
    .snapshot()
    .list("taskDefinition", { status: "DAEMON", ...(family === undefined ? {} : { family }) })
    .filter(({ value }) => status === "ALL" || value.daemon?.status === status)
    .filter(({ value }) => value.family.startsWith(familyPrefix ?? ""));
  const last = new Map(found.map(({ value }) => [value.family, 0]));
  for (const { value } of found) last.set(value.family, Math.max(last.get(value.family) ?? 0, value.revision));
  const wanted =
    revision === "LAST_REGISTERED" ? found.filter(({ value }) => last.get(value.family) === value.revision) : found;
  const page = paginate(wanted, {
    maxResults,
    nextToken,
    pageSize: 100,
    listing: `ListDaemonTaskDefinitions ${family ?? ""} ${familyPrefix ?? ""} ${status} ${revision ?? ""} ${sort ?? ""}`,
    keyOf: ({ value }) => `${value.family} ${sortable(value.revision)}`,
    descending: sort === "DESC",
  });
  return {
    daemonTaskDefinitions: page.items.map(({ arn, value }) => ({
      arn,
      registeredAt: new Date(value.registeredAt),
      registeredBy: value.registeredBy,
      ...(value.daemon === undefined ? {} : { status: value.daemon.status }),
      ...(value.deleteRequestedAt === undefined ? {} : { deleteRequestedAt: new Date(value.deleteRequestedAt) }),
    })),
    ...(page.nextToken === undefined ? {} : { nextToken: page.nextToken }),
  };
};

/** Daemons that have it run on; it goes when none is left. Source: ECS API reference, DeleteDaemonTaskDefinition. */
export const deleteDaemonTaskDefinition: Operation<"DeleteDaemonTaskDefinition"> = async (
  input,
  { store, clock, caller },
) => {
  const named = requireParameter(input.daemonTaskDefinition, "daemonTaskDefinition");
  if (!named.includes(":")) throw client("Specify the revision of the daemon task definition.");
  return commitPlan(store, (snapshot) => {
    const { arn, revision, value } = requireDaemonTaskDefinition(snapshot, named, caller);
    if (value.daemon?.status !== "ACTIVE") throw client("The specified daemon task definition is not active.");
    const next: TaskDefinition = {
      ...value,
      daemon: { ...value.daemon, status: "DELETE_IN_PROGRESS" },
      deleteRequestedAt: clock.now(),
    };
    return {
      writes: [{ kind: "taskDefinition", arn, expected: revision, value: next }],
      result: { daemonTaskDefinitionArn: arn },
    };
  });
};

/** @throws EcsError ClientException if it is not there */
export function requireDaemonTaskDefinition(snapshot: Snapshot, named: string, place: Place): Stored<"taskDefinition"> {
  const resource = named.startsWith("arn:") ? (parseArn(named)?.resource ?? "") : `daemon-task-definition/${named}`;
  const [, family = "", revision] = /^daemon-task-definition\/([^:]+)(?::(\d+))?$/.exec(resource) ?? [];
  const get = (number: number) => snapshot.get("taskDefinition", daemonTaskDefinitionArn(place, family, number));
  const found = revision === undefined ? newestActive(snapshot, family, get) : get(Number(revision));
  if (found === undefined) throw client("The specified daemon task definition was not found.");
  return found;
}

function newestActive(
  snapshot: Snapshot,
  family: string,
  get: (revision: number) => Stored<"taskDefinition"> | undefined,
): Stored<"taskDefinition"> | undefined {
  const last = snapshot.get("taskDefinitionFamily", daemonFamilyKey(family))?.value.lastRevision ?? 0;
  for (let revision = last; revision > 0; revision--) {
    const stored = get(revision);
    if (stored?.value.daemon?.status === "ACTIVE") return stored;
  }
  return undefined;
}
