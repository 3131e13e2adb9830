import type { Deployment, Service } from "../../model/service.ts";
import type { Write } from "../../store/store.ts";
import { recordWrites } from "./deployment-record.ts";
import { rollbackTarget } from "./judge-deployments.ts";
import { rollbackMessage } from "./service-events.ts";
import type { ServiceView } from "./service-view.ts";
import { deploymentWrite } from "./service-writes.ts";

/**
 * Marks the deployment failed and, if the service wants that or `isAsked`, makes the last completed one the primary again.
 */
export function rollBack(
  view: ServiceView,
  failed: Deployment,
  { isAsked, reason }: { readonly isAsked: boolean; readonly reason: string },
): { readonly writes: readonly Write[]; readonly messages: readonly string[] } {
  const { stored, now } = view;
  const failing = deploymentWrite(view.primary, failed, now);
  const target =
    isAsked || stored.value.deploymentConfiguration.deploymentCircuitBreaker?.rollback
      ? rollbackTarget(failed, view.deployments)
      : undefined;
  if (target === undefined) return { writes: [failing, ...recordWrites(view, { primary: failed })], messages: [] };
  const { notBefore: _over, ...known } = target.value;
  const { deploymentId } = known;
  const again: Deployment = {
    ...known,
    rolloutState: "IN_PROGRESS",
    rolloutStateReason: `${isAsked ? "ECS" : "ECS deployment circuit breaker:"} rolling back to deploymentId ${deploymentId}.`,
    failedTasks: 0,
    consecutiveFailures: 0,
  };
  return {
    writes: [
      failing,
      ...recordWrites(view, { primary: failed, rolledBackTo: { deploymentId, reason } }),
      deploymentWrite(target, again, now),
      { kind: "service", arn: stored.arn, expected: stored.revision, value: asDeployed(stored.value, again) },
    ],
    messages: [rollbackMessage(deploymentId)],
  };
}

const deployedMembers = [
  "launchType",
  "capacityProviderStrategy",
  "platformVersion",
  "networkConfiguration",
  "serviceConnectConfiguration",
  "volumeConfigurations",
] as const;

/** A service with what a deployment of it says of its tasks. */
function asDeployed(service: Service, deployment: Deployment): Service {
  const rest = Object.fromEntries(
    Object.entries(service).filter(([name]) => !(deployedMembers as readonly string[]).includes(name)),
  ) as unknown as Service;
  const deployed = Object.fromEntries(
    deployedMembers.filter((name) => deployment[name] !== undefined).map((name) => [name, deployment[name]]),
  );
  return {
    ...rest,
    ...deployed,
    taskDefinition: deployment.taskDefinition,
    primaryDeploymentId: deployment.deploymentId,
  };
}
