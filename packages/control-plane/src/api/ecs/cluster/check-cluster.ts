import type {
  CapacityProviderStrategyItem,
  ClusterConfiguration,
  ClusterServiceConnectDefaultsRequest,
  ClusterSetting,
} from "@aws-sdk/client-ecs";
import { lastSegment, type Place } from "@hatoba/contract";
import type { Snapshot } from "../../../store/store.ts";
import { EcsError } from "../api-error.ts";
import {
  findCapacityProvider,
  isFargateProvider,
  missingProvider,
} from "../capacity-providers/find-capacity-provider.ts";

const invalid = (message: string) => new EcsError("InvalidParameterException", message);

const insights = ["enabled", "disabled", "enhanced"];

/** The settings of a request, one of each name. @throws EcsError InvalidParameterException. */
export function requireClusterSettings(settings: readonly ClusterSetting[]): ClusterSetting[] {
  for (const { name, value } of settings) {
    if (name !== "containerInsights") throw invalid(`Unknown cluster setting: ${name}`);
    if (value === undefined || !insights.includes(value)) {
      throw invalid(`${name} should be one of [${insights.join(",")}]`);
    }
  }
  if (settings.length > 1) throw invalid("A cluster setting can be given only once.");
  return [...settings];
}

/** What changes of a cluster's settings: those named, and no others. */
export const mergeSettings = (before: readonly ClusterSetting[], changed: readonly ClusterSetting[]) => [
  ...before.filter(({ name }) => !changed.some((each) => each.name === name)),
  ...changed,
];

/** The configuration, if its parts fit together. Source: ECS API reference, ExecuteCommandConfiguration. */
export function requireConfiguration(configuration: ClusterConfiguration): ClusterConfiguration {
  const { executeCommandConfiguration: exec } = configuration;
  if (exec?.logging === "OVERRIDE" && exec.logConfiguration === undefined) {
    throw invalid("logConfiguration must be specified when logging is set to OVERRIDE.");
  }
  if (exec?.logging !== undefined && exec.logging !== "OVERRIDE" && exec.logConfiguration !== undefined) {
    throw invalid("logConfiguration can only be specified when logging is set to OVERRIDE.");
  }
  refuseUnbuiltExec(exec);
  return configuration;
}

/** Refuses what transcripts of sessions cannot have here, rather than keep it and not act on it. */
function refuseUnbuiltExec(exec: ClusterConfiguration["executeCommandConfiguration"]): void {
  const { cloudWatchEncryptionEnabled, s3BucketName, s3EncryptionEnabled } = exec?.logConfiguration ?? {};
  if (s3BucketName || s3EncryptionEnabled) {
    throw invalid(
      "Hatoba does not have S3: transcripts of sessions can only go to a log group (cloudWatchLogGroupName).",
    );
  }
  if (cloudWatchEncryptionEnabled)
    throw invalid("Hatoba does not have encrypted log groups: cloudWatchEncryptionEnabled.");
  if (exec?.kmsKeyId) throw invalid("Hatoba does not have KMS: kmsKeyId. Sessions are encrypted on their way by TLS.");
}

/** Refuses a Cloud Map namespace, which Hatoba has none of yet; an empty one takes the defaults away and is fine. */
export function refuseServiceConnect(defaults: ClusterServiceConnectDefaultsRequest | undefined): void {
  if (defaults?.namespace) {
    throw invalid("Hatoba does not have Service Connect namespaces yet: serviceConnectDefaults cannot be set.");
  }
}

/**
 * Capacity providers that a cluster is to have, each once and each one there is; those of managed instances are of their
 * own cluster alone. @throws EcsError InvalidParameterException
 */
export function requireCapacityProviders(
  names: readonly string[],
  { snapshot, clusterArn, place }: { readonly snapshot: Snapshot; readonly clusterArn: string; readonly place: Place },
): string[] {
  for (const name of names.filter((each) => !isFargateProvider(each))) {
    const stored = findCapacityProvider(snapshot, name, place);
    const isOfAnother = stored?.value.clusterArn !== undefined && stored.value.clusterArn !== clusterArn;
    if (stored === undefined || isOfAnother) throw invalid(missingProvider);
  }
  return [...new Set(names.map(lastSegment))];
}

/** A default strategy over providers of the cluster, weights and bases filled in. Weight 0…1000, base 0…100000, one base. */
export function requireStrategy(
  strategy: readonly CapacityProviderStrategyItem[],
  providers: readonly string[],
): CapacityProviderStrategyItem[] {
  for (const { capacityProvider, weight = 0, base = 0 } of strategy) {
    if (capacityProvider === undefined || !providers.includes(capacityProvider)) {
      throw invalid(
        "The specified capacity provider strategy cannot contain a capacity provider that is not associated with the cluster. Associate the capacity provider with the cluster and try again.",
      );
    }
    if (weight < 0 || weight > 1000) throw invalid("weight must be between 0 and 1000.");
    if (base < 0 || base > 100_000) throw invalid("base must be between 0 and 100000.");
  }
  if (new Set(strategy.map(({ capacityProvider }) => capacityProvider)).size < strategy.length) {
    throw invalid("The specified capacity provider strategy cannot contain a capacity provider more than once.");
  }
  if (strategy.filter(({ base = 0 }) => base > 0).length > 1) {
    throw invalid("Only one capacity provider in a capacity provider strategy can have a base defined.");
  }
  const isFargate = strategy.map(({ capacityProvider = "" }) => isFargateProvider(capacityProvider));
  if (isFargate.includes(true) && isFargate.includes(false)) {
    throw invalid(
      "The specified capacity provider strategy cannot contain both Fargate and Auto Scaling group capacity providers.",
    );
  }
  if (strategy.length > 1 && strategy.every(({ weight = 0 }) => weight === 0)) {
    throw invalid("At least one capacity provider of a capacity provider strategy must have a weight greater than 0.");
  }
  return strategy.map(({ capacityProvider, weight = 0, base = 0 }) => ({ capacityProvider, weight, base }));
}
