import { type Place, parseArn } from "@hatoba/contract";
import { withResolvedImages } from "../../../model/pinned-images.ts";
import { revisionArnOf } from "../../../model/service-deployment.ts";
import type { Task } from "../../../model/task.ts";
import { releaseWrites } from "../../../placement/commit-placement.ts";
import type { Snapshot, Stored, Write } from "../../../store/store.ts";
import type { CommitPlan } from "../commit-plan.ts";
import { clusterFrom, taskFrom } from "../identifiers.ts";
import { applyStateChange } from "./apply-state-change.ts";
import type { StateChange } from "./state-change.ts";

/** What to commit for an agent's report: the task, and its network interface's end when it has stopped. */
export function planStateChange(
  report: { readonly task: string; readonly cluster?: string | undefined; readonly change: StateChange },
  { snapshot, place, now }: { readonly snapshot: Snapshot; readonly place: Place; readonly now: number },
): CommitPlan<undefined> {
  const stored = findReported(report, snapshot, place);
  if (stored === undefined) return { writes: [], result: undefined };
  const { kind, arn, revision } = stored;
  const value = applyStateChange(stored.value, report.change, now);
  if (value === stored.value) return { writes: [], result: undefined };
  return {
    writes: [
      { kind, arn, expected: revision, value },
      ...(value.lastStatus === "STOPPED" ? releaseWrites(snapshot, arn, value) : []),
      ...resolvedImageWrites(snapshot, value),
    ],
    result: undefined,
  };
}

/** What its images resolved to is kept with the revision that the task is of, for all its tasks to come. */
function resolvedImageWrites(snapshot: Snapshot, task: Task): readonly Write[] {
  const { serviceArn, deploymentId, taskDefinitionArn, containers } = task;
  const hasResolved = containers.some(({ imageDigest }) => imageDigest !== undefined);
  if (serviceArn === undefined || deploymentId === undefined || !hasResolved) return [];
  const stored = snapshot.get("serviceRevision", revisionArnOf(serviceArn, deploymentId));
  const taskDefinition = snapshot.get("taskDefinition", taskDefinitionArn)?.value;
  if (stored === undefined || taskDefinition === undefined) return [];
  const value = withResolvedImages(stored.value, task, taskDefinition);
  return value === stored.value ? [] : [{ kind: stored.kind, arn: stored.arn, expected: stored.revision, value }];
}

/** By its ARN whatever the cluster: Fargate's own agents report from a cluster of their own. */
function findReported(
  { task, cluster }: { readonly task: string; readonly cluster?: string | undefined },
  snapshot: Snapshot,
  place: Place,
): Stored<"task"> | undefined {
  const arn = parseArn(task) === undefined ? taskFrom(task, clusterFrom(cluster, place), place).arn : task;
  return snapshot.get("task", arn);
}
