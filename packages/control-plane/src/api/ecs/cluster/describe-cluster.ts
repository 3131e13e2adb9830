import type * as sdk from "@aws-sdk/client-ecs";
import type { LaunchType } from "@hatoba/contract";
import { byLaunchType } from "../../../model/tallies.ts";
import type { Snapshot, Stored } from "../../../store/store.ts";

/** What DescribeClusters leaves out unless the caller asks for it. */
export type ClusterPart = sdk.ClusterField;

/** Everything, as the operations that change a cluster answer it. */
export const wholeCluster: readonly ClusterPart[] = ["CONFIGURATIONS", "SETTINGS", "TAGS"];

/**
 * A cluster as the API shows it. Lists that were not asked for are empty, not absent.
 * Source: ECS API reference, Cluster and DescribeClusters.
 */
export function describeCluster(
  { arn, value: cluster }: Stored<"cluster">,
  snapshot: Snapshot,
  include: readonly ClusterPart[],
): sdk.Cluster {
  const tasks = snapshot.tally("clusterTasks", arn);
  return {
    clusterArn: arn,
    clusterName: cluster.clusterName,
    status: cluster.status,
    registeredContainerInstancesCount: snapshot.tally("clusterInstances", arn),
    runningTasksCount: tasks.running,
    pendingTasksCount: tasks.pending,
    activeServicesCount: snapshot.tally("clusterServices", arn).active,
    statistics: include.includes("STATISTICS") ? statistics(arn, snapshot) : [],
    tags: include.includes("TAGS") ? [...cluster.tags] : [],
    settings: include.includes("SETTINGS") ? [...cluster.settings] : [],
    capacityProviders: [...cluster.capacityProviders],
    defaultCapacityProviderStrategy: [...cluster.defaultCapacityProviderStrategy],
    ...(include.includes("CONFIGURATIONS") && cluster.configuration ? { configuration: cluster.configuration } : {}),
    ...(include.includes("ATTACHMENTS") ? { attachments: [] } : {}),
    ...(cluster.serviceConnectDefaults ? { serviceConnectDefaults: cluster.serviceConnectDefaults } : {}),
  };
}

const launchTypes: Readonly<Record<LaunchType, string>> = { EC2: "EC2", FARGATE: "Fargate", EXTERNAL: "External" };

function statistics(clusterArn: string, snapshot: Snapshot): sdk.KeyValuePair[] {
  const counted = (Object.keys(launchTypes) as LaunchType[]).map((launchType) => ({
    word: launchTypes[launchType],
    tasks: snapshot.tally("clusterTasks", byLaunchType(clusterArn, launchType)),
    services: snapshot.tally("clusterServices", byLaunchType(clusterArn, launchType)),
  }));
  return [
    ...counted.map(({ word, tasks }) => ({ name: `running${word}TasksCount`, value: String(tasks.running) })),
    ...counted.map(({ word, tasks }) => ({ name: `pending${word}TasksCount`, value: String(tasks.pending) })),
    ...counted.map(({ word, services }) => ({ name: `active${word}ServiceCount`, value: String(services.active) })),
    ...counted.map(({ word, services }) => ({ name: `draining${word}ServiceCount`, value: String(services.draining) })),
  ];
}
