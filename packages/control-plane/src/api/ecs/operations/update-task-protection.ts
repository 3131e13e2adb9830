import type * as sdk from "@aws-sdk/client-ecs";
import type { Task } from "../../../model/task.ts";
import type { Snapshot, Stored, Write } from "../../../store/store.ts";
import { EcsError } from "../api-error.ts";
import { commitPlan } from "../commit-plan.ts";
import { taskFrom } from "../identifiers.ts";
import type { Operation } from "../operation.ts";
import { requireCluster, requireList, requireParameter } from "../require.ts";
import { describeProtection, isBlockedByProtection, protectionFailure } from "../tasks/task-protection.ts";

const [defaultMinutes, mostMinutes] = [120, 2880];

/**
 * Protects tasks of services, ten at the most, from being given up when their service scales in or deploys; for two hours
 * unless said otherwise, counted from each call anew. Source: ECS API reference, UpdateTaskProtection.
 * @throws EcsError InvalidParameterException for a time that is none
 */
export const updateTaskProtection: Operation<"UpdateTaskProtection"> = async (input, { store, clock, caller }) => {
  const enabled = requireParameter(input.protectionEnabled, "protectionEnabled");
  const minutes = requireMinutes(input.expiresInMinutes);
  const named = requireList(input.tasks, "Tasks", 10);
  return commitPlan(store, (snapshot) => {
    const cluster = requireCluster(snapshot, input.cluster, caller);
    const now = clock.now();
    const until = enabled ? now + minutes * 60_000 : undefined;
    const writes: Write[] = [];
    const protectedTasks: sdk.ProtectedTask[] = [];
    const failures: sdk.Failure[] = [];
    for (const arn of new Set(named.map((task) => taskFrom(task, cluster, caller).arn))) {
      const stored = snapshot.get("task", arn);
      const failure = protectionFailure(arn, stored) ?? (until && blocked(snapshot, arn, stored, now));
      if (stored === undefined || failure) {
        failures.push(failure || { arn, reason: "MISSING" });
        continue;
      }
      const value = withProtection(stored.value, until);
      writes.push({ kind: "task", arn, expected: stored.revision, value });
      protectedTasks.push(describeProtection(arn, value, now));
    }
    return { writes, result: { protectedTasks, failures } };
  });
};

function requireMinutes(minutes: number | undefined): number {
  if (minutes === undefined) return defaultMinutes;
  if (minutes >= 1 && minutes <= mostMinutes) return minutes;
  throw new EcsError("InvalidParameterException", `expiresInMinutes must be between 1 and ${mostMinutes}.`);
}

function blocked(
  snapshot: Snapshot,
  arn: string,
  stored: Stored<"task"> | undefined,
  now: number,
): sdk.Failure | undefined {
  const { serviceArn = "", protectedUntil = 0 } = stored?.value ?? {};
  if (protectedUntil > now || !isBlockedByProtection(snapshot, serviceArn, now)) return undefined;
  const detail = "Protected tasks keep the service's deployment from a steady state; no further task can be protected.";
  return { arn, reason: "DEPLOYMENT_BLOCKED", detail };
}

function withProtection(task: Task, until: number | undefined): Task {
  const { protectedUntil: _before, ...rest } = task;
  return until === undefined ? rest : { ...rest, protectedUntil: until };
}
