import { daemonArn, type Place } from "@hatoba/contract";
import type { Daemon, DaemonDeployment, DaemonRevision } from "../../../model/daemon.ts";
import type { IdSource } from "../../../platform/ids.ts";
import type { Snapshot, Stored, Write } from "../../../store/store.ts";
import { EcsError } from "../api-error.ts";
import { requireCapacityProvider } from "../capacity-providers/find-capacity-provider.ts";
import { commitPlan } from "../commit-plan.ts";
import { requireName } from "../names.ts";
import type { Input, Operation } from "../operation.ts";
import { requireCluster, requireList, requireParameter } from "../require.ts";
import { requireTags } from "../tags.ts";
import { requireDaemon } from "./find-daemon.ts";
import { requireDaemonTaskDefinition } from "./task-definitions.ts";

/** So many deployments of a daemon are kept. */
const deploymentsKept = 20;
const mostProviders = 20;

const invalid = (message: string) => new EcsError("InvalidParameterException", message);

/**
 * Makes a daemon with its first deployment; the daemon loop then starts its tasks. The same call once more answers what the
 * first one made. Source: ECS API reference, CreateDaemon.
 */
export const createDaemon: Operation<"CreateDaemon"> = async (input, { store, clock, ids, caller }) => {
  const daemonName = requireName(requireParameter(input.daemonName, "daemonName"), "Daemon name");
  const tags = requireTags(input.tags);
  const now = clock.now();
  return commitPlan(store, (snapshot) => {
    const cluster = requireCluster(snapshot, input.clusterArn, caller);
    const arn = daemonArn(caller, cluster.name, daemonName);
    const revision = revisionFrom(input, { snapshot, place: caller, daemon: { arn, clusterArn: cluster.arn }, now });
    const existing = snapshot.get("daemon", arn);
    if (existing !== undefined) {
      if (!isRepeated(existing, { revision, snapshot }))
        throw invalid("A daemon with this name already exists in the cluster.");
      return { writes: [], result: shown(existing) };
    }
    const { writes, revisionArn, deploymentArn } = begin(revision, { sources: [], input, ids, now });
    const value: Daemon = {
      daemonName,
      clusterArn: cluster.arn,
      status: "ACTIVE",
      revisionArn,
      deploymentArn,
      createdAt: now,
      updatedAt: now,
      tags,
    };
    return { writes: [{ kind: "daemon", arn, expected: 0, value }, ...writes], result: shown({ arn, value }) };
  });
};

/** Rolls a daemon out anew; what is not said stays as it is. Source: ECS API reference, UpdateDaemon. */
export const updateDaemon: Operation<"UpdateDaemon"> = async (input, { store, clock, ids, caller }) => {
  const now = clock.now();
  return commitPlan(store, (snapshot) => {
    const stored = requireActive(requireDaemon(snapshot, input.daemonArn, caller));
    const before = snapshot.get("daemonRevision", stored.value.revisionArn)?.value;
    const until = snapshot.get("daemonDeployment", stored.value.deploymentArn);
    const daemon = { arn: stored.arn, clusterArn: stored.value.clusterArn };
    const revision = revisionFrom({ ...before, ...withoutAbsent(input) }, { snapshot, place: caller, daemon, now });
    const sources = snapshot
      .list("daemonRevision", { daemonArn: stored.arn })
      .filter(({ arn }) => snapshot.tally("deploymentTasks", arn).running > 0)
      .toSorted((a, b) => b.value.createdAt - a.value.createdAt)
      .map(({ arn }) => arn);
    const { writes, revisionArn, deploymentArn } = begin(revision, {
      sources,
      input: { deploymentConfiguration: input.deploymentConfiguration ?? until?.value.deploymentConfiguration },
      ids,
      now,
    });
    const value: Daemon = { ...stored.value, revisionArn, deploymentArn, updatedAt: now };
    return {
      writes: [
        { kind: "daemon", arn: stored.arn, expected: stored.revision, value },
        ...writes,
        ...endOf(until, now),
        ...beyondKept(snapshot, stored.arn, sources),
      ],
      result: { ...shown({ arn: stored.arn, value }), updatedAt: new Date(now) },
    };
  });
};

/** Its tasks stop, and then it is gone. Source: ECS API reference, DeleteDaemon. */
export const deleteDaemon: Operation<"DeleteDaemon"> = async (input, { store, clock, caller }) => {
  const now = clock.now();
  return commitPlan(store, (snapshot) => {
    const stored = requireActive(requireDaemon(snapshot, input.daemonArn, caller));
    const value: Daemon = { ...stored.value, status: "DELETE_IN_PROGRESS", updatedAt: now };
    return {
      writes: [
        { kind: "daemon", arn: stored.arn, expected: stored.revision, value },
        ...endOf(snapshot.get("daemonDeployment", value.deploymentArn), now),
      ],
      result: { ...shown({ arn: stored.arn, value }), updatedAt: new Date(now) },
    };
  });
};

const shown = ({ arn, value }: Pick<Stored<"daemon">, "arn" | "value">) => ({
  daemonArn: arn,
  status: value.status,
  createdAt: new Date(value.createdAt),
  deploymentArn: value.deploymentArn,
});

/** @throws EcsError DaemonNotActiveException */
function requireActive(stored: Stored<"daemon">): Stored<"daemon"> {
  if (stored.value.status === "ACTIVE") return stored;
  throw new EcsError("DaemonNotActiveException", "The specified daemon is not active.");
}

type RevisionWish = Partial<
  Pick<
    Input<"CreateDaemon">,
    | "daemonTaskDefinitionArn"
    | "capacityProviderArns"
    | "propagateTags"
    | "enableECSManagedTags"
    | "enableExecuteCommand"
    | "critical"
  >
>;

/** What a daemon's tasks are to be made of. @throws EcsError if something of it is not there, or no daemon can have it */
function revisionFrom(
  wish: { readonly [K in keyof RevisionWish]: RevisionWish[K] | DaemonRevision[K & keyof DaemonRevision] },
  {
    snapshot,
    place,
    daemon,
    now,
  }: {
    readonly snapshot: Snapshot;
    readonly place: Place;
    readonly daemon: { readonly arn: string; readonly clusterArn: string };
    readonly now: number;
  },
): DaemonRevision {
  const named = requireParameter(wish.daemonTaskDefinitionArn, "daemonTaskDefinitionArn");
  const definition = requireDaemonTaskDefinition(snapshot, named, place);
  if (definition.value.daemon?.status !== "ACTIVE") {
    throw new EcsError("ClientException", "The specified daemon task definition is not active.");
  }
  const capacityProviderArns = requireList(wish.capacityProviderArns, "capacityProviderArns", mostProviders).map(
    (nameOrArn) => {
      const provider = requireCapacityProvider(snapshot, nameOrArn, place);
      if (provider.value.managedInstancesProvider === undefined) {
        throw invalid("Daemons are only supported for capacity providers of Amazon ECS Managed Instances.");
      }
      if (provider.value.clusterArn !== daemon.clusterArn) {
        throw invalid("The capacity provider is not associated with the cluster of the daemon.");
      }
      return provider.arn;
    },
  );
  return {
    daemonArn: daemon.arn,
    clusterArn: daemon.clusterArn,
    daemonTaskDefinitionArn: definition.arn,
    capacityProviderArns: [...new Set(capacityProviderArns)],
    containerImages: (definition.value.registered.containerDefinitions ?? []).map(({ name, image }) => ({
      containerName: name,
      image,
    })),
    propagateTags: wish.propagateTags ?? "NONE",
    enableECSManagedTags: wish.enableECSManagedTags ?? false,
    enableExecuteCommand: wish.enableExecuteCommand ?? false,
    critical: wish.critical ?? true,
    createdAt: now,
  };
}

/** The writes of a new revision and of the deployment that brings it about. */
function begin(
  revision: DaemonRevision,
  {
    sources,
    input,
    ids,
    now,
  }: {
    readonly sources: readonly string[];
    readonly input: Pick<Input<"CreateDaemon">, "deploymentConfiguration">;
    readonly ids: IdSource;
    readonly now: number;
  },
): { readonly writes: readonly Write[]; readonly revisionArn: string; readonly deploymentArn: string } {
  const { deploymentConfiguration = {} } = input;
  if (deploymentConfiguration.alarms?.enable) {
    throw new EcsError(
      "UnsupportedFeatureException",
      "Hatoba does not have deployment alarms yet; see docs/compatibility.md.",
    );
  }
  const { bakeTimeInMinutes = 0 } = deploymentConfiguration;
  if (bakeTimeInMinutes < 0 || bakeTimeInMinutes > 1440) throw invalid("bakeTimeInMinutes must be between 0 and 1440.");
  const { daemonArn: arn, clusterArn } = revision;
  const revisionArn = `${arn.replace(":daemon/", ":daemon-revision/")}/${BigInt(`0x${ids.hex(15)}`)}`;
  const deploymentArn = `${arn.replace(":daemon/", ":daemon-deployment/")}/${ids.hex(16)}`;
  const deployment: DaemonDeployment = {
    daemonArn: arn,
    clusterArn,
    status: "PENDING",
    targetRevisionArn: revisionArn,
    sourceRevisionArns: sources,
    deploymentConfiguration,
    failedTasks: 0,
    createdAt: now,
  };
  return {
    writes: [
      { kind: "daemonRevision", arn: revisionArn, expected: 0, value: revision },
      { kind: "daemonDeployment", arn: deploymentArn, expected: 0, value: deployment },
    ],
    revisionArn,
    deploymentArn,
  };
}

/** A deployment that a newer one, or the daemon's end, takes the place of. */
function endOf(deployment: Stored<"daemonDeployment"> | undefined, now: number): readonly Write[] {
  if (
    deployment === undefined ||
    deployment.value.stoppedAt !== undefined ||
    deployment.value.finishedAt !== undefined
  ) {
    return [];
  }
  const statusReason = "The daemon was updated or deleted while the deployment was under way.";
  const value: DaemonDeployment = { ...deployment.value, status: "STOPPED", statusReason, stoppedAt: now };
  return [{ kind: "daemonDeployment", arn: deployment.arn, expected: deployment.revision, value }];
}

function beyondKept(snapshot: Snapshot, arn: string, sources: readonly string[]): readonly Write[] {
  const old = snapshot
    .list("daemonDeployment", { daemonArn: arn })
    .toSorted((a, b) => b.value.createdAt - a.value.createdAt)
    .slice(deploymentsKept);
  const revisions = old
    .filter(({ value }) => !sources.includes(value.targetRevisionArn))
    .flatMap(({ value }) => snapshot.get("daemonRevision", value.targetRevisionArn) ?? []);
  return [...old, ...revisions].map(
    ({ kind, arn: each, revision }): Write => ({ kind, arn: each, expected: revision, value: null }),
  );
}

/** Whether a daemon is what the same call has made before. */
function isRepeated(
  { value }: Stored<"daemon">,
  { revision, snapshot }: { readonly revision: DaemonRevision; readonly snapshot: Snapshot },
): boolean {
  const made = snapshot.get("daemonRevision", value.revisionArn)?.value;
  const same = ({ createdAt: _at, ...rest }: DaemonRevision) => JSON.stringify(rest);
  return value.status === "ACTIVE" && made !== undefined && same(made) === same(revision);
}

const withoutAbsent = <T extends object>(input: T): Partial<T> =>
  Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined)) as Partial<T>;
