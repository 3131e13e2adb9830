import { isOpen } from "../../model/service-deployment.ts";
import type { Settings } from "../../settings.ts";
import type { Snapshot, Stored } from "../../store/store.ts";

/** What is over by now, and when there may be more of it. */
export interface Expired {
  /** To be deleted. */
  readonly gone: readonly Stored[];
  /** Epoch milliseconds; absent: only a change can bring more. */
  readonly next?: number;
}

/** What expiry goes by. */
export interface ExpiryContext {
  readonly snapshot: Snapshot;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly settings: Settings;
}

/** How long a deleted service, cluster or container instance can still be described. */
const inactiveKeptMilliseconds = 60 * 60_000;

/** The resources whose end, as told by `endOf` in epoch milliseconds, has come. */
function ended<S extends Stored>(resources: readonly S[], endOf: (resource: S) => number, now: number): Expired {
  const gone = resources.filter((resource) => endOf(resource) <= now);
  const coming = resources.map(endOf).filter((end) => end > now);
  return coming.length === 0 ? { gone } : { gone, next: coming.reduce((first, end) => Math.min(first, end)) };
}

/** Stopped tasks, after the time that the settings give them. */
export const expiredTasks = ({ snapshot, now, settings }: ExpiryContext): Expired =>
  ended(
    snapshot.list("task", { lastStatus: "STOPPED" }),
    ({ value }) => (value.stoppedAt ?? value.createdAt) + settings.stoppedTaskRetentionMs,
    now,
  );

/** Client tokens, which say themselves until when they are remembered. */
export const expiredClientTokens = ({ snapshot, now }: ExpiryContext): Expired =>
  ended(snapshot.list("clientToken"), ({ value }) => value.expiresAt, now);

/** How long the record of a session that is over is kept, and how many of them there are at the most. */
const sessionKeptMilliseconds = 30 * 24 * 60 * 60_000;
const mostSessions = 10_000;

/** Records of sessions that are over: those that are old, and the oldest of too many. */
export function expiredSessions({ snapshot, now }: ExpiryContext): Expired {
  const over = (["Terminated", "Failed"] as const).flatMap((status) => snapshot.list("session", { status }));
  const endOf = ({ value }: Stored<"session">) => value.endedAt ?? value.startedAt;
  const surplus =
    over.length <= mostSessions ? [] : over.toSorted((a, b) => endOf(a) - endOf(b)).slice(0, -mostSessions);
  const beyond = new Set(surplus);
  return ended(over, (session) => (beyond.has(session) ? now : endOf(session) + sessionKeptMilliseconds), now);
}

/** How long the record of a deployment is kept. Source: ECS API reference, ListServiceDeployments. */
const deploymentKeptMilliseconds = 90 * 24 * 60 * 60_000;

/** Records of deployments that are over and old, with what they brought about unless it is still in use. */
export function expiredDeployments({ snapshot, now }: ExpiryContext): Expired {
  const over = snapshot.list("serviceDeployment").filter(({ value }) => !isOpen(value));
  const endOf = ({ value }: Stored<"serviceDeployment">) => value.updatedAt + deploymentKeptMilliseconds;
  const unused = over.filter(({ value }) => snapshot.get("deployment", value.deploymentId) === undefined);
  const revisions = unused
    .filter((record) => endOf(record) <= now)
    .flatMap(({ value }) => snapshot.get("serviceRevision", value.targetRevisionArn) ?? []);
  const { gone, ...rest } = ended(unused, endOf, now);
  return { ...rest, gone: [...gone, ...revisions] };
}

/** INACTIVE services, with their events. */
export function expiredServices({ snapshot, now }: ExpiryContext): Expired {
  const inactive = snapshot.list("service").filter(({ value }) => value.status === "INACTIVE");
  const { gone, ...rest } = ended(
    inactive,
    ({ value }) => (value.inactiveAt ?? value.createdAt) + inactiveKeptMilliseconds,
    now,
  );
  return {
    ...rest,
    gone: gone.flatMap((service) => [service, snapshot.get("serviceEvents", `events/${service.arn}`) ?? []].flat()),
  };
}

/** Container instances that were deregistered, once no task of theirs is left to be explained. */
export function expiredContainerInstances({ snapshot, now }: ExpiryContext): Expired {
  const inactive = snapshot
    .list("containerInstance")
    .filter(
      ({ arn, value }) => value.status === "INACTIVE" && snapshot.count("task", { containerInstanceArn: arn }) === 0,
    );
  return ended(inactive, ({ value }) => (value.agentConnectedAt ?? value.registeredAt) + inactiveKeptMilliseconds, now);
}

/** Machines whose key was taken away a month ago: until then their agents are told so. */
export function expiredMachines({ snapshot, now }: ExpiryContext): Expired {
  const revoked = snapshot.list("managedInstance").filter(({ value }) => value.revokedAt !== undefined);
  return ended(revoked, ({ value }) => (value.revokedAt ?? now) + revokedKeptMilliseconds, now);
}
const revokedKeptMilliseconds = 30 * 24 * 60 * 60_000;

/** Secrets whose recovery window is over, with all their versions. */
export function expiredSecrets({ snapshot, now }: ExpiryContext): Expired {
  const deleted = snapshot.list("secret").filter(({ value }) => value.deletesAt !== undefined);
  const { gone, ...rest } = ended(deleted, ({ value }) => value.deletesAt ?? now, now);
  return {
    ...rest,
    gone: gone.flatMap((secret) => [secret, ...snapshot.list("secretVersion", { secretArn: secret.arn })]),
  };
}

/** Parameters that a policy of theirs gives an end, with all their versions. */
export function expiredParameters({ snapshot, now }: ExpiryContext): Expired {
  const mortal = snapshot.list("parameter").filter(({ value }) => value.expiresAt !== undefined);
  const { gone, ...rest } = ended(mortal, ({ value }) => value.expiresAt ?? now, now);
  return {
    ...rest,
    gone: gone.flatMap((parameter) => [parameter, ...snapshot.list("parameterVersion", { parameter: parameter.arn })]),
  };
}

/** Clusters that were deleted, once nothing names them any more. */
export function expiredClusters({ snapshot }: ExpiryContext): Expired {
  const unused = (clusterArn: string) =>
    snapshot.count("task", { clusterArn }) === 0 &&
    snapshot.count("service", { clusterArn }) === 0 &&
    snapshot.count("containerInstance", { clusterArn }) === 0;
  return { gone: snapshot.list("cluster", { status: "INACTIVE" }).filter(({ arn }) => unused(arn)) };
}

/** Task definitions that are to be deleted and that no task that lives, and no service, names. */
export function expiredTaskDefinitions({ snapshot }: ExpiryContext): Expired {
  const unused = (arn: string) =>
    snapshot.count("service", { taskDefinition: arn }) === 0 &&
    snapshot.count("daemonRevision", { daemonTaskDefinitionArn: arn }) === 0 &&
    snapshot.list("task", { taskDefinitionArn: arn }).every(({ value }) => value.lastStatus === "STOPPED");
  return {
    gone: [
      ...snapshot.list("taskDefinition", { status: "DELETE_IN_PROGRESS" }).filter(({ arn }) => unused(arn)),
      ...snapshot
        .list("taskDefinition", { status: "DAEMON" })
        .filter(({ arn, value }) => value.daemon?.status === "DELETE_IN_PROGRESS" && unused(arn)),
    ],
  };
}
