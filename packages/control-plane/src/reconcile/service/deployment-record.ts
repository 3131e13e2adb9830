import { isDeepStrictEqual } from "node:util";
import type { Deployment } from "../../model/service.ts";
import { openStatuses, revisionArnOf, type ServiceDeployment } from "../../model/service-deployment.ts";
import type { Snapshot, Stored, Write } from "../../store/store.ts";
import type { ServiceView, WholeService } from "./service-view.ts";

/** What a pass has decided of the primary deployment. */
export interface Decided {
  /** As the pass leaves it. */
  readonly primary: Deployment;
  /** Its record, as its stages leave it. */
  readonly record?: ServiceDeployment | undefined;
  /** It is given up, and this older one takes its place. */
  readonly rolledBackTo?: { readonly deploymentId: string; readonly reason: string };
}

/** Brings the records of a service's deployments up to what the pass has decided. */
export function recordWrites(view: ServiceView, decided: Decided): readonly Write[] {
  return view.records.flatMap((stored): Write[] => {
    const isOfPrimary = stored.value.deploymentId === decided.primary.deploymentId;
    const before = isOfPrimary && decided.record !== undefined ? decided.record : stored.value;
    const next = isOfPrimary ? afterPass(before, decided, view.now) : besidePrimary(before, decided.primary, view.now);
    if (isDeepStrictEqual(next, stored.value)) return [];
    const { arn, revision } = stored;
    return [{ kind: "serviceDeployment", arn, expected: revision, value: { ...next, updatedAt: view.now } }];
  });
}

/** The record of the deployment that the pass was about. Source: ECS API reference, ServiceDeployment. */
function afterPass(record: ServiceDeployment, { primary, rolledBackTo }: Decided, now: number): ServiceDeployment {
  const { failedTasks } = primary;
  if (rolledBackTo !== undefined) {
    const { deploymentId, reason } = rolledBackTo;
    const serviceRevisionArn = revisionArnOf(record.serviceArn, deploymentId);
    return {
      ...record,
      failedTasks,
      status: "ROLLBACK_IN_PROGRESS",
      statusReason: reason,
      rollback: { reason, startedAt: now, serviceRevisionArn },
    };
  }
  if (primary.rolloutState === "COMPLETED") return { ...record, failedTasks, status: "SUCCESSFUL", finishedAt: now };
  if (primary.rolloutState === "FAILED") {
    return { ...record, failedTasks, status: "STOPPED", statusReason: primary.rolloutStateReason, stoppedAt: now };
  }
  return { ...record, failedTasks };
}

/** An open record of another deployment: it was rolled back to the primary one, or a newer one has displaced it. */
function besidePrimary(record: ServiceDeployment, primary: Deployment, now: number): ServiceDeployment {
  const { rollback } = record;
  const isRollingBack = rollback?.serviceRevisionArn === revisionArnOf(record.serviceArn, primary.deploymentId);
  if (!isRollingBack) {
    return { ...record, status: "STOPPED", statusReason: "A newer service deployment was started.", stoppedAt: now };
  }
  if (primary.rolloutState === "COMPLETED") return { ...record, status: "ROLLBACK_SUCCESSFUL", finishedAt: now };
  if (primary.rolloutState === "FAILED") return { ...record, status: "ROLLBACK_FAILED", stoppedAt: now };
  return record;
}

/** A service's records that are not over, of which there may be several for a moment; those that are over cost nothing. */
export const openRecords = (snapshot: Snapshot, serviceArn: string): readonly Stored<"serviceDeployment">[] =>
  openStatuses.flatMap((status) => snapshot.list("serviceDeployment", { serviceArn, status }));

/** With its service, what is under way stops. */
export const recordsEnd = ({ records, now }: WholeService): readonly Write[] =>
  records.map(({ arn, revision, value }) => ({
    kind: "serviceDeployment",
    arn,
    expected: revision,
    value: { ...value, status: "STOPPED", statusReason: "The service was deleted.", stoppedAt: now, updatedAt: now },
  }));
