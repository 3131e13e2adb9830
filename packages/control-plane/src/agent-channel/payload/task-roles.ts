import { type Place, parseArn } from "@hatoba/contract";
import type { TaskRole } from "../../credentials/task-credentials.ts";
import { roleArn, roleKey } from "../../model/role.ts";
import type { Task } from "../../model/task.ts";
import type { TaskDefinition } from "../../model/task-definition.ts";
import type { Snapshot } from "../../store/store.ts";

/**
 * The roles that a task has: those of its task definition, unless it was started with others. A bare name is one of the
 * account's own, whatever its path. Source: ECS API reference, RegisterTaskDefinition `taskRoleArn`, TaskOverride.
 */
export function taskRoles(
  taskArn: string,
  task: Task,
  { registered }: TaskDefinition,
  snapshot: Snapshot,
): readonly TaskRole[] {
  const application = task.overrides.taskRoleArn ?? registered.taskRoleArn;
  const execution = task.overrides.executionRoleArn ?? registered.executionRoleArn;
  const place = parseArn(taskArn) ?? { accountId: "", region: "" };
  const role = (roleType: TaskRole["roleType"], named: string | undefined): readonly TaskRole[] =>
    named ? [{ taskArn, roleType, roleArn: asArn(named, place, snapshot), createdAt: task.createdAt }] : [];
  return [...role("TaskApplication", application), ...role("TaskExecution", execution)];
}

/** As passing the role has it: what was allowed there is what the task gets. */
function asArn(named: string, place: Place, snapshot: Snapshot): string {
  if (named.startsWith("arn:")) return named;
  const name = named.replace(/^\//, "");
  return snapshot.get("role", roleKey(name))?.value.arn ?? roleArn(place, "/", name);
}
