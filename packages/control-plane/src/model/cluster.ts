import type {
  CapacityProviderStrategyItem,
  ClusterConfiguration,
  ClusterServiceConnectDefaults,
  ClusterSetting,
  Tag,
} from "@aws-sdk/client-ecs";

/** A cluster as stored; keyed by its ARN. Counts are not in it: they are tallied (see tallies.ts). */
export interface Cluster {
  readonly clusterName: string;
  readonly status: "ACTIVE" | "INACTIVE";
  readonly settings: readonly ClusterSetting[];
  readonly configuration?: ClusterConfiguration;
  readonly capacityProviders: readonly string[];
  readonly defaultCapacityProviderStrategy: readonly CapacityProviderStrategyItem[];
  readonly serviceConnectDefaults?: ClusterServiceConnectDefaults;
  readonly tags: readonly Tag[];
  /** Epoch milliseconds. */
  readonly createdAt: number;
}
