import type * as sdk from "@aws-sdk/client-ecs";
import { failureThreshold } from "../../../model/failure-threshold.ts";
import { isOpen, revisionArnOf, type ServiceDeployment } from "../../../model/service-deployment.ts";
import type { Snapshot, Stored } from "../../../store/store.ts";

const date = (name: string, milliseconds: number | undefined) =>
  milliseconds === undefined ? {} : { [name]: new Date(milliseconds) };

/** The record of a deployment as the API shows it. Source: ECS API reference, ServiceDeployment. */
export function describeServiceDeployment(
  { arn, value }: Stored<"serviceDeployment">,
  snapshot: Snapshot,
): sdk.ServiceDeployment {
  const { rollback, lifecycleStage, pauses, productionTraffic } = value;
  return {
    serviceDeploymentArn: arn,
    serviceArn: value.serviceArn,
    clusterArn: value.clusterArn,
    ...times(value),
    sourceServiceRevisions: value.sources.map(({ revisionArn, deploymentId, requestedTaskCount }) => ({
      ...summary(revisionArn, deploymentId, requestedTaskCount, snapshot),
      ...(productionTraffic === undefined ? {} : { requestedProductionTrafficWeight: 100 - productionTraffic }),
    })),
    targetServiceRevision: {
      ...summary(value.targetRevisionArn, value.deploymentId, wantedOf(value, snapshot), snapshot),
      ...(productionTraffic === undefined ? {} : { requestedProductionTrafficWeight: productionTraffic }),
    },
    status: value.status,
    ...(value.statusReason === undefined ? {} : { statusReason: value.statusReason }),
    ...(lifecycleStage === undefined ? {} : { lifecycleStage }),
    ...(pauses.length === 0 ? {} : { lifecycleHookDetails: pauses.map(describePause) }),
    deploymentConfiguration: value.deploymentConfiguration,
    ...(rollback === undefined ? {} : { rollback: { ...rollback, startedAt: new Date(rollback.startedAt) } }),
    deploymentCircuitBreaker: describeBreaker(value, snapshot),
    alarms: { status: "DISABLED", alarmNames: [], triggeredAlarmNames: [] },
  };
}

/** The same as a list shows it. */
export const describeBriefly = ({ arn, value }: Stored<"serviceDeployment">): sdk.ServiceDeploymentBrief => ({
  serviceDeploymentArn: arn,
  serviceArn: value.serviceArn,
  clusterArn: value.clusterArn,
  ...date("createdAt", value.createdAt),
  ...date("startedAt", value.startedAt),
  ...date("finishedAt", value.finishedAt),
  targetServiceRevisionArn: value.targetRevisionArn,
  status: value.status,
  ...(value.statusReason === undefined ? {} : { statusReason: value.statusReason }),
});

/** The revisions that a service has tasks of, the newest first. Source: ECS API reference, Service.currentServiceRevisions. */
export const currentRevisions = (
  serviceArn: string,
  deployments: readonly { readonly deploymentId: string; readonly desiredCount: number }[],
  snapshot: Snapshot,
): sdk.ServiceCurrentRevisionSummary[] =>
  deployments.map(({ deploymentId, desiredCount }) =>
    summary(revisionArnOf(serviceArn, deploymentId), deploymentId, desiredCount, snapshot),
  );

function times(value: ServiceDeployment) {
  return {
    ...date("createdAt", value.createdAt),
    ...date("startedAt", value.startedAt),
    ...date("finishedAt", value.finishedAt),
    ...date("stoppedAt", value.stoppedAt),
    ...date("updatedAt", value.updatedAt),
  };
}

function summary(arn: string, deploymentId: string, requestedTaskCount: number, snapshot: Snapshot) {
  const { running, pending } = snapshot.tally("deploymentTasks", deploymentId);
  return { arn, requestedTaskCount, runningTaskCount: running, pendingTaskCount: pending };
}

const wantedOf = ({ serviceArn }: ServiceDeployment, snapshot: Snapshot): number =>
  snapshot.get("service", serviceArn)?.value.desiredCount ?? 0;

const describePause = ({ hookId, status, expiresAt, timeoutAction }: ServiceDeployment["pauses"][number]) => ({
  hookId,
  targetType: "PAUSE" as const,
  status,
  expiresAt: new Date(expiresAt),
  timeoutAction,
});

function describeBreaker(value: ServiceDeployment, snapshot: Snapshot): sdk.ServiceDeploymentCircuitBreaker {
  const breaker = value.deploymentConfiguration.deploymentCircuitBreaker;
  const threshold = failureThreshold(wantedOf(value, snapshot), breaker?.thresholdConfiguration);
  if (breaker?.enable !== true) return { status: "DISABLED", failureCount: 0, threshold };
  const isTriggered = value.rollback !== undefined || value.failedTasks >= threshold;
  const status = isTriggered ? "TRIGGERED" : isOpen(value) ? "MONITORING" : "MONITORING_COMPLETE";
  return { status, failureCount: value.failedTasks, threshold };
}
