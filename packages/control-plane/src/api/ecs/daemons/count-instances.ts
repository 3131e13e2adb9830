import { membershipOf } from "../../../model/capacity-provider.ts";
import type { Snapshot, Stored } from "../../../store/store.ts";

/** The container instances of one capacity provider, as a daemon's revision finds them. */
export interface ProviderCounts {
  /** The provider's. */
  readonly arn: string;
  /** Those that run a task of the revision. */
  readonly running: number;
  /** Those that run none of it, though it is their daemon's; counted where that is no harm, so for critical daemons always 0. */
  readonly without: number;
  readonly draining: number;
}

/** Counts by capacity provider. Source: ECS API reference, DaemonDeploymentCapacityProvider. */
export function countInstances(
  snapshot: Snapshot,
  { arn, value }: Stored<"daemonRevision">,
): readonly ProviderCounts[] {
  const hosts = new Set(
    snapshot
      .list("task", { deploymentId: arn })
      .filter((task) => task.value.lastStatus === "RUNNING")
      .map((task) => task.value.containerInstanceArn),
  );
  const instances = snapshot.list("containerInstance", { clusterArn: value.clusterArn });
  const isCurrent = snapshot.get("daemon", value.daemonArn)?.value.revisionArn === arn;
  return value.capacityProviderArns.map((providerArn) => {
    const provider = snapshot.get("capacityProvider", providerArn)?.value;
    const member = provider && membershipOf(provider);
    const own = instances.filter(({ value: { attributes } }) =>
      attributes.some(({ name, value: text }) => name === member?.name && text === member?.value),
    );
    const active = own.filter((instance) => instance.value.status === "ACTIVE");
    return {
      arn: providerArn,
      running: own.filter((instance) => hosts.has(instance.arn)).length,
      without: value.critical || !isCurrent ? 0 : active.filter((instance) => !hosts.has(instance.arn)).length,
      draining: own.filter((instance) => instance.value.status === "DRAINING" && hosts.has(instance.arn)).length,
    };
  });
}
