import { type Place, parseArn } from "@hatoba/contract";
import { releaseWrites } from "../../../placement/commit-placement.ts";
import type { Snapshot, Stored } from "../../../store/store.ts";
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
    ],
    result: undefined,
  };
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
