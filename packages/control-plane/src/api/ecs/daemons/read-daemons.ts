import type * as sdk from "@aws-sdk/client-ecs";
import type { DaemonDeployment } from "../../../model/daemon.ts";
import type { Snapshot, Stored } from "../../../store/store.ts";
import type { Operation } from "../operation.ts";
import { paginate, sortable } from "../pagination.ts";
import { requireCluster, requireList } from "../require.ts";
import { countInstances } from "./count-instances.ts";
import { requireDaemon } from "./find-daemon.ts";

const mostDescribed = 20;
const date = (milliseconds: number) => new Date(milliseconds);
const optionalDate = <K extends string>(name: K, milliseconds: number | undefined) =>
  (milliseconds === undefined ? {} : { [name]: date(milliseconds) }) as { readonly [P in K]?: Date };

/** Source: ECS API reference, DescribeDaemon. */
export const describeDaemon: Operation<"DescribeDaemon"> = async ({ daemonArn }, { store, caller }) => {
  const snapshot = store.snapshot();
  const { arn, value } = requireDaemon(snapshot, daemonArn, caller);
  const revisions = snapshot
    .list("daemonRevision", { daemonArn: arn })
    .filter((each) => each.arn === value.revisionArn || snapshot.tally("deploymentTasks", each.arn).running > 0);
  return {
    daemon: {
      daemonArn: arn,
      clusterArn: value.clusterArn,
      status: value.status,
      currentRevisions: revisions.map((revision) => describeCounts(snapshot, revision)),
      deploymentArn: value.deploymentArn,
      createdAt: date(value.createdAt),
      updatedAt: date(value.updatedAt),
    },
  };
};

function describeCounts(snapshot: Snapshot, revision: Stored<"daemonRevision">): sdk.DaemonRevisionDetail {
  const counts = countInstances(snapshot, revision);
  return {
    arn: revision.arn,
    capacityProviders: counts.map(({ arn, running, without }) => ({
      arn,
      runningCount: running,
      withoutDaemonCount: without,
    })),
    totalRunningCount: sum(counts.map(({ running }) => running)),
    totalWithoutDaemonCount: sum(counts.map(({ without }) => without)),
  };
}

/** By name. Source: ECS API reference, ListDaemons. */
export const listDaemons: Operation<"ListDaemons"> = async (input, { store, caller }) => {
  const snapshot = store.snapshot();
  const cluster = requireCluster(snapshot, input.clusterArn, caller);
  const { capacityProviderArns: providers = [], maxResults, nextToken } = input;
  const hasProvider = ({ value }: Stored<"daemon">) =>
    providers.length === 0 ||
    snapshot
      .get("daemonRevision", value.revisionArn)
      ?.value.capacityProviderArns.some((arn) => providers.includes(arn));
  const page = paginate(snapshot.list("daemon", { clusterArn: cluster.arn }).filter(hasProvider), {
    maxResults,
    nextToken,
    pageSize: 100,
    listing: `ListDaemons ${cluster.arn} ${[...providers].sort().join(",")}`,
    keyOf: ({ arn }) => arn,
  });
  return {
    daemonSummariesList: page.items.map(({ arn, value }) => ({
      daemonArn: arn,
      status: value.status,
      createdAt: date(value.createdAt),
      updatedAt: date(value.updatedAt),
    })),
    ...(page.nextToken === undefined ? {} : { nextToken: page.nextToken }),
  };
};

/** The newest first. Source: ECS API reference, ListDaemonDeployments. */
export const listDaemonDeployments: Operation<"ListDaemonDeployments"> = async (input, { store, caller }) => {
  const snapshot = store.snapshot();
  const { arn } = requireDaemon(snapshot, input.daemonArn, caller);
  const { status: statuses = [], createdAt, maxResults, nextToken } = input;
  const before = createdAt?.before?.getTime() ?? Number.POSITIVE_INFINITY;
  const after = createdAt?.after?.getTime() ?? Number.NEGATIVE_INFINITY;
  const wanted = snapshot
    .list("daemonDeployment", { daemonArn: arn })
    .filter(({ value }) => statuses.length === 0 || statuses.includes(value.status))
    .filter(({ value }) => value.createdAt < before && value.createdAt > after);
  const page = paginate(wanted, {
    maxResults,
    nextToken,
    pageSize: 20,
    listing: `ListDaemonDeployments ${arn} ${[...statuses].sort().join(",")}`,
    keyOf: ({ arn: key, value }) => `${sortable(Math.floor(value.createdAt / 1000))} ${value.createdAt % 1000} ${key}`,
    descending: true,
  });
  return {
    daemonDeployments: page.items.map((stored) => ({
      ...describeBriefly(stored),
      daemonArn: arn,
      targetDaemonRevisionArn: stored.value.targetRevisionArn,
    })),
    ...(page.nextToken === undefined ? {} : { nextToken: page.nextToken }),
  };
};

const describeBriefly = ({ arn, value }: Stored<"daemonDeployment">) => ({
  daemonDeploymentArn: arn,
  clusterArn: value.clusterArn,
  status: value.status,
  ...(value.statusReason === undefined ? {} : { statusReason: value.statusReason }),
  createdAt: date(value.createdAt),
  ...optionalDate("startedAt", value.startedAt),
  ...optionalDate("stoppedAt", value.stoppedAt),
  ...optionalDate("finishedAt", value.finishedAt),
});

/** Source: ECS API reference, DescribeDaemonDeployments. */
export const describeDaemonDeployments: Operation<"DescribeDaemonDeployments"> = async (input, { store }) => {
  const snapshot = store.snapshot();
  const named = requireList(input.daemonDeploymentArns, "daemonDeploymentArns", mostDescribed);
  const found = named.map((arn) => snapshot.get("daemonDeployment", arn));
  return {
    daemonDeployments: found.flatMap((stored) => (stored === undefined ? [] : [describeDeployment(snapshot, stored)])),
    failures: missing(named, found),
  };
};

function describeDeployment(snapshot: Snapshot, stored: Stored<"daemonDeployment">): sdk.DaemonDeployment {
  const { targetRevisionArn, sourceRevisionArns, deploymentConfiguration, failedTasks, rollback } = stored.value;
  const detail = (arn: string): sdk.DaemonDeploymentRevisionDetail => {
    const revision = snapshot.get("daemonRevision", arn);
    const counts = revision === undefined ? [] : countInstances(snapshot, revision);
    return {
      arn,
      capacityProviders: counts.map((each) => ({
        arn: each.arn,
        runningInstanceCount: each.running,
        withoutDaemonInstanceCount: each.without,
        drainingInstanceCount: each.draining,
      })),
      totalRunningInstanceCount: sum(counts.map(({ running }) => running)),
      totalWithoutDaemonInstanceCount: sum(counts.map(({ without }) => without)),
      totalDrainingInstanceCount: sum(counts.map(({ draining }) => draining)),
    };
  };
  return {
    ...describeBriefly(stored),
    targetDaemonRevision: detail(targetRevisionArn),
    sourceDaemonRevisions: sourceRevisionArns.map(detail),
    circuitBreaker: { failureCount: failedTasks, status: monitoring(stored.value) },
    alarms: { status: "DISABLED", alarmNames: [], triggeredAlarmNames: [] },
    deploymentConfiguration,
    ...(rollback === undefined
      ? {}
      : {
          rollback: {
            reason: rollback.reason,
            startedAt: date(rollback.startedAt),
            rollbackTargetDaemonRevisionArn: rollback.revisionArn,
          },
        }),
  };
}

function monitoring({ status, finishedAt, rollback }: DaemonDeployment): sdk.DaemonDeploymentRollbackMonitorsStatus {
  if (rollback !== undefined) return "TRIGGERED";
  return finishedAt !== undefined || status === "STOPPED" ? "MONITORING_COMPLETE" : "MONITORING";
}

/** Source: ECS API reference, DescribeDaemonRevisions. */
export const describeDaemonRevisions: Operation<"DescribeDaemonRevisions"> = async (input, { store }) => {
  const snapshot = store.snapshot();
  const named = requireList(input.daemonRevisionArns, "daemonRevisionArns", mostDescribed);
  const found = named.map((arn) => snapshot.get("daemonRevision", arn));
  return {
    daemonRevisions: found.flatMap((stored) => (stored === undefined ? [] : [describeRevision(stored)])),
    failures: missing(named, found),
  };
};

function describeRevision({ arn, value }: Stored<"daemonRevision">): sdk.DaemonRevision {
  const { capacityProviderArns: _providers, containerImages, createdAt, ...rest } = value;
  return { ...rest, daemonRevisionArn: arn, containerImages: [...containerImages], createdAt: date(createdAt) };
}

const missing = (named: readonly string[], found: readonly unknown[]): sdk.Failure[] =>
  named.filter((_, index) => found[index] === undefined).map((arn) => ({ arn, reason: "MISSING" }));

const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0);
